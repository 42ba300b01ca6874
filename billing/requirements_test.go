package billing_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/billing"
)

func TestRequirementText(t *testing.T) {
	for _, test := range []struct{ rule, name, want string }{
		{"a known name has its text", "external_account", "A bank account or debit card for payouts"},
		{"a known name with a dot has its text", "individual.verification.document", "A photo of your identity document"},
		{"all parts of an address ask for the address", "individual.address.postal_code", "Your home address"},
		{"all parts of a date ask for the date", "individual.dob.month", "Your date of birth"},
		{"a person's name does not show their id", "person_1Nv0FGQ9RKHgCVdK.first_name", "A person's first name"},
		{"a person's document does not show their id", "person_1Nv0.verification.document", "A photo of a person's identity document"},
		{"what is unknown of a person does not show their id", "person_1Nv0.political_exposure", "Person: political exposure"},
		{"an unknown name stays readable", "proof_of_liveness", "Proof of liveness"},
		{"an unknown name of a known group stays readable", "company.export_license_id", "Company: export license id"},
		{"an unknown name of many parts stays readable", "documents.company_license.files", "Documents: company license, files"},
		{"a word that begins as a person's id is no person", "personal_guarantee", "Personal guarantee"},
		{"an empty name is an empty text", "", ""},
	} {
		t.Run(test.rule, func(t *testing.T) {
			require.Equal(t, test.want, billing.RequirementText(test.name))
		})
	}
}

// What Stripe's page lists, and names that nobody has thought of.
func FuzzRequirementText(f *testing.F) {
	for _, name := range []string{"", ".", "_", "person_.", "person_1.x", "company.", ".x", "a.b.c", "ünïcode.ß", "individual.ssn_last_4"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		text := billing.RequirementText(name)
		if strings.Trim(name, "._ ") != "" && text == "" {
			t.Errorf("%q has no text", name)
		}
		if strings.Contains(text, "_") {
			t.Errorf("%q shows an underscore: %q", name, text)
		}
		if id, _, found := strings.Cut(name, "."); found && len(id) > len("person_")+8 && strings.HasPrefix(id, "person_") && strings.Contains(text, id) {
			t.Errorf("%q shows the person's id: %q", name, text)
		}
	})
}

// TestAccountStatus is rule R12 as a table.
func TestAccountStatus(t *testing.T) {
	early, late := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	due := billing.Requirements{CurrentlyDue: []string{"external_account"}}
	disabled := billing.Requirements{DisabledReason: "requirements.past_due"}
	for _, test := range []struct {
		rule string
		of   billing.Account
		want billing.AccountStatus
	}{
		{"a new account is pending", billing.Account{}, billing.AccountPending},
		{"an account that may charge and be paid is enabled", billing.Account{ChargesEnabled: true, PayoutsEnabled: true}, billing.AccountEnabled},
		{"an account that cannot be paid is pending", billing.Account{ChargesEnabled: true}, billing.AccountPending},
		{"an account that cannot charge is pending", billing.Account{PayoutsEnabled: true}, billing.AccountPending},
		{"an enabled account of which something is due is pending", billing.Account{ChargesEnabled: true, PayoutsEnabled: true, Requirements: due}, billing.AccountPending},
		{
			"what is due eventually, past due or being verified does not make it pending",
			billing.Account{ChargesEnabled: true, PayoutsEnabled: true, Requirements: billing.Requirements{
				EventuallyDue: []string{"company.tax_id"}, PastDue: []string{"company.name"}, PendingVerification: []string{"company.phone"},
			}},
			billing.AccountEnabled,
		},
		{"details that were submitted do not enable it", billing.Account{DetailsSubmitted: true}, billing.AccountPending},
		{"an account that the provider has disabled is restricted", billing.Account{Requirements: disabled}, billing.AccountRestricted},
		{"restricted counts before enabled", billing.Account{ChargesEnabled: true, PayoutsEnabled: true, Requirements: disabled}, billing.AccountRestricted},
		{
			"restricted counts before pending",
			billing.Account{Requirements: billing.Requirements{DisabledReason: "listed", CurrentlyDue: []string{"external_account"}}},
			billing.AccountRestricted,
		},
		{"a deauthorised account is disconnected", billing.Account{ChargesEnabled: true, PayoutsEnabled: true, DisconnectedAt: late}, billing.AccountDisconnected},
		{"disconnected counts before restricted", billing.Account{Requirements: disabled, DisconnectedAt: late}, billing.AccountDisconnected},
		{
			"an account that was connected again is what it is",
			billing.Account{ChargesEnabled: true, PayoutsEnabled: true, DisconnectedAt: early, ConnectedAt: late},
			billing.AccountEnabled,
		},
	} {
		t.Run(test.rule, func(t *testing.T) {
			require.Equal(t, test.want, test.of.Status())
			require.Equal(t, string(test.want), test.of.State())
		})
	}
	t.Run("a deleted account is deleted, whatever it was", func(t *testing.T) {
		a := billing.Account{Header: billing.Header{Deleted: true}, ChargesEnabled: true, PayoutsEnabled: true}
		require.Equal(t, "deleted", a.State())
	})
}

func TestDisconnected(t *testing.T) {
	before, then, after := time.Unix(1, 0), time.Unix(2, 0), time.Unix(3, 0)
	for _, test := range []struct {
		rule                    string
		connected, disconnected time.Time
		want                    bool
	}{
		{"an account that was never deauthorised is not", time.Time{}, time.Time{}, false},
		{"an account that was only connected is not", then, time.Time{}, false},
		{"an account that was deauthorised is", time.Time{}, then, true},
		{"an account that was deauthorised after it was connected is", before, then, true},
		{"an account that was connected after it was deauthorised is not", after, then, false},
		{"of both in one second the deauthorisation counts", then, then, true},
	} {
		t.Run(test.rule, func(t *testing.T) {
			a := billing.Account{ConnectedAt: test.connected, DisconnectedAt: test.disconnected}
			require.Equal(t, test.want, a.Disconnected())
		})
	}
}
