package scheduling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

func TestEntry(t *testing.T) {
	hosts := []scheduling.Settings{
		{Expert: "nina", Name: "Nina", Email: "nina@desk.example", Zone: "Europe/Lisbon"},
		{Expert: "omar", Name: "Omar", Email: "omar@desk.example"},
	}
	guest := func(id string, s scheduling.Status) scheduling.Booking {
		return scheduling.Booking{ID: id, Seats: 1, Status: s, Guest: scheduling.Guest{Name: "Guest " + id, Email: id + "@guest.example", Phone: "+351912345678"}}
	}
	talk := func(seats int, bookings ...scheduling.Booking) *scheduling.Meeting {
		return &scheduling.Meeting{
			ID: "m1", Title: "Talk", Span: scheduling.Span{Start: monday, End: monday.Add(time.Hour)}, Status: scheduling.StatusConfirmed,
			Seats: seats, Sequence: 2, Notes: "a difficult person", Bookings: bookings,
		}
	}
	ada, bob := guest("ada", scheduling.StatusConfirmed), guest("bob", scheduling.StatusConfirmed)
	t.Run("hosts see who comes, and guests see their hosts", func(t *testing.T) {
		m := talk(1, guest("late", scheduling.StatusCancelled), ada)
		e := m.Entry(hosts, nil)
		require.Equal(t, "m1", e.UID)
		require.Equal(t, 2, e.Sequence)
		require.Equal(t, "Europe/Lisbon", e.Zone)
		require.Equal(t, "Talk: Guest ada", e.Summary)
		require.Equal(t, scheduling.Person{Name: "Nina", Email: "nina@desk.example"}, e.Organizer)
		require.Equal(t, []scheduling.Person{{Name: "Omar", Email: "omar@desk.example"}, {Name: "Guest ada", Email: "ada@guest.example"}}, e.Attendees)
		require.NotContains(t, e.Description, "difficult")
		to := m.Entry(hosts, &ada)
		require.Equal(t, "Talk: Nina", to.Summary)
		require.Equal(t, "m1", to.UID)
		require.Equal(t, e.Attendees, to.Attendees)
	})
	t.Run("nobody in a meeting for several learns of the others", func(t *testing.T) {
		m := talk(5, ada, bob)
		shared := m.Entry(hosts, nil)
		require.Equal(t, "Talk (2/5)", shared.Summary)
		require.Equal(t, []scheduling.Person{{Name: "Omar", Email: "omar@desk.example"}}, shared.Attendees)
		to := m.Entry(hosts, &bob)
		require.Equal(t, "bob", to.UID, "one's invitation can be taken back alone")
		require.Equal(t, []scheduling.Person{{Name: "Omar", Email: "omar@desk.example"}, {Name: "Guest bob", Email: "bob@guest.example"}}, to.Attendees)
	})
	t.Run("who has no address is not invited", func(t *testing.T) {
		nobody := ada
		nobody.Guest.Email = ""
		require.Empty(t, talk(1, nobody).Entry(hosts[:1], &nobody).Attendees)
	})
	t.Run("the place is the link, the address, the number or the call", func(t *testing.T) {
		m := talk(1, ada)
		for want, l := range map[string]scheduling.Location{
			"https://meet.example/1": {Kind: scheduling.AtLink, Value: "https://meet.example/1"},
			"Rua 1":                  {Kind: scheduling.AtAddress, Value: "Rua 1"},
			"+351912345678":          {Kind: scheduling.ByPhone},
			"+351210000000":          {Kind: scheduling.ByPhone, Value: "+351210000000"},
		} {
			m.Location = l
			require.Equal(t, want, m.Entry(hosts, nil).Location)
			require.Equal(t, want, m.Entry(hosts, &ada).Location)
		}
		m.Location, m.JoinURL = scheduling.Location{Kind: scheduling.ByCalendar}, "https://calls.test/1"
		require.Equal(t, m.JoinURL, m.Entry(hosts, &ada).Location)
		m.Seats, m.Location = 3, scheduling.Location{Kind: scheduling.ByPhone}
		require.Empty(t, m.Entry(hosts, nil).Location, "a guest's number is not for all")
	})
	t.Run("what waits for a host is tentative", func(t *testing.T) {
		asked := guest("ada", scheduling.StatusPending)
		m := talk(2, asked, bob)
		require.False(t, m.Entry(hosts, nil).Tentative)
		require.True(t, m.Entry(hosts, &asked).Tentative)
		require.False(t, m.Entry(hosts, &bob).Tentative)
	})
}
