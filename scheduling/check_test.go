package scheduling_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// always is a schedule that is open all week.
func always(zone string) *scheduling.Schedule {
	s := &scheduling.Schedule{Zone: zone}
	for d := range 7 {
		s.Weekly = append(s.Weekly, scheduling.Window{Day: time.Weekday(d), Start: 0, End: 1440})
	}
	return s
}

// daily is a schedule with the same hours every day.
func daily(zone string, start, end int) *scheduling.Schedule {
	s := &scheduling.Schedule{Zone: zone}
	for d := range 7 {
		s.Weekly = append(s.Weekly, scheduling.Window{Day: time.Weekday(d), Start: start, End: end})
	}
	return s
}

// hour asks one host for 60 minutes.
func hour(s *scheduling.Schedule, from, to string) scheduling.Query {
	return scheduling.Query{
		Type: &scheduling.EventType{Durations: []time.Duration{time.Hour}}, Hosts: []scheduling.Diary{{Schedule: s}},
		From: at(from), To: at(to), Now: at(from).Add(-24 * time.Hour),
	}
}

func TestAFixedHorizonIncludesItsLastLocalDay(t *testing.T) { // case 22
	q := hour(daily("America/Los_Angeles", 540, 1080), "2027-01-31T00:00Z", "2027-02-03T00:00Z")
	q.Type.Horizon.Until = scheduling.Date{Year: 2027, Month: time.January, Day: 31}
	require.NoError(t, scheduling.Check(q, at("2027-02-01T01:00Z"), 0), "17:00 of the last day")
	require.Equal(t, scheduling.ReasonHorizon, scheduling.Explain(q, at("2027-02-01T17:00Z"), 0))
	all := starts(q)
	require.Equal(t, "02-01T01:00Z", all[len(all)-1])
}

func TestAMeetingMayMoveWhereOnlyItStandsItself(t *testing.T) { // case 23
	q := hour(daily("UTC", 540, 1020), "2027-06-01T00:00Z", "2027-06-02T00:00Z")
	q.Type.Step = 15 * time.Minute
	own := span("2027-06-01T11:30Z", "2027-06-01T12:30Z")
	q.Hosts[0].Busy = []scheduling.Busy{{Span: own, Blocked: own, Ref: "m1", Kind: scheduling.BusyMeeting}}
	require.Equal(t, scheduling.ReasonBusy, scheduling.Explain(q, at("2027-06-01T11:45Z"), 0))
	q.Moving = "m1"
	require.Contains(t, starts(q), "06-01T11:45Z")
	q.Hosts[0].Busy[0].Source = "google"
	require.NotContains(t, starts(q), "06-01T11:45Z", "an entry of another calendar is never ours, whatever its id")
}

func TestAHoldHidesWhatOverlapsItForAllEventTypes(t *testing.T) { // case 24
	q := hour(daily("UTC", 540, 1020), "2027-06-01T00:00Z", "2027-06-02T00:00Z")
	q.Type.Durations = []time.Duration{30 * time.Minute}
	held := span("2027-06-01T10:00Z", "2027-06-01T11:00Z")
	q.Hosts[0].Busy = []scheduling.Busy{{Span: held, Blocked: held, Ref: "h1", Kind: scheduling.BusyTentative}}
	require.NotContains(t, starts(q), "06-01T10:30Z")
	require.ErrorIs(t, scheduling.Check(q, at("2027-06-01T10:30Z"), 0), scheduling.ReasonHeld)
	require.Contains(t, starts(q), "06-01T11:00Z")
	q.Hosts[0].Busy = nil // it is the guest's own, or has expired
	require.Contains(t, starts(q), "06-01T10:30Z")
}

func TestAnEntryOfAWholeDayTakesTheLocalDay(t *testing.T) { // case 26
	q := hour(always("America/New_York"), "2027-06-01T00:00Z", "2027-06-02T12:00Z")
	q.Hosts[0].Busy = []scheduling.Busy{{Span: span("2027-06-01T04:00Z", "2027-06-02T04:00Z"), Source: "google"}}
	got := starts(q)
	require.Equal(t, []string{"06-01T00:00Z", "06-01T01:00Z", "06-01T02:00Z", "06-01T03:00Z", "06-02T04:00Z"}, got[:5])
	q.Hosts[0].Busy = nil // it is transparent
	require.Len(t, starts(q), 36)
}

