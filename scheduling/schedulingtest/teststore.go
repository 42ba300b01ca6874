package schedulingtest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// TestStore checks every promise of scheduling.Store. Open is called once per rule and
// returns a store in which there is nothing; what must be closed, it leaves to
// t.Cleanup.
//
//	func TestStore(t *testing.T) {
//		schedulingtest.TestStore(t, func(t *testing.T) scheduling.Store { return mystore.New(t.TempDir()) })
//	}
func TestStore(t *testing.T, open func(t *testing.T) scheduling.Store) {
	groups := []struct {
		name  string
		rules []storeRule
	}{
		{"Settings", settingsRules},
		{"Schedules", scheduleRules},
		{"EventTypes", eventTypeRules},
		{"Slots", slotRules},
		{"Holds", holdRules},
		{"Meetings", meetingRules},
		{"Lists", listRules},
		{"Taken", takenRules},
		{"Waitlist", waitingRules},
		{"Packs", packRules},
		{"Outbox", outboxRules},
		{"Model", modelRules},
		{"Races", raceRules},
		{"Transactions", txRules},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, r := range g.rules {
				t.Run(r.promise, func(t *testing.T) {
					r.check(&storeTest{T: t, ctx: t.Context(), store: open(t)})
				})
			}
		})
	}
}

// storeRule is one promise, and how to find out whether it is kept.
type storeRule struct {
	promise string
	check   func(*storeTest)
}

// storeTest is one rule under test.
type storeTest struct {
	*testing.T
	ctx   context.Context
	store scheduling.Store
}

// need ends the test if the call failed, which the rule did not expect.
func (t *storeTest) need(err error, call string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s must succeed here, and failed: %v", call, err)
	}
}

// refused checks that the call failed with the code, for the reason given.
func (t *storeTest) refused(err error, code frontdesk.Code, reason string) {
	t.Helper()
	if err == nil {
		t.Errorf("succeeded, want %s: %s", code, reason)
	} else if got := frontdesk.CodeOf(err); got != code {
		t.Errorf("failed with %s (%v), want %s: %s", got, err, code, reason)
	}
}

// taken checks that the slot was taken.
func (t *storeTest) taken(err error, reason string) {
	t.Helper()
	if !errors.Is(err, scheduling.ErrSlotTaken) {
		t.Errorf("ended with %v, want ErrSlotTaken: %s", err, reason)
	}
}

// equals checks one value against what the rule asks for.
func equals[T comparable](t *storeTest, what string, got, want T, rule string) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v: %s", what, got, want, rule)
	}
}

// prints is equals for values that are compared by how they print, lists and nothing apart.
func prints(t *storeTest, what string, got, want any, rule string) {
	t.Helper()
	equals(t, what, fmt.Sprintf("%#v", got), fmt.Sprintf("%#v", want), rule)
}

// moment checks the time, and that it comes in UTC.
func (t *storeTest) moment(what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s is %v, want %v: times are kept with at least microseconds, and zero times as zero", what, got, want)
	}
	if got.Location() != time.UTC {
		t.Errorf("%s is in %v, want UTC: times are kept in UTC", what, got.Location())
	}
}

// noon is when the suite plays: with microseconds, for they must be kept.
var noon = time.Date(2027, time.March, 1, 12, 0, 0, 123456000, time.UTC)

// india is noon in a zone that the store must not keep.
var india = noon.In(time.FixedZone("IST", 19800))

// ten is the hour at which meetings begin.
var ten = time.Date(2027, time.March, 8, 10, 0, 0, 0, time.UTC)

// at is a time of the day on which meetings are.
func at(hour, minute int) time.Time {
	return ten.Add(time.Duration(hour-10)*time.Hour + time.Duration(minute)*time.Minute)
}

