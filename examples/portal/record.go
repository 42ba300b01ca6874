package main

import (
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// The records that the API shows. Each has our id and, where it mirrors an
// object of the provider, that one's. What is not there is null.
type (
	subscription struct {
		ID                 string             `json:"id"`
		ProviderID         string             `json:"provider_id"`
		Status             string             `json:"status"`
		Price              *string            `json:"price"` // of the first item
		Items              []subscriptionItem `json:"items"`
		CurrentPeriodStart *time.Time         `json:"current_period_start"`
		CurrentPeriodEnd   *time.Time         `json:"current_period_end"`
		CancelAtPeriodEnd  bool               `json:"cancel_at_period_end"`
		CancelAt           *time.Time         `json:"cancel_at"`
		CanceledAt         *time.Time         `json:"canceled_at"`
		EndedAt            *time.Time         `json:"ended_at"`
		TrialEnd           *time.Time         `json:"trial_end"`
		CreatedAt          time.Time          `json:"created_at"`
	}
	subscriptionItem struct {
		Price    string          `json:"price"`
		Product  *string         `json:"product"`
		Unit     frontdesk.Money `json:"unit"`
		Quantity int64           `json:"quantity"`
	}
	invoice struct {
		ID           string          `json:"id"`
		ProviderID   string          `json:"provider_id"`
		Status       string          `json:"status"`
		Number       *string         `json:"number"`
		Description  *string         `json:"description"`
		Total        frontdesk.Money `json:"total"`
		AmountDue    frontdesk.Money `json:"amount_due"`
		AmountPaid   frontdesk.Money `json:"amount_paid"`
		Subscription *string         `json:"subscription"`
		Lines        []invoiceLine   `json:"lines"`
		DueDate      *time.Time      `json:"due_date"`
		PaidAt       *time.Time      `json:"paid_at"`
		HostedURL    *string         `json:"hosted_url"`
		PDF          *string         `json:"pdf"`
		CreatedAt    time.Time       `json:"created_at"`
	}
	invoiceLine struct {
		Description *string         `json:"description"`
		Amount      frontdesk.Money `json:"amount"`
		Quantity    int64           `json:"quantity"`
	}
	payment struct {
		ID          string          `json:"id"`
		ProviderID  string          `json:"provider_id"`
		Status      string          `json:"status"`
		Amount      frontdesk.Money `json:"amount"`
		Received    frontdesk.Money `json:"received"`
		Refunded    frontdesk.Money `json:"refunded"`
		Invoice     *string         `json:"invoice"`
		Description *string         `json:"description"`
		Failure     *string         `json:"failure"`
		Disputed    bool            `json:"disputed"`
		CreatedAt   time.Time       `json:"created_at"`
	}
	checkout struct {
		ProviderID string    `json:"provider_id"`
		Status     string    `json:"status"`
		URL        string    `json:"url"`
		ExpiresAt  time.Time `json:"expires_at"`
	}
	event struct {
		ID         string     `json:"id"`
		ProviderID string     `json:"provider_id"`
		Type       string     `json:"type"`
		Account    *string    `json:"account"`
		Object     *string    `json:"object"` // the provider's id of what it is about
		APIVersion *string    `json:"api_version"`
		State      string     `json:"state"`
		Attempts   int        `json:"attempts"`
		LastError  *string    `json:"last_error"`
		CreatedAt  time.Time  `json:"created_at"`
		ReceivedAt time.Time  `json:"received_at"`
		NextAt     *time.Time `json:"next_at"`
	}
	effect struct {
		ID        string     `json:"id"`
		Name      string     `json:"name"`
		Object    string     `json:"object"`
		Milestone string     `json:"milestone"`
		Client    *string    `json:"client"` // null when it is about an expert's account
		State     string     `json:"state"`
		Attempts  int        `json:"attempts"`
		LastError *string    `json:"last_error"`
		CreatedAt time.Time  `json:"created_at"`
		NextAt    *time.Time `json:"next_at"`
	}
	client struct {
		ID           string        `json:"id"`
		Name         string        `json:"name"`
		Subscription *subscription `json:"subscription"`
	}
	reconciliation struct {
		Checked int      `json:"checked"`
		Events  int      `json:"events"`
		Unowned int      `json:"unowned"`
		Entries int      `json:"entries"`
		Refused []string `json:"refused"`
		Drift   []drift  `json:"drift"`
	}
	drift struct {
		Object string  `json:"object"`
		Client *string `json:"client"`
		Expert *string `json:"expert"`
		Stored *string `json:"stored"`
		Actual string  `json:"actual"`
	}
	listing[R any] struct {
		Data       []R     `json:"data"`
		NextCursor *string `json:"next_cursor"`
	}
)

func page[R any](data []R, next string) listing[R] { return listing[R]{data, text(next)} }

// records is never nil, so that it is a list in JSON too.
func records[O, R any](objects []O, record func(O) R) []R {
	all := make([]R, len(objects))
	for i, o := range objects {
		all[i] = record(o)
	}
	return all
}

// text is nil for none.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// moment is nil for none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func subscriptionRecord(s *billing.Subscription) subscription {
	r := subscription{
		ID: s.RowID, ProviderID: s.ID, Status: string(s.Status), Items: records(s.Items, itemRecord),
		CurrentPeriodStart: moment(s.CurrentPeriodStart), CurrentPeriodEnd: moment(s.CurrentPeriodEnd),
		CancelAtPeriodEnd: s.CancelAtPeriodEnd, CancelAt: moment(s.CancelAt), CanceledAt: moment(s.CanceledAt),
		EndedAt: moment(s.EndedAt), TrialEnd: moment(s.TrialEnd), CreatedAt: s.Created.UTC(),
	}
	if len(s.Items) > 0 {
		r.Price = text(s.Items[0].Price)
	}
	return r
}

