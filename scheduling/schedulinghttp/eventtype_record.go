package schedulinghttp

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// eventTypeRecord is an event type, as it is read and as it is written. Durations are in minutes.
type eventTypeRecord struct {
	ID          string           `json:"id"`
	Owner       string           `json:"owner"`
	Slug        string           `json:"slug"`
	Title       string           `json:"title"`
	Description string           `json:"description"`
	Schedule    string           `json:"schedule"`
	Durations   []minutes        `json:"durations"`
	Step        minutes          `json:"step"`
	Align       scheduling.Align `json:"align"`
	Before      minutes          `json:"before"`
	After       minutes          `json:"after"`
	Notice      minutes          `json:"notice"`
	Horizon     horizonRecord    `json:"horizon"`
	Limits      []limitRecord    `json:"limits"`
	Seats       int              `json:"seats"`
	Mode        scheduling.Mode  `json:"mode"`
	Hosts       []hostRecord     `json:"hosts"`
	Price       *frontdesk.Money `json:"price"`
	Prices      []priceRecord    `json:"prices"`
	Confirm     bool             `json:"confirm"`
	HoldFor     minutes          `json:"hold_for"`
	Policy      policyRecord     `json:"policy"`
	Locations   []locationRecord `json:"locations"`
	Questions   []questionRecord `json:"questions"`
	Reminders   []minutes        `json:"reminders"` // null: the expert's
	Active      *bool            `json:"active"`
	Order       int              `json:"order"`
	Revision    *int             `json:"revision"`
	CreatedAt   time.Time        `json:"created_at"`
	UpdatedAt   time.Time        `json:"updated_at"`
}

type horizonRecord struct {
	Days     int    `json:"days"`
	Business bool   `json:"business"`
	Until    string `json:"until,omitempty"`
}

type limitRecord struct {
	Per      scheduling.Period `json:"per"`
	Meetings int               `json:"meetings"`
	Time     minutes           `json:"time"`
}

type hostRecord struct {
	Expert   string `json:"expert"`
	Schedule string `json:"schedule"`
	Fixed    bool   `json:"fixed"`
	Weight   int    `json:"weight"`
}

// priceRecord is what a duration costs that does not cost the usual; null is nothing.
type priceRecord struct {
	Duration minutes          `json:"duration"`
	Price    *frontdesk.Money `json:"price"`
}

type policyRecord struct {
	CancelNotice minutes        `json:"cancel_notice"`
	MoveNotice   minutes        `json:"move_notice"`
	MaxMoves     int            `json:"max_moves"`
	Refunds      []refundRecord `json:"refunds"`
}

type refundRecord struct {
	Notice      minutes `json:"notice"`
	BasisPoints int     `json:"basis_points"`
}

type locationRecord struct {
	Kind  scheduling.LocationKind `json:"kind"`
	Value string                  `json:"value"`
}

type questionRecord struct {
	ID       string                  `json:"id"`
	Text     string                  `json:"text"`
	Kind     scheduling.QuestionKind `json:"kind"`
	Options  []string                `json:"options"`
	Required bool                    `json:"required"`
}

func newEventTypeRecord(t *scheduling.EventType) eventTypeRecord {
	r := eventTypeRecord{
		ID: t.ID, Owner: t.Owner, Slug: t.Slug, Title: t.Title, Description: t.Description, Schedule: t.Schedule,
		Durations: each(t.Durations, newMinutes), Step: newMinutes(&t.Step), Align: t.Align, Before: newMinutes(&t.Before),
		After: newMinutes(&t.After), Notice: newMinutes(&t.Notice), Horizon: newHorizonRecord(t.Horizon),
		Limits: each(t.Limits, newLimitRecord), Seats: t.Seats, Mode: t.Mode,
		Hosts: each(t.Hosts, func(h *scheduling.Host) hostRecord { return hostRecord(*h) }),
		Price: price(t.Price), Prices: newPriceRecords(t), Confirm: t.Confirm, HoldFor: newMinutes(&t.HoldFor),
		Policy: newPolicyRecord(&t.Policy), Locations: each(t.Locations, newLocationRecord),
		Questions: each(t.Questions, newQuestionRecord), Active: &t.Active, Order: t.Order, Revision: &t.Revision,
		CreatedAt: t.CreatedAt, UpdatedAt: t.UpdatedAt,
	}
	if t.Reminders != nil {
		r.Reminders = each(t.Reminders, newMinutes)
	}
	return r
}

