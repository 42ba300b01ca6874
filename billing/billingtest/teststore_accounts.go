package billingtest

import (
	"fmt"

	"github.com/frontdesk-go/frontdesk"
)

var accountLinkRules = []storeRule{
	{"An account is tied to an expert once and for all", checkAccountOnce},
	{"An account that belongs to nobody is NotFound", checkUnlinkedAccount},
	{"An expert may have had several accounts, listed as they were linked", checkAccountsOf},
	{"All linked accounts are listed in order of their ids, in parts", checkLinkedAccounts},
	{"Ids of experts may hold any text", checkExpertText},
	{"Accounts and customers with equal ids are tied apart from each other", checkAccountBesideCustomer},
	{"Of many who link an account at once one does, and all learn which", checkAccountRace},
}

// linkAccount ties an account that is free.
func (t *storeTest) linkAccount(account, expert string) {
	t.Helper()
	tied, err := t.store.LinkAccount(t.ctx, account, expert)
	t.need(err, "LinkAccount")
	same(t, "the expert", tied, expert, "the account was free")
}

func (t *storeTest) accountsOf(expert string) []string {
	t.Helper()
	accounts, err := t.store.AccountsOf(t.ctx, expert)
	t.need(err, "AccountsOf")
	return accounts
}

func (t *storeTest) linkedAccounts(after string, limit int) []string {
	t.Helper()
	accounts, err := t.store.LinkedAccounts(t.ctx, after, limit)
	t.need(err, "LinkedAccounts")
	return accounts
}

func checkAccountOnce(t *storeTest) {
	t.linkAccount("acct_1", "ada")
	t.linkAccount("acct_1", "ada")
	tied, err := t.store.LinkAccount(t.ctx, "acct_1", "bob")
	t.need(err, "LinkAccount of an account that is tied")
	same(t, "the expert", tied, "ada", "LinkAccount returns the expert that the account is tied to")
	expert, err := t.store.ExpertOf(t.ctx, "acct_1")
	t.need(err, "ExpertOf")
	same(t, "the expert", expert, "ada", "a link never changes")
	same(t, "the number of accounts", len(t.accountsOf("bob")), 0, "a refused link leaves no trace")
	sameText(t, "the accounts", t.accountsOf("ada"), []string{"acct_1"}, "linking again changes nothing")
}

func checkUnlinkedAccount(t *storeTest) {
	t.linkAccount("acct_1", "ada")
	for _, account := range []string{"acct_2", "ACCT_1", ""} {
		_, err := t.store.ExpertOf(t.ctx, account)
		t.refused(err, frontdesk.NotFound, fmt.Sprintf("%q belongs to nobody", account))
	}
	same(t, "the number of accounts", len(t.accountsOf("nobody")), 0, "an expert without accounts is no error")
}

func checkAccountsOf(t *storeTest) {
	for _, account := range []string{"acct_b", "acct_c", "acct_a"} {
		t.linkAccount(account, "ada")
	}
	t.linkAccount("acct_0", "bob")
	t.linkAccount("acct_b", "ada")
	sameText(t, "the accounts", t.accountsOf("ada"), []string{"acct_b", "acct_c", "acct_a"}, "the first linked comes first")
}

func checkLinkedAccounts(t *storeTest) {
	same(t, "the number of accounts", len(t.linkedAccounts("", 10)), 0, "that none is linked is no error")
	for i, account := range []string{"acct_b", "acct_D", "acct_a", "acct_c"} {
		t.linkAccount(account, fmt.Sprintf("expert %d", i))
	}
	for _, c := range []struct {
		after string
		limit int
		want  string
	}{
		{"", 10, "[acct_D acct_a acct_b acct_c]"},
		{"", 2, "[acct_D acct_a]"},
		{"acct_a", 2, "[acct_b acct_c]"},
		{"acct_aa", 1, "[acct_b]"},
		{"acct_c", 2, "[]"},
	} {
		if got := fmt.Sprint(t.linkedAccounts(c.after, c.limit)); got != c.want {
			t.Errorf("%d linked accounts after %q are %s, want %s: they come in order of their bytes, whoever's they are", c.limit, c.after, got, c.want)
		}
	}
}

func checkExpertText(t *storeTest) {
	for i, expert := range []string{"Zoë 😀", `' " \ %`, "_da", "ada "} {
		t.linkAccount(fmt.Sprint(i), expert)
		sameText(t, "the accounts of "+expert, t.accountsOf(expert), []string{fmt.Sprint(i)}, "ids are compared exactly")
	}
	same(t, "the number of accounts", len(t.accountsOf("ada")), 0, "ids are compared exactly")
}

func checkAccountBesideCustomer(t *storeTest) {
	t.link("", "x_1", "acme")
	_, err := t.store.ExpertOf(t.ctx, "x_1")
	t.refused(err, frontdesk.NotFound, "only a customer has this id")
	t.linkAccount("x_1", "ada")
	client, err := t.store.ClientOf(t.ctx, ref("x_1"))
	t.need(err, "ClientOf")
	same(t, "the client", client, "acme", "linking an account does not touch customers")
	same(t, "the number of accounts", len(t.accountsOf("acme")), 0, "a client is no expert")
}

func checkAccountRace(t *storeTest) {
	tied := contend(func(i int) string {
		expert, err := t.store.LinkAccount(t.ctx, "acct_1", fmt.Sprintf("expert %d", i))
		if err != nil {
			t.Errorf("LinkAccount beside others must succeed, and failed: %v", err)
		}
		return expert
	})
	expert, err := t.store.ExpertOf(t.ctx, "acct_1")
	t.need(err, "ExpertOf")
	for _, got := range tied {
		same(t, "the expert", got, expert, "all learn which expert has won")
	}
}
