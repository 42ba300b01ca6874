package schedulinghttp

import (
	"errors"
	"net/http"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// saleRecord is a pack that a client is to have.
type saleRecord struct {
	Client     string           `json:"client"`
	Expert     string           `json:"expert"`
	EventTypes []string         `json:"event_types"`
	Meetings   int              `json:"meetings"`
	Price      *frontdesk.Money `json:"price"`      // for experts and administrators to say
	ExpiresAt  string           `json:"expires_at"` // and this
	Grant      bool             `json:"grant"`      // nothing is to be paid
	pathsRecord
}

type packRecord struct {
	ID         string           `json:"id"`
	Client     string           `json:"client"`
	Expert     string           `json:"expert"`
	EventTypes []string         `json:"event_types"`
	Meetings   int              `json:"meetings"`
	Used       int              `json:"used"`
	Price      *frontdesk.Money `json:"price"`
	Payment    *paymentRecord   `json:"payment"`
	ExpiresAt  time.Time        `json:"expires_at,omitzero"`
	CreatedAt  time.Time        `json:"created_at"`
	UpdatedAt  time.Time        `json:"updated_at"`
}

// packTicketRecord is a pack and where it is paid, if it is to be.
type packTicketRecord struct {
	packRecord
	Checkout *checkoutRecord `json:"checkout"`
}

func newPackRecord(p *scheduling.Pack) packRecord {
	return packRecord{
		ID: p.ID, Client: p.Client, Expert: p.Expert, EventTypes: each(p.EventTypes, func(id *string) string { return *id }), Meetings: p.Total,
		Used: p.Used, Price: price(p.Price), Payment: newPaymentRecord(&p.Payment), ExpiresAt: p.ExpiresAt, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
}

func (h *handler) packs(w http.ResponseWriter, r *http.Request) error {
	q, err := readQuery(r, []string{"client"})
	if err != nil {
		return err
	}
	client := q.Get("client")
	if a, err := frontdesk.ActorFrom(r.Context()); err == nil && client == "" {
		client = a.ClientID
	}
	if client == "" {
		return frontdesk.InvalidField("client", "is required")
	}
	all, err := h.svc.Packs(r.Context(), client)
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newPage(all, newPackRecord))
}

func (h *handler) pack(w http.ResponseWriter, r *http.Request) error {
	p, err := h.svc.Pack(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, newPackRecord(p))
}

// addPack sells or grants a pack.
func (h *handler) addPack(w http.ResponseWriter, r *http.Request) error {
	var asked saleRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	key, err := requestKey(r)
	sale, wrong := asked.sale(key)
	if err := errors.Join(err, wrong); err != nil {
		return err
	}
	if sale.Expert, err = ownExpert(r, sale.Expert); err != nil {
		return err
	}
	t := &scheduling.PackTicket{}
	if asked.Grant {
		var p *scheduling.Pack
		if p, err = h.svc.GrantPack(r.Context(), sale); err == nil {
			t.Pack = *p
		}
	} else {
		t, err = h.svc.SellPack(r.Context(), sale)
	}
	if err != nil {
		return err
	}
	w.Header().Set("Location", located(r, "/packs/"+t.Pack.ID))
	return writePack(w, http.StatusCreated, t)
}

func (s *saleRecord) sale(key string) (scheduling.PackSale, error) {
	named := requestRecord{Client: s.Client, Expert: s.Expert}
	sale := scheduling.PackSale{
		Client: s.Client, Expert: s.Expert, EventTypes: s.EventTypes, Meetings: s.Meetings, Price: money(s.Price), Key: key,
		SuccessPath: s.SuccessPath, CancelPath: s.CancelPath,
	}
	var err error
	if s.ExpiresAt != "" {
		sale.ExpiresAt, err = instant("expires_at", s.ExpiresAt)
	}
	return sale, errors.Join(named.strange(), err)
}

func (h *handler) payPack(w http.ResponseWriter, r *http.Request) error {
	var asked pathsRecord
	if err := h.readJSON(w, r, &asked); err != nil {
		return err
	}
	t, err := h.svc.PayPack(r.Context(), r.PathValue("id"), asked.SuccessPath, asked.CancelPath)
	if err != nil {
		return err
	}
	return writePack(w, http.StatusOK, t)
}

func writePack(w http.ResponseWriter, status int, t *scheduling.PackTicket) error {
	return writeJSON(w, status, packTicketRecord{newPackRecord(&t.Pack), newCheckoutRecord(t.Payment)})
}
