package billingtest

import (
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var customerRules = []providerRule{
	{"a customer is read as it was created", checkCustomer},
	{"an update changes only what it names", checkUpdateCustomer},
	{"customers are found by a pair of their metadata", checkFindCustomers},
	{"a deleted customer is read as deleted", checkDeletedCustomer},
	{"a deleted customer cannot be changed", checkUpdateDeleted},
}

func checkCustomer(t *providerTest) {
	made := t.customer()
	read := ask(t.p.GetCustomer(t.ctx, made.Ref)).must(t)
	equal(t, "the email", read.Email, "acme@example.com")
	equal(t, "the name", read.Name, "Acme")
	equal(t, "the metadata", read.Metadata["client"], "acme")
	equal(t, "deleted", read.Deleted, false)
	if read.Created.IsZero() {
		t.Error("the time of creation is zero")
	}
}

func checkUpdateCustomer(t *providerTest) {
	c := t.customer()
	changes := billing.CustomerParams{Name: "Acme Ltd", Metadata: map[string]string{"plan": "growth"}}
	ask(t.p.UpdateCustomer(t.ctx, t.write(), c.ID, changes)).must(t)
	read := ask(t.p.GetCustomer(t.ctx, c.Ref)).must(t)
	equal(t, "the name", read.Name, "Acme Ltd")
	equal(t, "the email", read.Email, "acme@example.com")
	equal(t, "the new metadata", read.Metadata["plan"], "growth")
	equal(t, "the old metadata", read.Metadata["client"], "acme")
}

func checkFindCustomers(t *providerTest) {
	if t.harness.SearchLags {
		t.Skip("the provider's search does not see what was just written")
	}
	value := `quo"te \ é`
	made := ask(t.p.CreateCustomer(t.ctx, t.write(), billing.CustomerParams{Metadata: map[string]string{"client": value}})).must(t)
	t.customer()
	equal(t, "what is found", ids(listed(t, t.p.FindCustomers(t.ctx, "", "client", value))), fmt.Sprint([]string{made.ID}))
	equal(t, "what is found for no one", len(listed(t, t.p.FindCustomers(t.ctx, "", "client", "globex"))), 0)
}

func checkDeletedCustomer(t *providerTest) {
	sub := t.subscribed(t.price(monthly))
	c := billing.Ref{ID: sub.Customer}
	t.done(t.driver.DeleteCustomer(c))
	equal(t, "deleted", ask(t.p.GetCustomer(t.ctx, c)).must(t).Deleted, true)
	equal(t, "the subscription", t.subscription(sub).Status, billing.SubscriptionStatusCanceled)
}

func checkUpdateDeleted(t *providerTest) {
	c := t.customer()
	t.done(t.driver.DeleteCustomer(c.Ref))
	ask(t.p.UpdateCustomer(t.ctx, t.write(), c.ID, billing.CustomerParams{Name: "x"})).refused(t, frontdesk.NotFound)
}

var paymentMethodRules = []providerRule{
	{"the first card of a customer is listed and is the default", checkFirstCard},
	{"another card becomes the default", checkSetDefault},
	{"the card of another customer cannot become the default", checkForeignDefault},
	{"a detached card is not listed and cannot be detached again", checkDetach},
}

func checkFirstCard(t *providerTest) {
	c := t.payer()
	cards := listed(t, t.p.ListPaymentMethods(t.ctx, c.Ref))
	if len(cards) != 1 {
		t.Fatalf("%d payment methods are listed, want 1", len(cards))
	}
	card := ask(t.p.GetPaymentMethod(t.ctx, cards[0].Ref)).must(t)
	equal(t, "the payment method", *card, *cards[0])
	equal(t, "the type", card.Type, "card")
	equal(t, "the customer", card.Customer, c.ID)
	if card.Brand == "" || len(card.Last4) != 4 || card.ExpYear == 0 || card.ExpMonth == 0 {
		t.Errorf("a payer would not recognise %+v", *card)
	}
	equal(t, "the default", ask(t.p.GetCustomer(t.ctx, c.Ref)).must(t).DefaultPaymentMethod, card.ID)
}

func checkSetDefault(t *providerTest) {
	c := t.payer()
	second := ask(t.driver.AddPaymentMethod(billing.PaymentMethod{Customer: c.ID})).must(t)
	changed := ask(t.p.SetDefaultPaymentMethod(t.ctx, t.write(), c.ID, second.ID)).must(t)
	equal(t, "the default", changed.DefaultPaymentMethod, second.ID)
	equal(t, "the default", ask(t.p.GetCustomer(t.ctx, c.Ref)).must(t).DefaultPaymentMethod, second.ID)
}

func checkForeignDefault(t *providerTest) {
	mine, theirs := t.customer(), t.payer()
	card := listed(t, t.p.ListPaymentMethods(t.ctx, theirs.Ref))[0]
	ask(t.p.SetDefaultPaymentMethod(t.ctx, t.write(), mine.ID, card.ID)).
		refused(t, frontdesk.NotFound, frontdesk.Invalid, frontdesk.FailedPrecondition)
}

func checkDetach(t *providerTest) {
	c := t.payer()
	card := listed(t, t.p.ListPaymentMethods(t.ctx, c.Ref))[0]
	detached := ask(t.p.DetachPaymentMethod(t.ctx, t.write(), card.ID)).must(t)
	equal(t, "the customer", detached.Customer, "")
	equal(t, "the number of cards", len(listed(t, t.p.ListPaymentMethods(t.ctx, c.Ref))), 0)
	ask(t.p.DetachPaymentMethod(t.ctx, t.write(), card.ID)).
		refused(t, frontdesk.NotFound, frontdesk.Invalid, frontdesk.FailedPrecondition)
}