func TestAllWhoMustBeThereMustBeFree(t *testing.T) { // case 27
	q := hour(daily("UTC", 540, 720), "2027-06-01T00:00Z", "2027-06-02T00:00Z")
	q.Hosts = append(q.Hosts, scheduling.Diary{Schedule: daily("UTC", 540, 720)})
	q.Hosts[0].Busy = []scheduling.Busy{{Span: span("2027-06-01T09:00Z", "2027-06-01T12:00Z"), Source: "google"}}

	q.Type.Mode, q.Hosts[0].Fixed = scheduling.RoundRobin, true
	require.Empty(t, starts(q), "the fixed host is busy")
	q.Hosts[0].Fixed = false
	require.Equal(t, []string{"06-01T09:00Z", "06-01T10:00Z", "06-01T11:00Z"}, starts(q), "another of the round is free")
	for s := range scheduling.Slots(q) {
		require.Equal(t, []int{1}, slices.Collect(s.Hosts.All()))
	}
	q.Type.Mode = scheduling.Collective
	require.Empty(t, starts(q), "one of all is busy")
	q.Hosts[0] = scheduling.Diary{Schedule: daily("UTC", 720, 1020)}
	require.Empty(t, starts(q), "their hours have nothing in common")
	q.Hosts[0] = scheduling.Diary{Schedule: daily("UTC", 570, 690)}
	require.Equal(t, []string{"06-01T09:30Z", "06-01T10:30Z"}, starts(q), "the grid begins where all are there")
}

func TestWhoeverBooksDirectlyIsRefusedForTheListsReason(t *testing.T) { // case 28
	q := hour(daily("UTC", 540, 1020), "2027-06-01T00:00Z", "2027-06-02T00:00Z")
	q.Now = at("2027-06-01T08:00Z")
	q.Type.Notice, q.Type.Before = 2*time.Hour, 30*time.Minute
	q.Hosts[0].Busy = []scheduling.Busy{{Span: span("2027-06-01T12:00Z", "2027-06-01T13:00Z"), Source: "google"}}
	for _, c := range []struct {
		start string
		want  scheduling.Reason
	}{
		{"2027-06-01T07:00Z", scheduling.ReasonPast},
		{"2027-06-01T09:00Z", scheduling.ReasonNotice},
		{"2027-06-01T10:00Z", ""}, // exactly now and the notice
		{"2027-06-01T10:15Z", scheduling.ReasonGrid},
		{"2027-06-01T12:00Z", scheduling.ReasonBusy},
		{"2027-06-01T13:00Z", scheduling.ReasonBuffer},
		{"2027-06-01T14:00Z", ""},
		{"2027-06-01T16:30Z", scheduling.ReasonClosed},
		{"2027-06-02T03:00Z", scheduling.ReasonClosed},
		{"2028-06-02T09:00Z", scheduling.ReasonHorizon}, // of a year
	} {
		require.Equal(t, c.want, scheduling.Explain(q, at(c.start), 0), c.start)
		err := scheduling.Check(q, at(c.start), 0)
		if c.want == "" {
			require.NoError(t, err, c.start)
			continue
		}
		require.ErrorIs(t, err, c.want, c.start)
		require.ErrorIs(t, err, frontdesk.FailedPrecondition, c.start)
		var why scheduling.Reason
		require.True(t, errors.As(err, &why) && why.Text() != "", c.start)
	}
	require.Equal(t, scheduling.ReasonGrid, scheduling.Explain(q, at("2027-06-01T10:00Z").Add(time.Nanosecond), 0), "between seconds")
}

