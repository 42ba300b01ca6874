package billingtest

import (
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// able returns the provider as something that has an ability, or skips the rule.
func able[A any](t *providerTest) A {
	t.Helper()
	ability, ok := t.p.(A)
	if !ok {
		t.Skipf("the provider is no %T", *new(A))
	}
	return ability
}

var catalogRules = []providerRule{
	{"a product is created and changed", checkProduct},
	{"a price is created and listed", checkPriceList},
	{"a price for an unknown product is NotFound", checkPriceWithoutProduct},
	{"a lookup key moves to another price", checkLookup},
	{"an archived price is listed and cannot be sold", checkArchived},
	{"prices are listed by product and by at most ten lookup keys", checkPriceFilter},
}

func (t *providerTest) product(c billing.Catalog, name string) *billing.Product {
	t.Helper()
	return ask(c.CreateProduct(t.ctx, t.write(), billing.ProductParams{Name: &name})).must(t)
}

func (t *providerTest) newPrice(c billing.Catalog, product, lookup string) *billing.Price {
	t.Helper()
	params := billing.PriceParams{Product: product, Unit: euros(4900), Interval: billing.Month, Lookup: lookup}
	return ask(c.CreatePrice(t.ctx, t.write(), params)).must(t)
}

func checkProduct(t *providerTest) {
	c := able[billing.Catalog](t)
	made := t.product(c, "Growth")
	equal(t, "the name", made.Name, "Growth")
	equal(t, "active", made.Active, true)
	changed := ask(c.UpdateProduct(t.ctx, t.write(), made.ID, billing.ProductParams{
		Description: pointer("For teams"), Active: pointer(false),
	})).must(t)
	equal(t, "the name", changed.Name, "Growth")
	equal(t, "the description", changed.Description, "For teams")
	equal(t, "active", changed.Active, false)
	ask(c.CreateProduct(t.ctx, t.write(), billing.ProductParams{})).refused(t, frontdesk.Invalid)
	ask(c.UpdateProduct(t.ctx, t.write(), "", billing.ProductParams{})).refused(t, frontdesk.Invalid)
}

func checkPriceList(t *providerTest) {
	c := able[billing.Catalog](t)
	product := t.product(c, "Growth")
	made := t.newPrice(c, product.ID, "growth")
	list := listed(t, c.ListPrices(t.ctx, billing.PriceFilter{Lookup: []string{"growth"}}))
	if len(list) != 1 {
		t.Fatalf("%d prices are listed, want 1", len(list))
	}
	price := list[0]
	equal(t, "the id", price.ID, made.ID)
	equal(t, "the product", price.Product, product.ID)
	equal(t, "the unit", price.Unit, euros(4900))
	equal(t, "the interval", price.Interval, billing.Month)
	equal(t, "the count", price.Count, 1)
	equal(t, "active", price.Active, true)
}

func checkPriceWithoutProduct(t *providerTest) {
	c := able[billing.Catalog](t)
	ask(c.CreatePrice(t.ctx, t.write(), billing.PriceParams{Product: "prod_unknown", Unit: euros(100)})).refused(t, frontdesk.NotFound)
}

func checkLookup(t *providerTest) {
	c := able[billing.Catalog](t)
	product := t.product(c, "Growth").ID
	old, recent := t.newPrice(c, product, "growth"), t.newPrice(c, product, "")
	moved := ask(c.UpdatePrice(t.ctx, t.write(), recent.ID, billing.PriceUpdate{Lookup: pointer("growth")})).must(t)
	equal(t, "the lookup key", moved.Lookup, "growth")
	for _, price := range listed(t, c.ListPrices(t.ctx, billing.PriceFilter{Product: product})) {
		equal(t, "whether it has the key", price.Lookup == "growth", price.ID == recent.ID && price.ID != old.ID)
	}
}

func checkArchived(t *providerTest) {
	c := able[billing.Catalog](t)
	price := t.newPrice(c, t.product(c, "Growth").ID, "")
	ask(c.UpdatePrice(t.ctx, t.write(), price.ID, billing.PriceUpdate{Active: pointer(false)})).must(t)
	list := listed(t, c.ListPrices(t.ctx, billing.PriceFilter{Product: price.Product}))
	equal(t, "the number of prices", len(list), 1)
	equal(t, "active", list[0].Active, false)
	params := t.checkoutParams(billing.CheckoutModeSubscription, billing.CheckoutLine{Price: price.ID})
	ask(t.p.CreateCheckout(t.ctx, t.write(), params)).refused(t, frontdesk.Invalid, frontdesk.FailedPrecondition)
}

func checkPriceFilter(t *providerTest) {
	c := able[billing.Catalog](t)
	product, other := t.product(c, "Growth").ID, t.product(c, "Setup").ID
	mine := t.newPrice(c, product, "")
	t.newPrice(c, other, "")
	list := listed(t, c.ListPrices(t.ctx, billing.PriceFilter{Product: product}))
	equal(t, "the number of prices", len(list), 1)
	equal(t, "the price", list[0].ID, mine.ID)
	t.refused(listErr(c.ListPrices(t.ctx, billing.PriceFilter{Lookup: make([]string, 11)})), frontdesk.Invalid)
}

var abilityRules = []providerRule{
	{"a portal session is a page for a customer", checkPortal},
	{"collection is paused and resumed", checkPause},
	{"a preview shows the next invoice and changes nothing", checkPreview},
	{"a preview of a change shows its proration and changes nothing", checkPreviewChange},
	{"events are listed since a time, newest first", checkListEvents},
}

func checkPortal(t *providerTest) {
	p := able[billing.BillingPortals](t)
	s := ask(p.CreatePortalSession(t.ctx, t.write(), t.customer().ID, "https://portal.example/billing")).must(t)
	if s.URL == "" {
		t.Error("a portal session has no page")
	}
	ask(p.CreatePortalSession(t.ctx, t.write(), "", "")).refused(t, frontdesk.Invalid)
	ask(p.CreatePortalSession(t.ctx, t.write(), "cus_unknown", "")).refused(t, frontdesk.NotFound)
}

func checkPause(t *providerTest) {
	p := able[billing.CollectionPauser](t)
	sub := t.subscribed(t.price(monthly))
	paused := ask(p.PauseCollection(t.ctx, t.write(), sub.ID, billing.PauseVoid)).must(t)
	equal(t, "the pause", paused.Pause, billing.PauseVoid)
	equal(t, "the status", paused.Status, billing.SubscriptionStatusActive)
	t.driver.Advance(sub.CurrentPeriodEnd.Sub(t.driver.Now()))
	equal(t, "the invoice", t.invoices(sub)[0].Status, billing.InvoiceStatusVoid)
	equal(t, "the pause", ask(p.ResumeCollection(t.ctx, t.write(), sub.ID)).must(t).Pause, "")
	t.driver.Advance(t.subscription(sub).CurrentPeriodEnd.Sub(t.driver.Now()))
	equal(t, "the invoice", t.invoices(sub)[0].Status, billing.InvoiceStatusPaid)
	ask(p.PauseCollection(t.ctx, t.write(), sub.ID, "nonsense")).refused(t, frontdesk.Invalid)
	ask(p.PauseCollection(t.ctx, t.write(), "", billing.PauseVoid)).refused(t, frontdesk.Invalid)
}

func checkPreview(t *providerTest) {
	p := able[billing.UpdatePreviewer](t)
	sub := t.subscribed(t.price(monthly))
	inv := ask(p.PreviewUpdate(t.ctx, sub.Ref, billing.SubscriptionUpdate{})).must(t)
	equal(t, "the total", inv.Total, euros(4900))
	equal(t, "the id", inv.ID, "")
	equal(t, "the number of invoices", len(t.invoices(sub)), 1)
	ask(p.PreviewUpdate(t.ctx, billing.Ref{}, billing.SubscriptionUpdate{})).refused(t, frontdesk.Invalid)
	ask(p.PreviewUpdate(t.ctx, billing.Ref{ID: "sub_unknown"}, billing.SubscriptionUpdate{})).refused(t, frontdesk.NotFound)
}

func checkPreviewChange(t *providerTest) {
	p := able[billing.UpdatePreviewer](t)
	sub := t.subscribed(t.price(monthly))
	t.halfway(sub)
	before := t.subscription(sub)
	inv := ask(p.PreviewUpdate(t.ctx, sub.Ref, billing.SubscriptionUpdate{Price: t.price(bigger)})).must(t)
	equal(t, "the total", inv.Total, euros(9900+9900/2-4900/2))
	equal(t, "the price", t.subscription(sub).Items[0].Price, before.Items[0].Price)
	changed := t.update(sub, billing.SubscriptionUpdate{Price: bigger})
	t.driver.Advance(changed.CurrentPeriodEnd.Sub(t.driver.Now()))
	equal(t, "what was previewed", inv.Total, t.invoices(sub)[0].Total)
}

func checkListEvents(t *providerTest) {
	p := able[billing.EventLister](t)
	t.customer()
	t.driver.Advance(time.Hour)
	since, c := t.driver.Now(), t.customer()
	events := listed(t, p.ListEvents(t.ctx, billing.ProviderEventFilter{}))
	equal(t, "the number of events", len(events), 2)
	recent := listed(t, p.ListEvents(t.ctx, billing.ProviderEventFilter{Since: since}))
	equal(t, "the number of recent events", len(recent), 1)
	equal(t, "the newest", events[0].ProviderID, recent[0].ProviderID)
	equal(t, "the object", recent[0].Object, c.Key())
	objects := ask(t.p.Decode(recent[0])).must(t)
	equal(t, "what it shows", objects[0].Key(), c.Key())
}