// newMeeting is the n-th meeting, of an hour from ten on, with one booking. Unless others
// are named, nina is its host.
func newMeeting(n int, hosts ...string) scheduling.Meeting {
	if len(hosts) == 0 {
		hosts = []string{"nina"}
	}
	m := scheduling.Meeting{
		ID: fmt.Sprintf("m%04d", n), EventType: "e1", Title: fmt.Sprintf("Sprechstunde %d 😀", n), Hosts: hosts,
		Span: scheduling.Span{Start: ten, End: ten.Add(time.Hour)}, Status: scheduling.StatusConfirmed, Seats: 1,
		CreatedAt: noon, UpdatedAt: noon,
	}
	m.Bookings = []scheduling.Booking{newBooking(n, 0)}
	return m
}

// newBooking is the i-th booking of the n-th meeting.
func newBooking(n, i int) scheduling.Booking {
	return scheduling.Booking{
		ID: fmt.Sprintf("b%04d-%02d", n, i), Meeting: fmt.Sprintf("m%04d", n), Client: "acme", Seats: 1,
		Guest: scheduling.Guest{Name: "Ada", Email: "ada@example.com"}, Status: scheduling.StatusConfirmed, CreatedAt: noon, UpdatedAt: noon,
	}
}

// newHold is a meeting that is held until a time.
func newHold(n int, until time.Time, hosts ...string) scheduling.Meeting {
	m := newMeeting(n, hosts...)
	m.Status, m.ExpiresAt = scheduling.StatusHeld, until
	m.Bookings[0].Status, m.Bookings[0].ExpiresAt = scheduling.StatusHeld, until
	return m
}

// from is the meeting at another time.
func from(m scheduling.Meeting, start, end time.Time) scheduling.Meeting {
	m.Start, m.End = start, end
	return m
}

// add stores the meeting, which must be new.
func (t *storeTest) add(m scheduling.Meeting) *scheduling.Meeting {
	t.Helper()
	there, added, err := t.store.AddMeeting(t.ctx, m, noon)
	t.need(err, "AddMeeting")
	equals(t, "whether it was added", added, true, "it is new")
	return there
}

// try adds the meeting and returns the error.
func (t *storeTest) try(m scheduling.Meeting) error {
	_, _, err := t.store.AddMeeting(t.ctx, m, noon)
	return err
}

func (t *storeTest) meeting(id string) *scheduling.Meeting {
	t.Helper()
	m, err := t.store.Meeting(t.ctx, id)
	t.need(err, "Meeting")
	return m
}

// none checks that there is no such meeting.
func (t *storeTest) none(id string) {
	t.Helper()
	_, err := t.store.Meeting(t.ctx, id)
	t.refused(err, frontdesk.NotFound, "nothing of what was refused is stored")
}

// change changes a meeting.
func (t *storeTest) change(id string, fn func(*scheduling.Meeting)) *scheduling.Meeting {
	t.Helper()
	m, err := t.alter(id, fn)
	t.need(err, "ChangeMeeting")
	return m
}

func (t *storeTest) alter(id string, fn func(*scheduling.Meeting)) (*scheduling.Meeting, error) {
	return t.store.ChangeMeeting(t.ctx, id, noon, func(m *scheduling.Meeting) error { fn(m); return nil })
}

// move is a change to another time.
func move(start, end time.Time) func(*scheduling.Meeting) {
	return func(m *scheduling.Meeting) { m.Start, m.End = start, end }
}

// cancel is a change that frees the slot.
func cancel(m *scheduling.Meeting) { m.Status = scheduling.StatusCancelled }

const (
	contenders = 16
	crowd      = 64 // who want one slot
)

// contend runs fn so many times at once and returns what the calls got.
func contend[T any](n int, fn func(i int) T) []T {
	results, start := make([]T, n), make(chan struct{})
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			<-start
			results[i] = fn(i)
		})
	}
	close(start)
	wg.Wait()
	return results
}

// oneOf checks that one call succeeded and the others failed as they must.
func oneOf(t *storeTest, errs []error, refusal error, rule string) {
	t.Helper()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, refusal) {
			t.Errorf("failed with %v, want %v: whoever loses the race is told so", err, refusal)
		}
	}
	equals(t, "the number of winners", won, 1, rule)
}

var errOnPurpose = errors.New("on purpose")