func TestMeetingsOfOursKeepTheSumOfBuffers(t *testing.T) {
	q := hour(daily("UTC", 540, 1020), "2027-06-01T00:00Z", "2027-06-02T00:00Z")
	q.Type.Step, q.Type.Before = 15*time.Minute, 15*time.Minute
	own := span("2027-06-01T09:00Z", "2027-06-01T10:00Z")
	q.Hosts[0].Busy = []scheduling.Busy{{Span: own, Blocked: own.Widened(0, 30*time.Minute), Ref: "m1"}}
	require.Equal(t, "06-01T10:45Z", starts(q)[0], "30 minutes after it and 15 before the next")
	q.Hosts[0].Busy[0] = scheduling.Busy{Span: own, Source: "google"}
	require.Equal(t, "06-01T10:15Z", starts(q)[0], "what is foreign has no buffers")
}

func TestALimitClosesTheWholeLocalPeriod(t *testing.T) {
	q := hour(daily("America/New_York", 540, 720), "2027-05-31T00:00Z", "2027-06-07T00:00Z")
	// Monday 23:30 in New York is Tuesday in UTC, and no other day is closed.
	q.Hosts[0].Booked = []scheduling.Booked{{Span: span("2027-06-01T03:30Z", "2027-06-01T04:30Z"), Ref: "m1"}}
	q.Type.Limits = []scheduling.Limit{{Per: scheduling.PerDay, Meetings: 1}}
	require.Equal(t, scheduling.ReasonLimit, scheduling.Explain(q, at("2027-05-31T13:00Z"), 0))
	require.NoError(t, scheduling.Check(q, at("2027-06-01T13:00Z"), 0))
	q.Type.Limits = []scheduling.Limit{{Per: scheduling.PerWeek, Time: 90 * time.Minute}}
	q.Hosts[0].WeekStart = time.Monday
	require.Empty(t, slices.DeleteFunc(starts(q), func(s string) bool { return s < "05-31T12:00Z" }), "one more hour would be too much all week")
	q.Hosts[0].WeekStart = time.Tuesday
	require.Equal(t, "06-01T13:00Z", slices.DeleteFunc(starts(q), func(s string) bool { return s < "05-31T12:00Z" })[0])
	q.Moving = "m1"
	require.NoError(t, scheduling.Check(q, at("2027-05-31T13:00Z"), 0), "what moves does not count")
}

func TestAMeetingWithSeatsIsJoined(t *testing.T) {
	q := hour(daily("UTC", 540, 720), "2027-06-01T00:00Z", "2027-06-02T00:00Z")
	q.Type.Seats = 3
	own := span("2027-06-01T10:00Z", "2027-06-01T11:00Z")
	q.Hosts[0].Busy = []scheduling.Busy{{Span: own, Blocked: own, Ref: "m1"}}
	q.Hosts[0].Booked = []scheduling.Booked{{Span: own, Ref: "m1", Seats: 2}}
	slot, err := scheduling.At(q, own.Start, 0)
	require.NoError(t, err)
	require.Equal(t, scheduling.Slot{Start: own.Start, End: own.End, Hosts: 1, Seats: 1, Joins: true}, slot)
	slot, err = scheduling.At(q, at("2027-06-01T09:00Z"), 0)
	require.NoError(t, err)
	require.Equal(t, 3, slot.Seats, "a new meeting has all its seats")
	q.Seats = 2
	require.Equal(t, scheduling.ReasonFull, scheduling.Explain(q, own.Start, 0))
	require.Equal(t, []string{"06-01T09:00Z", "06-01T11:00Z"}, starts(q))
}

func TestStartsLieWhereTheyAreAligned(t *testing.T) {
	q := hour(daily("UTC", 550, 720), "2027-06-01T00:00Z", "2027-06-02T00:00Z")
	require.Equal(t, []string{"06-01T09:10Z", "06-01T10:10Z"}, starts(q), "at the window")
	q.Type.Align = scheduling.AlignClock
	require.Equal(t, []string{"06-01T10:00Z", "06-01T11:00Z"}, starts(q), "on the clock")
	q.Type.Align = scheduling.AlignPack
	q.Hosts[0].Busy = []scheduling.Busy{{Span: span("2027-06-01T09:15Z", "2027-06-01T09:50Z"), Source: "google"}}
	require.Equal(t, []string{"06-01T09:50Z", "06-01T10:10Z", "06-01T10:50Z"}, starts(q), "and at the end of what is busy")
}

