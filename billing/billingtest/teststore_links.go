package billingtest

import (
	"fmt"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

var linkRules = []storeRule{
	{"A customer is tied to a client once and for all", checkLinkOnce},
	{"A customer that belongs to nobody is NotFound", checkUnlinked},
	{"A client may have several customers, listed as they were linked", checkCustomersOf},
	{"Customers of different accounts never mix, though their ids are equal", checkLinkAccounts},
	{"Ids of clients may hold any text", checkLinkText},
	{"Of many who link a customer at once one does, and all learn which", checkLinkRace},
}

// link ties a customer that is free.
func (t *storeTest) link(account, customer, client string) {
	t.Helper()
	tied, err := t.store.LinkCustomer(t.ctx, billing.Ref{Account: account, ID: customer}, client)
	t.need(err, "LinkCustomer")
	same(t, "the client", tied, client, "the customer was free")
}

func (t *storeTest) customersOf(account, client string) []string {
	t.Helper()
	customers, err := t.store.CustomersOf(t.ctx, account, client)
	t.need(err, "CustomersOf")
	return customers
}

func checkLinkOnce(t *storeTest) {
	t.link("", "cus_1", "acme")
	t.link("", "cus_1", "acme")
	tied, err := t.store.LinkCustomer(t.ctx, ref("cus_1"), "globex")
	t.need(err, "LinkCustomer of a customer that is tied")
	same(t, "the client", tied, "acme", "LinkCustomer returns the client that the customer is tied to")
	client, err := t.store.ClientOf(t.ctx, ref("cus_1"))
	t.need(err, "ClientOf")
	same(t, "the client", client, "acme", "a link never changes")
	same(t, "the number of customers", len(t.customersOf("", "globex")), 0, "a refused link leaves no trace")
	sameText(t, "the customers", t.customersOf("", "acme"), []string{"cus_1"}, "linking again changes nothing")
}

func checkUnlinked(t *storeTest) {
	t.link("", "cus_1", "acme")
	for _, customer := range []billing.Ref{ref("cus_2"), ref("CUS_1"), {Account: "acct_1", ID: "cus_1"}} {
		_, err := t.store.ClientOf(t.ctx, customer)
		t.refused(err, frontdesk.NotFound, fmt.Sprintf("%v belongs to nobody", customer))
	}
	same(t, "the number of customers", len(t.customersOf("", "nobody")), 0, "a client without customers is no error")
}

func checkCustomersOf(t *storeTest) {
	for _, customer := range []string{"cus_b", "cus_c", "cus_a"} {
		t.link("", customer, "acme")
	}
	t.link("", "cus_0", "globex")
	t.link("", "cus_b", "acme")
	sameText(t, "the customers", t.customersOf("", "acme"), []string{"cus_b", "cus_c", "cus_a"}, "the first linked comes first")
}

func checkLinkAccounts(t *storeTest) {
	clients := map[string]string{"": "acme", "acct_1": "globex", "acct_2": "acme"}
	for account, client := range clients {
		t.link(account, "cus_1", client)
	}
	for account, client := range clients {
		got, err := t.store.ClientOf(t.ctx, billing.Ref{Account: account, ID: "cus_1"})
		t.need(err, "ClientOf")
		same(t, "the client on account "+account, got, client, "each account has its own customers")
		sameText(t, "the customers on account "+account, t.customersOf(account, client), []string{"cus_1"}, "each account has its own customers")
	}
	same(t, "the number of customers", len(t.customersOf("", "globex")), 0, "each account has its own customers")
}

func checkLinkText(t *storeTest) {
	for i, client := range []string{"Zoë 😀", `' " \ %`, "_cme", "acme "} {
		t.link("", fmt.Sprint(i), client)
		sameText(t, "the customers of "+client, t.customersOf("", client), []string{fmt.Sprint(i)}, "ids are compared exactly")
	}
	same(t, "the number of customers", len(t.customersOf("", "acme")), 0, "ids are compared exactly")
}

func checkLinkRace(t *storeTest) {
	tied := contend(func(i int) string {
		client, err := t.store.LinkCustomer(t.ctx, ref("cus_1"), fmt.Sprintf("client %d", i))
		if err != nil {
			t.Errorf("LinkCustomer beside others must succeed, and failed: %v", err)
		}
		return client
	})
	client, err := t.store.ClientOf(t.ctx, ref("cus_1"))
	t.need(err, "ClientOf")
	for _, got := range tied {
		same(t, "the client", got, client, "all learn which client has won")
	}
}
