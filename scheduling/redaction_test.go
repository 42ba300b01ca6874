package scheduling_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestLogs(t *testing.T) {
	t.Run("nobody's name and no token is printed or logged", func(t *testing.T) {
		const canary = "canary"
		guest := scheduling.Guest{Name: canary, Email: canary, Phone: canary}
		b := scheduling.Booking{Guest: guest, Key: canary, Answers: map[string]string{"why": canary}, Reason: canary}
		m := scheduling.Meeting{Notes: canary, JoinURL: canary, Location: scheduling.Location{Value: canary}, Bookings: []scheduling.Booking{b}}
		w := scheduling.Waiting{Guest: guest}
		calendar := scheduling.CalendarRef{ID: canary}
		person := scheduling.Person{Name: canary, Email: canary}
		for _, value := range []any{
			guest, b, m, w, calendar, person, &guest, &b, &m, &w,
			scheduling.Settings{Name: canary, Email: canary, Calendars: []scheduling.CalendarRef{calendar}},
			scheduling.Request{Guest: guest, Key: canary, Answers: b.Answers},
			scheduling.Ticket{Meeting: m, Booking: b, Token: canary},
			scheduling.Ref{Token: canary},
			scheduling.WaitRef{Token: canary},
			scheduling.WaitTicket{Waiting: w, Token: canary},
			scheduling.WaitRequest{Guest: guest},
			scheduling.Order{Guest: guest},
			scheduling.Effect{Payload: []byte(canary), LastError: canary},
			scheduling.Change{Meeting: m, Booking: b, Waiting: &w},
			scheduling.Entry{Summary: canary, Description: canary, Organizer: person, Attendees: []scheduling.Person{person}},
		} {
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("it", "value", value)
			for _, printed := range []string{log.String(), fmt.Sprintf("%v %+v %#v %s", value, value, value, value)} {
				require.NotContains(t, printed, canary, "%T", value)
				require.NotContains(t, printed, "99 97 110 97 114 121", "%T", value)
			}
		}
	})
}
