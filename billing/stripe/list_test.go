package stripe_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/billing"
)

// page is an answer with one subscription.
func page(id string, more bool) answer {
	return says(200, fmt.Sprintf(`{"object": "list", "has_more": %t, "data": [{"id": %q, "object": "subscription", "status": "active"}]}`, more, id))
}

func TestLists(t *testing.T) {
	ids := func(s *script, t *testing.T) (ids []string, err error) {
		for sub, e := range s.provider(t).ListSubscriptions(t.Context(), billing.SubscriptionFilter{Account: "acct_1"}) {
			if e != nil {
				return ids, e
			}
			ids = append(ids, sub.ID)
		}
		return ids, nil
	}
	inBubble(t, "all pages are read, each after the last object of the one before", func(t *testing.T) {
		s := &script{answers: []answer{page("sub_1", true), page("sub_2", true), page("sub_3", false)}}
		got, err := ids(s, t)
		require.NoError(t, err)
		assert.Equal(t, []string{"sub_1", "sub_2", "sub_3"}, got)
		for i, want := range []string{"", "sub_1", "sub_2"} {
			q := s.requests[i].URL.Query()
			assert.Equal(t, want, q.Get("starting_after"))
			assert.Equal(t, "all", q.Get("status"))
			assert.Equal(t, "acct_1", s.requests[i].Header.Get("Stripe-Account"))
		}
	})
	inBubble(t, "a page that fails is tried again, and no object comes twice", func(t *testing.T) {
		s := &script{answers: []answer{page("sub_1", true), says(503, "busy"), page("sub_2", false)}}
		got, err := ids(s, t)
		require.NoError(t, err)
		assert.Equal(t, []string{"sub_1", "sub_2"}, got)
	})
	inBubble(t, "the error of a page that stays away comes last", func(t *testing.T) {
		s := &script{answers: []answer{page("sub_1", true), refuses(401, `"type": "invalid_request_error"`)}}
		got, err := ids(s, t)
		require.ErrorIs(t, err, frontdesk.Unauthenticated)
		assert.Equal(t, []string{"sub_1"}, got)
	})
	inBubble(t, "an object that cannot be read is an error of the list", func(t *testing.T) {
		s := &script{answers: []answer{says(200, `{"object": "list", "data": [{"object": "subscription"}]}`)}}
		_, err := ids(s, t)
		assert.Equal(t, frontdesk.Internal.String(), frontdesk.CodeOf(err).String())
	})
	inBubble(t, "no further page is asked for when the caller stops", func(t *testing.T) {
		s := &script{answers: []answer{page("sub_1", true)}}
		for range s.provider(t).ListSubscriptions(t.Context(), billing.SubscriptionFilter{}) {
			break
		}
		assert.Equal(t, 1, s.attempts())
	})
	inBubble(t, "a list can be read again from its beginning", func(t *testing.T) {
		s, p := scripted(t, page("sub_1", true), page("sub_2", false))
		all := p.ListSubscriptions(t.Context(), billing.SubscriptionFilter{})
		for range all {
		}
		for range all {
			break
		}
		assert.Empty(t, s.requests[2].URL.Query().Get("starting_after"))
	})
}

func TestFindCustomers(t *testing.T) {
	t.Run("the pair is quoted, and pages follow their token", func(t *testing.T) {
		s, p := scripted(t,
			says(200, `{"object": "search_result", "has_more": true, "next_page": "token", "data": [`+customer+`]}`),
			says(200, `{"object": "search_result", "has_more": false, "next_page": null, "data": []}`))
		n := 0
		for c, err := range p.FindCustomers(t.Context(), "", `cli"ent`, `a\"b' OR email:"x`) {
			require.NoError(t, err)
			assert.Equal(t, "cus_1", c.ID)
			n++
		}
		assert.Equal(t, 1, n)
		require.Equal(t, 2, s.attempts())
		assert.Equal(t, `metadata["cli\"ent"]:"a\\\"b' OR email:\"x"`, s.requests[0].URL.Query().Get("query"))
		assert.Empty(t, s.requests[0].URL.Query().Get("page"))
		assert.Equal(t, "token", s.requests[1].URL.Query().Get("page"))
	})
}

func TestListEvents(t *testing.T) {
	since := time.Unix(1_700_000_000, 0)
	list := func(events string) answer {
		return says(200, `{"object": "list", "has_more": false, "data": [`+events+`]}`)
	}
	t.Run("undelivered events are asked for", func(t *testing.T) {
		s, p := scripted(t, list(testEvent))
		for e, err := range p.ListEvents(t.Context(), billing.ProviderEventFilter{Since: since, Undelivered: true}) {
			require.NoError(t, err)
			assert.Equal(t, "evt_1", e.ProviderID)
			assert.Equal(t, billing.KindCustomer, e.Object.Kind)
		}
		q := s.requests[0].URL.Query()
		assert.Equal(t, "false", q.Get("delivery_success"))
		assert.Equal(t, "1700000000", q.Get("created[gte]"))
	})
	t.Run("an event of a connected account's list has that account, as its delivery would", func(t *testing.T) {
		_, p := scripted(t, list(testEvent))
		for e, err := range p.ListEvents(t.Context(), billing.ProviderEventFilter{Account: "acct_1"}) {
			require.NoError(t, err)
			assert.Equal(t, "acct_1", e.Account)
			assert.Equal(t, "acct_1", e.Object.Account)
		}
	})
	t.Run("an event that only its account can name is named", func(t *testing.T) {
		_, p := scripted(t, list(`{"id": "evt_4", "object": "event", "type": "balance.available", "created": 1700000000, "data": {"object": `+balanceBody+`}},
			{"id": "evt_5", "object": "event", "type": "account.application.deauthorized", "data": {"object": {"id": "ca_1", "object": "application"}}}`))
		events, err := all(p.ListEvents(t.Context(), billing.ProviderEventFilter{Account: "acct_1"}))
		require.NoError(t, err)
		require.Len(t, events, 2)
		assert.Equal(t, billing.Key{Kind: billing.KindBalance, Ref: billing.AccountRef("acct_1")}, events[0].Object)
		assert.Equal(t, billing.Key{Kind: billing.KindAccount, Ref: billing.AccountRef("acct_1")}, events[1].Object)
		for _, e := range events {
			_, err := p.Decode(e)
			require.NoError(t, err)
		}
	})
	t.Run("an event of the other mode is skipped", func(t *testing.T) {
		_, p := scripted(t, list(liveEvent))
		for e, err := range p.ListEvents(t.Context(), billing.ProviderEventFilter{}) {
			require.NoError(t, err)
			assert.NotEmpty(t, e.Skip)
		}
	})
}