func newHorizonRecord(h scheduling.Horizon) horizonRecord {
	r := horizonRecord{Days: h.Days, Business: h.Business}
	if !h.Until.IsZero() {
		r.Until = h.Until.String()
	}
	return r
}

func newLimitRecord(l *scheduling.Limit) limitRecord {
	return limitRecord{l.Per, l.Meetings, newMinutes(&l.Time)}
}

// newPriceRecords are in the order of the durations.
func newPriceRecords(t *scheduling.EventType) []priceRecord {
	records := []priceRecord{}
	for _, d := range t.Durations {
		if m, other := t.Prices[d]; other {
			records = append(records, priceRecord{newMinutes(&d), price(m)})
		}
	}
	return records
}

func newPolicyRecord(p *scheduling.Policy) policyRecord {
	return policyRecord{
		CancelNotice: newMinutes(&p.CancelNotice), MoveNotice: newMinutes(&p.MoveNotice), MaxMoves: p.MaxMoves,
		Refunds: each(p.Refunds, func(t *scheduling.RefundTier) refundRecord { return refundRecord{newMinutes(&t.Notice), t.BasisPoints} }),
	}
}

func newLocationRecord(l *scheduling.Location) locationRecord { return locationRecord(*l) }

func newQuestionRecord(q *scheduling.Question) questionRecord {
	options := each(q.Options, func(o *string) string { return *o })
	return questionRecord{ID: q.ID, Text: q.Text, Kind: q.Kind, Options: options, Required: q.Required}
}

// onto is what the record makes of the event type that is there.
func (r *eventTypeRecord) onto(old *scheduling.EventType, revision int) (scheduling.EventType, error) {
	t := scheduling.EventType{
		ID: old.ID, Owner: old.Owner, Slug: r.Slug, Title: r.Title, Description: r.Description, Schedule: r.Schedule,
		Durations: each(r.Durations, (*minutes).duration), Step: r.Step.duration(), Align: r.Align, Before: r.Before.duration(),
		After: r.After.duration(), Notice: r.Notice.duration(), Seats: r.Seats, Mode: r.Mode,
		Limits: each(r.Limits, (*limitRecord).limit),
		Hosts:  each(r.Hosts, func(h *hostRecord) scheduling.Host { return scheduling.Host(*h) }),
		Price:  money(r.Price), Confirm: r.Confirm, HoldFor: r.HoldFor.duration(), Policy: r.Policy.policy(),
		Locations: each(r.Locations, func(l *locationRecord) scheduling.Location { return scheduling.Location(*l) }),
		Questions: each(r.Questions, func(q *questionRecord) scheduling.Question { return scheduling.Question(*q) }),
		Active:    old.Active, Order: old.Order, Revision: revision, CreatedAt: old.CreatedAt,
	}
	if r.Reminders != nil {
		t.Reminders = each(r.Reminders, (*minutes).duration)
	}
	if r.Active != nil {
		t.Active = *r.Active
	}
	errs := []error{same("id", r.ID, old.ID), same("owner", r.Owner, old.Owner), r.prices(&t), r.Horizon.onto(&t)}
	return t, errors.Join(errs...)
}

func (r *eventTypeRecord) prices(t *scheduling.EventType) error {
	for i, p := range r.Prices {
		d, at := p.Duration.duration(), fmt.Sprintf("prices[%d].duration", i)
		switch _, twice := t.Prices[d]; {
		case twice:
			return frontdesk.InvalidField(at, "is there already")
		case !slices.Contains(t.Durations, d):
			return frontdesk.InvalidField(at, "is none of the durations")
		case t.Prices == nil:
			t.Prices = map[time.Duration]frontdesk.Money{}
		}
		t.Prices[d] = money(p.Price)
	}
	return nil
}

func (r *horizonRecord) onto(t *scheduling.EventType) (err error) {
	t.Horizon = scheduling.Horizon{Days: r.Days, Business: r.Business}
	if r.Until != "" {
		t.Horizon.Until, err = date("horizon.until", r.Until)
	}
	return err
}

func (r *limitRecord) limit() scheduling.Limit {
	return scheduling.Limit{Per: r.Per, Meetings: r.Meetings, Time: r.Time.duration()}
}

func (r *policyRecord) policy() scheduling.Policy {
	return scheduling.Policy{
		CancelNotice: r.CancelNotice.duration(), MoveNotice: r.MoveNotice.duration(), MaxMoves: r.MaxMoves,
		Refunds: each(r.Refunds, func(t *refundRecord) scheduling.RefundTier {
			return scheduling.RefundTier{Notice: t.Notice.duration(), BasisPoints: t.BasisPoints}
		}),
	}
}
