package main

import (
	"context"
	"net/http"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
	"github.com/frontdesk-go/frontdesk/billing/billingtest"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

const (
	demoPrice  = "price_growth_monthly"
	demoSecret = "whsec_demo" //nolint:gosec // no secret: it signs what scripts send to a demo that was given none
)

// demoCommission is what the portal keeps of what experts earn. A real host asks
// its own tables, by expert and event type.
var demoCommission = billing.Commission{BasisPoints: 1500}

// person is somebody who may use the portal.
type person struct {
	Role     frontdesk.Role
	ID       string
	Name     string
	Contact  string // who reads a client's mails, in which language and zone
	Language templates.Language
	Zone     string
	Customer string // a client's, at the provider in memory
	Account  string // an expert's, there
}

// demoPeople are those of the demo. A real host asks its own user table.
var demoPeople = []person{
	{
		Role: frontdesk.RoleClient, ID: "acme", Name: "Acme Ltd", Customer: "cus_acme",
		Contact: "Grace Miller", Language: templates.English, Zone: "Europe/London",
	},
	{
		Role: frontdesk.RoleClient, ID: "globex", Name: "Globex GmbH", Customer: "cus_globex",
		Contact: "Rui Tavares", Language: templates.Portuguese, Zone: "Europe/Lisbon",
	},
	{Role: frontdesk.RoleExpert, ID: "nina", Name: "Nina Costa", Account: "acct_nina"},
	{Role: frontdesk.RoleExpert, ID: "omar", Name: "Omar Haddad", Account: "acct_omar"},
	{Role: frontdesk.RoleAdmin, ID: "root", Name: "Root"},
}

// Key names the person in headers, forms and sessions: "client:acme".
func (p person) Key() string { return string(p.Role) + ":" + p.ID }

// email is where the person would get mail.
func (p person) email() string {
	if p.Role == frontdesk.RoleExpert {
		return p.ID + "@experts.example"
	}
	return "billing@" + p.ID + ".example"
}

func (p person) actor(from frontdesk.Origin) frontdesk.Actor {
	switch p.Role {
	case frontdesk.RoleClient:
		return frontdesk.Client(p.ID, from)
	case frontdesk.RoleExpert:
		return frontdesk.Expert(p.ID, from)
	}
	return frontdesk.Admin(p.ID, from)
}

// people are all who may use the portal. Without the demo that is nobody yet.
type people []person

func (all people) find(key string) (person, bool) {
	for _, p := range all {
		if p.Key() == key {
			return p, true
		}
	}
	return person{}, false
}

func (all people) clients() []person { return all.of(frontdesk.RoleClient) }
func (all people) experts() []person { return all.of(frontdesk.RoleExpert) }

func (all people) of(role frontdesk.Role) []person {
	var found []person
	for _, p := range all {
		if p.Role == role {
			found = append(found, p)
		}
	}
	return found
}

// seedProvider gives the provider in memory what the demo sells, to whom, and by
// whom. What happens before the portal opens is no news to anybody.
func seedProvider(fake *billingtest.Provider) {
	fake.SendTo(oldNews{})
	growth := fake.AddProduct(billing.Ref{ID: "prod_growth"}, "Growth")
	fake.AddPrice(billing.Ref{ID: demoPrice}, billing.PriceParams{
		Product: growth.ID, Unit: frontdesk.Money{Amount: 4900, Currency: "eur"}, Interval: billing.Month,
	})
	for _, p := range people(demoPeople).clients() {
		fake.AddCustomer(billing.Ref{ID: p.Customer}, billing.CustomerParams{
			Name: p.Name, Email: p.email(), Metadata: map[string]string{"clientId": p.ID},
		})
	}
	for _, p := range people(demoPeople).experts() {
		fake.AddAccount(p.Account, billing.AccountParams{
			Country: "PT", Email: p.email(), Metadata: map[string]string{"expertId": p.ID},
		})
	}
}

// oldNews acknowledges every event.
type oldNews struct{}

// Receive acknowledges.
func (oldNews) Receive(context.Context, http.Header, []byte) error { return nil }

// Drain has nothing to do.
func (oldNews) Drain(context.Context) error { return nil }
