package scheduling_test

import (
	"bytes"
	"iter"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/ical"
)

func TestFeed(t *testing.T) {
	nina := func(d *desk) string {
		d.Helper()
		token, err := d.svc.FeedToken(asExpert(d.ctx, "nina"), "nina")
		require.NoError(d, err)
		return token
	}
	read := func(d *desk, token string) (all []scheduling.FeedEntry) {
		d.Helper()
		feed, err := d.svc.FeedOf(d.Context(), token)
		require.NoError(d, err)
		for e, err := range feed.Entries {
			require.NoError(d, err)
			all = append(all, e)
		}
		return all
	}
	t.Run("whoever has the token reads what takes place, of the last 90 days and to come", func(t *testing.T) {
		d := newDesk(t)
		talk := d.offers("talk", nil)
		first := d.books(talk, "acme", 1)
		d.cancels(d.books(talk, "globex", 3))
		second := d.books(talk, "initech", 5)
		token := nina(d)
		entries := read(d, token)
		require.Len(t, entries, 2)
		require.Equal(t, first.Meeting.ID, entries[0].UID)
		require.Equal(t, second.Meeting.ID, entries[1].UID)
		d.pass(90*24*time.Hour + 2*time.Hour)
		require.Len(t, read(d, token), 1)
	})
	t.Run("it can be written as a calendar", func(t *testing.T) {
		d := newDesk(t)
		ticket := d.books(d.offers("talk", nil), "acme", 1)
		feed, err := d.svc.FeedOf(d.ctx, nina(d))
		require.NoError(t, err)
		var out bytes.Buffer
		entries := func(yield func(ical.FeedEntry, error) bool) {
			for e, err := range feed.Entries {
				if !yield(ical.FeedEntry(e), err) {
					return
				}
			}
		}
		require.NoError(t, ical.WriteFeed(&out, feed.Name, iter.Seq2[ical.FeedEntry, error](entries), nil))
		require.Contains(t, out.String(), "UID:"+ticket.Meeting.ID)
		require.NotContains(t, out.String(), "acme@guest.example")
	})
	t.Run("a long agenda is read page by page, each meeting once", func(t *testing.T) {
		d := newDesk(t)
		for i := range 450 {
			start := monday.Add(time.Duration(i/2) * time.Hour)
			m := scheduling.Meeting{
				ID: "m" + strconv.Itoa(i), EventType: "e", Title: "Talk", Hosts: []string{"nina"}, Seats: 1, Status: scheduling.StatusConfirmed,
				Span:     scheduling.Span{Start: start.Add(time.Duration(i%2) * 30 * time.Minute), End: start.Add(time.Duration(i%2+1) * 30 * time.Minute)},
				Bookings: []scheduling.Booking{{ID: "b" + strconv.Itoa(i), Seats: 1, Status: scheduling.StatusConfirmed}},
			}
			_, _, err := d.store.AddMeeting(d.ctx, m, monday)
			require.NoError(t, err)
		}
		seen := map[string]bool{}
		for _, e := range read(d, nina(d)) {
			require.False(t, seen[e.UID])
			seen[e.UID] = true
		}
		require.Len(t, seen, 450)
	})
	t.Run("a token that is revoked, made up or somebody else's opens nothing", func(t *testing.T) {
		d := newDesk(t)
		token := nina(d)
		omar, err := d.svc.FeedToken(d.ctx, "omar")
		require.NoError(t, err)
		name, _, _ := strings.Cut(token, ".")
		_, mac, _ := strings.Cut(omar, ".")
		for _, bad := range []string{"", ".", token + "x", name + "." + mac, name, "bm9ib2R5." + mac} {
			_, err := d.svc.FeedOf(d.ctx, bad)
			require.ErrorIs(t, err, frontdesk.NotFound, bad)
		}
		require.ErrorIs(t, d.svc.RevokeFeed(asExpert(d.ctx, "omar"), "nina"), frontdesk.PermissionDenied)
		require.NoError(t, d.svc.RevokeFeed(asExpert(d.ctx, "nina"), "nina"))
		_, err = d.svc.FeedOf(d.ctx, token)
		require.ErrorIs(t, err, frontdesk.NotFound)
		next := nina(d)
		require.NotEqual(t, token, next)
		require.Empty(t, read(d, next))
	})
	t.Run("saving settings never makes a revoked token valid", func(t *testing.T) {
		d := newDesk(t)
		token := nina(d)
		require.NoError(t, d.svc.RevokeFeed(d.ctx, "nina"))
		settings, err := d.svc.Settings(d.ctx, "nina")
		require.NoError(t, err)
		settings.Feed = 0
		_, err = d.svc.SaveSettings(d.ctx, *settings)
		require.NoError(t, err)
		_, err = d.svc.FeedOf(d.ctx, token)
		require.ErrorIs(t, err, frontdesk.NotFound)
	})
	t.Run("tokens are for the expert and staff, who has an address", func(t *testing.T) {
		d := newDesk(t)
		_, err := d.svc.FeedToken(asExpert(d.ctx, "omar"), "nina")
		require.ErrorIs(t, err, frontdesk.PermissionDenied)
		_, err = d.svc.FeedToken(d.ctx, "nobody")
		require.ErrorIs(t, err, frontdesk.NotFound)
		settings, err := d.svc.Settings(d.ctx, "nina")
		require.NoError(t, err)
		token := nina(d)
		settings.Email = ""
		_, err = d.svc.SaveSettings(d.ctx, *settings)
		require.NoError(t, err)
		_, err = d.svc.FeedToken(d.ctx, "nina")
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
		_, err = d.svc.FeedOf(d.ctx, token)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition)
	})
}
