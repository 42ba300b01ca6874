package email_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email"
	"github.com/frontdesk-go/frontdesk/email/emailtest"
)

func TestReceive(t *testing.T) {
	t.Run("an event moves the message and is in its log", func(t *testing.T) {
		w := newWorld(t)
		id, m := w.sent()
		w.notify(email.Event{MessageID: m.ProviderID, Status: email.StatusDelivered, Detail: "250 ok"})
		log := w.log(id)
		require.Equal(t, email.StatusDelivered, log.Entry.Status)
		require.Len(t, log.Events, 1)
		require.Equal(t, "email.delivered", log.Events[0].Type)
		require.False(t, log.Events[0].ReceivedAt.IsZero())
	})
	t.Run("a status never falls: delivered before sent, and a late sent after a bounce", func(t *testing.T) {
		w := newWorld(t)
		id, m := w.sent()
		for _, step := range []struct{ event, want email.Status }{
			{email.StatusDelivered, email.StatusDelivered}, {email.StatusSent, email.StatusDelivered},
			{email.StatusDelayed, email.StatusDelivered}, {email.StatusBounced, email.StatusBounced},
			{email.StatusSent, email.StatusBounced}, {email.StatusDelivered, email.StatusBounced},
		} {
			w.notify(email.Event{MessageID: m.ProviderID, Status: step.event})
			w.status(id, step.want)
		}
		require.Len(t, w.log(id).Events, 6, "all of them are told")
	})
	t.Run("opened and clicked are events beside the status", func(t *testing.T) {
		w := newWorld(t)
		id, m := w.sent()
		w.notify(email.Event{MessageID: m.ProviderID, Type: "email.opened"})
		w.notify(email.Event{MessageID: m.ProviderID, Type: "email.clicked"})
		w.status(id, email.StatusSent)
		require.Len(t, w.log(id).Events, 2)
	})
	t.Run("the same event three times at once has one effect, and is acknowledged each time", func(t *testing.T) {
		w := newWorld(t)
		id, m := w.sent()
		header, body := w.box.Webhook(email.Event{
			MessageID: m.ProviderID, Status: email.StatusComplained, Recipient: "ada@example.com",
		}, w.box.Now())
		var deliveries sync.WaitGroup
		for range 3 {
			deliveries.Go(func() {
				if err := w.svc.Receive(t.Context(), header, body); err != nil {
					t.Errorf("a delivery was refused: %v", err)
				}
			})
		}
		deliveries.Wait()
		require.Len(t, w.log(id).Events, 1)
		require.Equal(t, []string{"email email.Suppress ok"}, w.audited())
	})
	t.Run("an event that comes once more does not undo what an administrator has done since", func(t *testing.T) {
		w := newWorld(t)
		_, m := w.sent()
		header, body := w.box.Webhook(email.Event{MessageID: m.ProviderID, Status: email.StatusComplained}, w.box.Now())
		require.NoError(t, w.svc.Receive(w.ctx, header, body))
		w.suppressed("ada@example.com")
		require.NoError(t, w.svc.Unsuppress(w.ctx, "ada@example.com"))
		require.NoError(t, w.svc.Receive(w.ctx, header, body))
		w.suppressed()
	})
	t.Run("an event of an unknown type, or about no message, is stored and acknowledged", func(t *testing.T) {
		w := newWorld(t)
		id, m := w.sent()
		w.notify(email.Event{MessageID: m.ProviderID, Type: "email.foo"})
		w.notify(email.Event{Type: "domain.updated"})
		w.status(id, email.StatusSent)
		require.Equal(t, "email.foo", w.log(id).Events[0].Type)
	})
	t.Run("an event that comes before the message's id is known is joined when it is", func(t *testing.T) {
		w := newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return &hasty{Mailbox: b} })
		id := w.enqueue(w.message(), nil)
		w.drain()
		log := w.log(id)
		require.Len(t, log.Events, 1)
		require.Equal(t, email.StatusBounced, log.Entry.Status)
		w.suppressed("ada@example.com")
	})
	t.Run("a hard bounce, a complaint and the provider's own list suppress the recipient, and nothing else does", func(t *testing.T) {
		for _, c := range []struct {
			event email.Event
			want  []string
		}{
			{email.Event{Status: email.StatusBounced, Permanent: true, Recipient: "Bob@example.com"}, []string{"bob@example.com"}},
			{email.Event{Status: email.StatusComplained, Recipient: "bob@example.com"}, []string{"bob@example.com"}},
			{email.Event{Status: email.StatusBounced, Permanent: true}, []string{"ada@example.com"}},
			{email.Event{Status: email.StatusBounced, Permanent: true, Recipient: "no address\x00"}, nil},
			{email.Event{Status: email.StatusSuppressed, Recipient: "bob@example.com"}, []string{"bob@example.com"}},
			{email.Event{Status: email.StatusBounced, Recipient: "bob@example.com"}, nil},
			{email.Event{Status: email.StatusDelayed, Recipient: "bob@example.com"}, nil},
			{email.Event{Status: email.StatusFailed, Permanent: true, Recipient: "bob@example.com"}, nil},
		} {
			w := newWorld(t)
			_, m := w.sent()
			c.event.MessageID = m.ProviderID
			w.notify(c.event)
			w.suppressed(c.want...)
		}
	})
	t.Run("of several recipients an event that names none suppresses none", func(t *testing.T) {
		w := newWorld(t)
		m := w.message()
		m.Cc = addresses("bob@example.com")
		w.enqueue(m, nil)
		w.drain()
		w.notify(email.Event{MessageID: w.box.Mails()[0].ProviderID, Status: email.StatusBounced, Permanent: true})
		w.suppressed()
	})
	t.Run("a complaint about a message that nobody knows suppresses its recipient", func(t *testing.T) {
		w := newWorld(t)
		w.notify(email.Event{MessageID: "elsewhere", Status: email.StatusComplained, Recipient: "ada@example.com"})
		w.suppressed("ada@example.com")
	})
	t.Run("a wrong signature is Invalid and stores nothing", func(t *testing.T) {
		w := newWorld(t)
		id, m := w.sent()
		header, body := w.box.Webhook(email.Event{MessageID: m.ProviderID, Status: email.StatusDelivered}, w.box.Now())
		require.ErrorIs(t, w.svc.Receive(w.ctx, header, append(body, ' ')), frontdesk.Invalid)
		require.ErrorIs(t, w.svc.Receive(w.ctx, http.Header{}, body), frontdesk.Invalid)
		require.Empty(t, w.log(id).Events)
	})
	t.Run("an event that could not be stored is not acknowledged, and takes effect when it comes again", func(t *testing.T) {
		w := newWorld(t)
		id, m := w.sent()
		header, body := w.box.Webhook(email.Event{MessageID: m.ProviderID, Status: email.StatusDelivered}, w.box.Now())
		require.ErrorIs(t, email.New(w.box, &dying{w.store}, w.options()).Receive(w.ctx, header, body), errDead)
		w.status(id, email.StatusSent)
		require.NoError(t, w.svc.Receive(w.ctx, header, body))
		w.status(id, email.StatusDelivered)
	})
	t.Run("a mailer without webhooks is Unimplemented", func(t *testing.T) {
		w := newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return bare{b} })
		require.ErrorIs(t, w.svc.Receive(w.ctx, http.Header{}, nil), frontdesk.Unimplemented)
	})
}

