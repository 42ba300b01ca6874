package schedulinghttp

import (
	"net/http"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// offerRecord is an event type as anybody reads it: what it takes to choose and to book.
type offerRecord struct {
	ID          string           `json:"id"`
	Owner       string           `json:"owner"`
	Slug        string           `json:"slug"`
	Title       string           `json:"title"`
	Description string           `json:"description"`
	Durations   []minutes        `json:"durations"`
	Seats       int              `json:"seats"`
	Price       *frontdesk.Money `json:"price"`
	Prices      []priceRecord    `json:"prices"`
	Confirm     bool             `json:"confirm"`
	Policy      policyRecord     `json:"policy"`
	Locations   []placeRecord    `json:"locations"`
	Questions   []questionRecord `json:"questions"`
	Order       int              `json:"order"`
}

// placeRecord is a location before anybody has booked. Only addresses are told: links and
// numbers are for those who come.
type placeRecord struct {
	Kind  scheduling.LocationKind `json:"kind"`
	Value string                  `json:"value,omitempty"`
	Ask   bool                    `json:"ask"` // the guest says the value
}

func newOfferRecord(t *scheduling.EventType) offerRecord {
	return offerRecord{
		ID: t.ID, Owner: t.Owner, Slug: t.Slug, Title: t.Title, Description: t.Description, Durations: each(t.Durations, newMinutes),
		Seats: max(t.Seats, 1), Price: price(t.Price), Prices: newPriceRecords(t), Confirm: t.Confirm, Policy: newPolicyRecord(&t.Policy),
		Locations: each(t.Locations, newPlaceRecord), Questions: each(t.Questions, newQuestionRecord), Order: t.Order,
	}
}

func newPlaceRecord(l *scheduling.Location) placeRecord {
	r := placeRecord{Kind: l.Kind, Ask: l.Value == "" && l.Kind != scheduling.ByCalendar}
	if l.Kind == scheduling.AtAddress {
		r.Value = l.Value
	}
	return r
}

// offers lists what an expert offers to everybody.
func (h *handler) offers(w http.ResponseWriter, r *http.Request) error {
	if _, err := readQuery(r, nil); err != nil {
		return err
	}
	all, err := h.svc.EventTypes(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	body, err := encode(newPage(all, newOfferRecord))
	if err != nil {
		return err
	}
	h.publish(w, r, body, true)
	return nil
}

// mayManage reports whether the actor reads all of what the expert offers.
func mayManage(r *http.Request, expert string) bool {
	a, err := frontdesk.ActorFrom(r.Context())
	return err == nil && a.MayReadExpert(expert)
}