func itemRecord(i billing.SubscriptionItem) subscriptionItem {
	return subscriptionItem{Price: i.Price, Product: text(i.Product), Unit: i.Unit, Quantity: i.Quantity}
}

func invoiceRecord(i *billing.Invoice) invoice {
	in := func(amount int64) frontdesk.Money { return frontdesk.Money{Amount: amount, Currency: i.Total.Currency} }
	return invoice{
		ID: i.RowID, ProviderID: i.ID, Status: string(i.Status), Number: text(i.Number), Description: text(i.Description),
		Total: i.Total, AmountDue: in(i.AmountDue), AmountPaid: in(i.AmountPaid), Subscription: text(i.Subscription),
		Lines: records(i.Lines, lineRecord), DueDate: moment(i.DueDate), PaidAt: moment(i.PaidAt),
		HostedURL: text(i.HostedURL), PDF: text(i.PDF), CreatedAt: i.Created.UTC(),
	}
}

func lineRecord(l billing.InvoiceLine) invoiceLine {
	return invoiceLine{Description: text(l.Description), Amount: l.Amount, Quantity: l.Quantity}
}

func paymentRecord(p *billing.Payment) payment {
	in := func(amount int64) frontdesk.Money {
		return frontdesk.Money{Amount: amount, Currency: p.Amount.Currency}
	}
	return payment{
		ID: p.RowID, ProviderID: p.ID, Status: string(p.Status), Amount: p.Amount, Received: in(p.Received),
		Refunded: in(p.Refunded), Invoice: text(p.Invoice), Description: text(p.Description), Failure: text(p.Failure),
		Disputed: p.Disputed, CreatedAt: p.Created.UTC(),
	}
}

func checkoutRecord(c *billing.CheckoutSession) checkout {
	return checkout{ProviderID: c.ID, Status: string(c.Status), URL: c.URL, ExpiresAt: c.ExpiresAt.UTC()}
}

func eventRecord(e billing.Event) event {
	return event{
		ID: strconv.FormatInt(e.ID, 10), ProviderID: e.ProviderID, Type: e.Type, Account: text(e.Account), Object: text(e.Object.ID),
		APIVersion: text(e.APIVersion), State: string(e.State), Attempts: e.Attempts, LastError: text(e.LastError),
		CreatedAt: e.Created.UTC(), ReceivedAt: e.ReceivedAt.UTC(), NextAt: moment(e.NextAt),
	}
}

func effectRecord(e billing.Effect) effect {
	return effect{
		ID: strconv.FormatInt(e.ID, 10), Name: e.Name, Object: e.Object.String(), Milestone: e.Milestone, Client: text(e.Client),
		State: string(e.State), Attempts: e.Attempts, LastError: text(e.LastError), CreatedAt: e.CreatedAt.UTC(), NextAt: moment(e.NextAt),
	}
}

func reconciliationRecord(r *billing.Report) reconciliation {
	return reconciliation{
		Checked: r.Checked, Events: r.Events, Unowned: r.Unowned, Entries: r.Entries,
		Refused: slices.AppendSeq([]string{}, slices.Values(r.Refused)), Drift: records(r.Drift, driftRecord),
	}
}

func driftRecord(d billing.Drift) drift {
	return drift{Object: d.Object.String(), Client: text(d.Client), Expert: text(d.Expert), Stored: text(d.Stored), Actual: d.Actual}
}