// hasty tells what became of a message before it answers.
type hasty struct{ *emailtest.Mailbox }

func (h *hasty) Send(ctx context.Context, m *email.Message) (email.Receipt, error) {
	r, err := h.Mailbox.Send(ctx, m)
	if err != nil {
		return r, err
	}
	return r, h.Notify(ctx, email.Event{
		MessageID: r.ProviderID, Status: email.StatusBounced, Permanent: true, Recipient: m.To[0].Address,
	})
}

// TestOrder lets the same events come in random orders, some of them twice and some
// before the message's id is known.
func TestOrder(t *testing.T) {
	for seed := range uint64(100) {
		random := rand.New(rand.NewPCG(seed, 1))
		var events []email.Event
		for n := range 1 + random.IntN(6) {
			events = append(events, email.Event{
				ID: fmt.Sprintf("evt-%d", n), Status: email.Statuses()[random.IntN(len(email.Statuses()))],
				Permanent: random.IntN(2) == 0, Recipient: "ada@example.com",
			})
		}
		first := inOrder(t, events, 0)
		for range 4 {
			random.Shuffle(len(events), func(i, j int) { events[i], events[j] = events[j], events[i] })
			again := append(slices.Clone(events), events[random.IntN(len(events))])
			require.Equal(t, first, inOrder(t, again, random.IntN(len(again)+1)), "seed %d, %v", seed, again)
		}
	}
}

// inOrder is the status and the length of the suppression list after the events, the
// first few of which come while the message is being sent.
func inOrder(t *testing.T, events []email.Event, early int) string {
	early = min(early, len(events))
	w := newWorldWith(t, func(b *emailtest.Mailbox) email.Mailer { return &telling{Mailbox: b, events: events[:early]} })
	id := w.enqueue(w.message(), nil)
	w.drain()
	for _, e := range events[early:] {
		e.MessageID = w.box.Mails()[0].ProviderID
		w.notify(e)
	}
	list, err := w.svc.Suppressions(w.ctx, email.SuppressionFilter{})
	require.NoError(t, err)
	return fmt.Sprint(w.log(id).Entry.Status, len(list))
}

// telling tells events about a message before it answers.
type telling struct {
	*emailtest.Mailbox
	events []email.Event
}

func (h *telling) Send(ctx context.Context, m *email.Message) (email.Receipt, error) {
	r, err := h.Mailbox.Send(ctx, m)
	for _, e := range h.events {
		e.MessageID = r.ProviderID
		if err := h.Notify(ctx, e); err != nil {
			return r, err
		}
	}
	return r, err
}