func TestAScheduleThatNeverClosesStepsFromLocalMidnight(t *testing.T) {
	q := hour(always("Asia/Kathmandu"), "2027-06-01T00:00Z", "2027-06-03T00:00Z")
	q.Type.Durations = []time.Duration{50 * time.Minute}
	got := starts(q)
	require.Contains(t, got, "06-01T18:15Z", "midnight")
	require.Contains(t, got, "06-02T18:15Z", "the next one, though 24 hours are no multiple of 50 minutes")
	require.Contains(t, got, "06-01T17:35Z", "a start may go on over midnight")
}

func TestWaiversOpenToAHostWhatGuestsMayNot(t *testing.T) {
	q := hour(daily("UTC", 540, 720), "2027-06-01T00:00Z", "2027-06-02T00:00Z")
	q.Now, q.Type.Notice = at("2027-06-01T08:30Z"), 24*time.Hour
	q.Type.Horizon.Until = scheduling.Date{Year: 2027, Month: time.May, Day: 1}
	q.Type.Limits = []scheduling.Limit{{Per: scheduling.PerDay, Time: time.Minute}}
	start := at("2027-06-01T14:07Z")
	for _, step := range []struct {
		reason scheduling.Reason
		waive  func(*scheduling.Waiver)
	}{
		{scheduling.ReasonNotice, func(w *scheduling.Waiver) { w.Notice = true }},
		{scheduling.ReasonHorizon, func(w *scheduling.Waiver) { w.Horizon = true }},
		{scheduling.ReasonClosed, func(w *scheduling.Waiver) { w.Hours = true }},
		{scheduling.ReasonGrid, func(w *scheduling.Waiver) { w.Grid = true }},
		{scheduling.ReasonLimit, func(w *scheduling.Waiver) { w.Limits = true }},
		{"", func(*scheduling.Waiver) {}},
	} {
		require.Equal(t, step.reason, scheduling.Explain(q, start, 0))
		step.waive(&q.Waive)
	}
	require.Equal(t, scheduling.ReasonPast, scheduling.Explain(q, at("2027-06-01T08:00Z"), 0), "but the past is past")
}

func TestAQueryThatMakesNoSenseHasNoSlots(t *testing.T) {
	for field, spoil := range map[string]func(*scheduling.Query){
		"type":                   func(q *scheduling.Query) { q.Type = nil },
		"now":                    func(q *scheduling.Query) { q.Now = time.Time{} },
		"duration":               func(q *scheduling.Query) { q.Duration = 45 * time.Minute },
		"seats":                  func(q *scheduling.Query) { q.Seats = 2 },
		"hosts":                  func(q *scheduling.Query) { q.Hosts = nil },
		"hosts[0].schedule":      func(q *scheduling.Query) { q.Hosts[0].Schedule = nil },
		"hosts[0].schedule.zone": func(q *scheduling.Query) { q.Hosts[0].Schedule.Zone = "Local" },
		"type.mode":              func(q *scheduling.Query) { q.Type.Mode = "chaos" },
		"limits":                 func(q *scheduling.Query) { q.Type.Limits = make([]scheduling.Limit, scheduling.MaxLimits+1) },
	} {
		q := hour(daily("UTC", 540, 720), "2027-06-01T00:00Z", "2027-06-02T00:00Z")
		require.NoError(t, q.Validate())
		spoil(&q)
		err := q.Validate()
		require.ErrorIs(t, err, frontdesk.Invalid, field)
		require.Equal(t, field, frontdesk.Fields(err)[0].Name)
		require.Empty(t, starts(q), field)
		require.Equal(t, scheduling.ReasonQuery, scheduling.Explain(q, at("2027-06-01T09:00Z"), 0), field)
		require.ErrorIs(t, scheduling.Check(q, at("2027-06-01T09:00Z"), 0), frontdesk.Invalid, field)
	}
}
