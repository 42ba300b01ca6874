package wire

import "github.com/frontdesk-go/frontdesk/billing"

type subscriptionJSON struct {
	objectJSON
	periodJSON
	Status            billing.SubscriptionStatus `json:"status"`
	Items             listJSON[itemJSON]         `json:"items"`
	CancelAtPeriodEnd bool                       `json:"cancel_at_period_end"`
	CancelAt          unix                       `json:"cancel_at"`
	CanceledAt        unix                       `json:"canceled_at"`
	EndedAt           unix                       `json:"ended_at"`
	TrialEnd          unix                       `json:"trial_end"`
	LatestInvoice     id                         `json:"latest_invoice"`
	PauseCollection   struct {
		Behavior billing.PauseBehavior `json:"behavior"`
	} `json:"pause_collection"`
}

// periodJSON is on the subscription before 2025-03-31, and on its items since.
type periodJSON struct {
	Start unix `json:"current_period_start"`
	End   unix `json:"current_period_end"`
}

type itemJSON struct {
	periodJSON
	ID       id        `json:"id"`
	Price    priceJSON `json:"price"`
	Quantity int64     `json:"quantity"`
}

// Subscription reads a subscription. It returns Invalid for anything else.
func Subscription(raw []byte, account string) (*billing.Subscription, error) {
	var s subscriptionJSON
	if err := read(raw, "subscription", &s); err != nil {
		return nil, err
	}
	count := counter{}
	period := s.period()
	sub := &billing.Subscription{
		Header:             s.header(account),
		Status:             s.Status,
		Items:              s.items(&count),
		CurrentPeriodStart: period.Start.time(),
		CurrentPeriodEnd:   period.End.time(),
		CancelAtPeriodEnd:  s.CancelAtPeriodEnd,
		CancelAt:           s.CancelAt.time(),
		CanceledAt:         s.CanceledAt.time(),
		EndedAt:            s.EndedAt.time(),
		TrialEnd:           s.TrialEnd.time(),
		Pause:              s.PauseCollection.Behavior,
		LatestInvoice:      string(s.LatestInvoice),
	}
	if count.err != nil {
		return nil, invalid("subscription", count.err)
	}
	return sub, nil
}

// period is the subscription's own, or that of the item whose period ends first,
// which is what older versions show for items of several intervals.
func (s *subscriptionJSON) period() periodJSON {
	period := s.periodJSON
	if period.End != 0 {
		return period
	}
	for _, item := range s.Items.Data {
		if item.End != 0 && (period.End == 0 || item.End < period.End) {
			period = item.periodJSON
		}
	}
	return period
}

func (s *subscriptionJSON) items(count *counter) []billing.SubscriptionItem {
	items := make([]billing.SubscriptionItem, 0, len(s.Items.Data))
	for _, item := range s.Items.Data {
		items = append(items, billing.SubscriptionItem{
			ID:       string(item.ID),
			Price:    string(item.Price.ID),
			Product:  string(item.Price.Product),
			Lookup:   item.Price.LookupKey,
			Unit:     item.Price.unit(count),
			Quantity: item.Quantity,
		})
	}
	return items
}
