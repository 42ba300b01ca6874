package scheduling_test

import (
	"crypto/sha256"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

//go:embed testdata/zones.txt
var zoneNames string

// dice makes Queries by chance.
type dice struct{ *rand.Rand }

func newDice(seed uint64) dice { return dice{rand.New(rand.NewPCG(seed, 7))} }

func (d dice) chance(percent int) bool { return d.IntN(100) < percent }

func pick[T any](d dice, of ...T) T { return of[d.IntN(len(of))] }

// tricky zones skip dates or midnights, have odd offsets or change them by less than an hour.
var tricky = []string{
	"Pacific/Apia", "Pacific/Kwajalein", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo",
	"America/St_Johns", "Asia/Kathmandu", "Pacific/Kiritimati", "Africa/Casablanca", "Antarctica/Troll",
	"Asia/Pyongyang", "America/Caracas", "Asia/Gaza", "America/Sao_Paulo", "Europe/Dublin", "Pacific/Chatham",
	"Antarctica/Casey", "Asia/Tehran", "America/Asuncion", "UTC",
}

func (d dice) zone() string {
	if d.chance(40) {
		return pick(d, tricky...)
	}
	return pick(d, strings.Fields(zoneNames)...)
}

// instant is a minute from 1990 to 2040; of a zone, often near where its clocks change.
func (d dice) instant(zone string) time.Time {
	from := time.Date(1990, 1, 10, 0, 0, 0, 0, time.UTC)
	at := from.Add(time.Duration(d.Int64N(50*365*24*60)) * time.Minute)
	if _, change := at.In(location(zone)).ZoneBounds(); d.chance(70) && !change.IsZero() && change.Year() < 2040 {
		at = change.UTC().Truncate(time.Minute).Add(time.Duration(d.IntN(3*24*60)-2*24*60) * time.Minute)
	}
	return at
}

func (d dice) edge(n int) int {
	if d.chance(80) {
		return d.IntN(n/15) * 15
	}
	return d.IntN(n)
}

func (d dice) hours() scheduling.Hours {
	if d.chance(15) {
		return scheduling.Hours{Start: 0, End: 1440}
	}
	start := d.edge(1440)
	return scheduling.Hours{Start: start, End: min(start+15+d.edge(16*60), 2880)}
}

func (d dice) schedule(zone string, around time.Time) *scheduling.Schedule {
	s := &scheduling.Schedule{Zone: zone}
	if d.chance(8) {
		for day := range 7 {
			s.Weekly = append(s.Weekly, scheduling.Window{Day: time.Weekday(day), Start: 0, End: 1440})
		}
	}
	for range d.IntN(18) {
		h := d.hours()
		s.Weekly = append(s.Weekly, scheduling.Window{Day: time.Weekday(d.IntN(7)), Start: h.Start, End: h.End})
	}
	for range d.IntN(3) * d.IntN(3) {
		from, to := d.dates(around, 2)
		o := scheduling.Override{From: from, To: to}
		for range d.IntN(3) {
			o.Hours = append(o.Hours, d.hours())
		}
		s.Overrides = append(s.Overrides, o)
	}
	for range d.IntN(3) * d.IntN(2) {
		from, to := d.dates(around, 3)
		s.Stays = append(s.Stays, scheduling.Stay{From: from, To: to, Zone: d.zone()})
	}
	return s
}

func (d dice) dates(around time.Time, most int) (from, to scheduling.Date) {
	first := around.AddDate(0, 0, d.IntN(9)-5)
	return scheduling.DateOf(first), scheduling.DateOf(first.AddDate(0, 0, d.IntN(most)))
}

func (d dice) near(at time.Time, days int) time.Time {
	return at.Add(time.Duration(d.edge(days*1440)-days*720) * time.Minute)
}

func (d dice) busy(around time.Time) (list []scheduling.Busy) {
	for range d.IntN(6) * d.IntN(4) {
		s := scheduling.Span{Start: d.near(around.AddDate(0, 0, 1), 4)}
		s.End = s.Start.Add(minutes(d.edge(180)))
		b := scheduling.Busy{Span: s, Source: "google", Ref: fmt.Sprint(d.IntN(3)), Kind: scheduling.BusyMeeting}
		switch d.IntN(4) {
		case 0, 1:
			b.Source, b.Blocked = "", s.Widened(minutes(d.edge(60)), minutes(d.edge(60)))
			b.Kind = pick(d, scheduling.BusyMeeting, scheduling.BusyTentative)
		case 2:
			b.Start = b.Start.Add(time.Duration(d.IntN(60_000)) * time.Millisecond)
		}
		list = append(list, b)
	}
	return list
}

func (d dice) limits() (limits []scheduling.Limit) {
	for range d.IntN(3) {
		limits = append(limits, scheduling.Limit{
			Per:      pick(d, scheduling.PerDay, scheduling.PerWeek, scheduling.PerMonth, scheduling.PerYear),
			Meetings: d.IntN(4), Time: minutes(d.IntN(3) * 60),
		})
	}
	return limits
}

func (d dice) horizon(now time.Time) (h scheduling.Horizon) {
	if d.chance(50) {
		h.Days, h.Business = d.IntN(9), d.chance(50)
	}
	if d.chance(20) {
		h.Until = scheduling.DateOf(now.AddDate(0, 0, d.IntN(9)))
	}
	return h
}

func (d dice) eventType(now time.Time) *scheduling.EventType {
	length := minutes(pick(d, 15, 25, 30, 35, 45, 50, 60, 90, 120))
	t := &scheduling.EventType{
		Durations: []time.Duration{length}, Align: pick(d, scheduling.AlignWindow, scheduling.AlignWindow, scheduling.AlignClock, scheduling.AlignPack),
		Horizon: d.horizon(now), Limits: d.limits(),
		Mode: pick(d, scheduling.One, scheduling.One, scheduling.Collective, scheduling.RoundRobin),
	}
	if d.chance(60) {
		t.Step = minutes(pick(d, 5, 7, 10, 15, 20, 30, 45, 50, 60, 90))
	}
	if d.chance(40) {
		t.Before, t.After = minutes(d.edge(60)), minutes(d.edge(60))
	}
	if d.chance(40) {
		t.Notice = minutes(d.edge(3 * 1440))
	}
	if d.chance(25) {
		t.Seats = 2 + d.IntN(3)
	}
	return t
}

func (d dice) query() scheduling.Query {
	zone := d.zone()
	from := d.instant(zone)
	q := scheduling.Query{From: from, To: from.Add(minutes(60 + d.IntN(3*1440)))}
	q.Now = from.Add(minutes(720 - d.IntN(4*1440)))
	if d.chance(20) {
		q.Now = q.Now.Add(time.Duration(d.IntN(2_000)) * time.Millisecond)
	}
	q.Type = d.eventType(q.Now)
	if d.chance(20) {
		q.Moving = fmt.Sprint(d.IntN(3))
	}
	if q.Type.Seats > 1 && d.chance(40) {
		q.Seats = 1 + d.IntN(q.Type.Seats)
	}
	if d.chance(20) {
		q.Waive = scheduling.Waiver{
			Notice: d.chance(50), Horizon: d.chance(50), Hours: d.chance(30), Grid: d.chance(20), Limits: d.chance(50),
		}
	}
	hosts := 1
	if q.Type.Mode != scheduling.One {
		hosts += d.IntN(3)
	}
	for i := range hosts {
		q.Hosts = append(q.Hosts, d.diary(zone, from, i))
		zone = pick(d, zone, zone, d.zone())
	}
	d.book(&q)
	return q
}

func (d dice) diary(zone string, around time.Time, i int) scheduling.Diary {
	return scheduling.Diary{
		Fixed: i > 0 && d.chance(40), Schedule: d.schedule(zone, around), Busy: d.busy(around),
		WeekStart: time.Weekday(d.IntN(7)),
	}
}

// book makes meetings, some of them where slots are, and of some hosts in common.
func (d dice) book(q *scheduling.Query) {
	var slots []scheduling.Slot
	for s := range scheduling.Slots(*q) {
		slots = append(slots, s)
	}
	for i := range d.IntN(6) {
		b := scheduling.Booked{Ref: fmt.Sprint(i), Seats: 1 + d.IntN(3)}
		b.Span = scheduling.Span{Start: d.near(q.From, 60)}
		b.End = b.Start.Add(q.Type.Durations[0])
		if len(slots) > 0 && d.chance(70) {
			s := pick(d, slots...)
			b.Span = scheduling.Span{Start: s.Start, End: s.End}
		}
		for h := range q.Hosts {
			if d.chance(70) {
				q.Hosts[h].Booked = append(q.Hosts[h].Booked, b)
				q.Hosts[h].Busy = append(q.Hosts[h].Busy, scheduling.Busy{
					Span: b.Span, Ref: b.Ref, Blocked: b.Widened(q.Type.Before, q.Type.After),
				})
			}
		}
	}
}

// proof is how many Queries are made: more under FRONTDESK_PROOF.
func proof(short, long int) int {
	if os.Getenv("FRONTDESK_PROOF") != "" {
		return long
	}
	if raced {
		return short / 2
	}
	return short
}

func TestSlotsAreWhatCheckPassesAndWhatTheWallClockSays(t *testing.T) {
	n := proof(250, 30_000)
	var listed, reasons = 0, map[scheduling.Reason]int{}
	for seed := range n {
		d := newDice(uint64(seed))
		q := d.query()
		want := newOracle(q).slots()
		got := slices.Collect(scheduling.Slots(q))
		require.Equal(t, want, got, "seed %d", seed)
		listed += len(got)
		agree(t, d, q, want, reasons, seed)
	}
	require.Greater(t, listed, n, "chance makes Queries with slots")
	if raced {
		return // too few to find all reasons
	}
	for _, r := range []scheduling.Reason{
		scheduling.ReasonPast, scheduling.ReasonNotice, scheduling.ReasonHorizon, scheduling.ReasonFull, scheduling.ReasonClosed,
		scheduling.ReasonGrid, scheduling.ReasonLimit, scheduling.ReasonHeld, scheduling.ReasonBusy, scheduling.ReasonBuffer,
	} {
		require.NotZero(t, reasons[r], "chance finds the reason %s", r)
	}
	t.Log(listed, "slots,", reasons)
}

// agree asks for single starts: some that are listed, some beside them, and some where a host is busy.
func agree(t *testing.T, d dice, q scheduling.Query, want []scheduling.Slot, reasons map[scheduling.Reason]int, seed int) {
	t.Helper()
	length := q.Type.Durations[0]
	busy := q.Hosts[0].Busy
	for range 24 {
		at := q.From.Add(minutes(d.IntN(int(q.To.Sub(q.From) / time.Minute))))
		if len(busy) > 0 && d.chance(30) {
			at = pick(d, busy...).Start.Truncate(time.Minute).Add(minutes(d.edge(60) - 30))
		} else if len(want) > 0 && d.chance(50) {
			at = pick(d, want...).Start.Add(minutes(pick(d, 0, 0, 1, -1, int(length/time.Minute))))
		}
		if at.Before(q.From) || !at.Before(q.To) {
			continue
		}
		i, listed := slices.BinarySearchFunc(want, at, func(s scheduling.Slot, at time.Time) int { return s.Start.Compare(at) })
		slot, err := scheduling.At(q, at, 0)
		why := scheduling.Explain(q, at, length)
		require.Equal(t, listed, err == nil, "seed %d: %v: %v", seed, at, err)
		require.Equal(t, listed, why == "", "seed %d: %v: %v", seed, at, why)
		if listed {
			require.Equal(t, want[i], slot, "seed %d", seed)
			continue
		}
		found, ok := errors.AsType[scheduling.Reason](err)
		require.True(t, ok && found == why && errors.Is(err, frontdesk.FailedPrecondition), "seed %d: %v", seed, err)
		reasons[why]++
	}
}

func TestUnionIsTheSlotsOfEach(t *testing.T) {
	for seed := range proof(150, 5_000) {
		d := newDice(uint64(1_000_000 + seed))
		q := d.query()
		qs := []scheduling.Query{q}
		for range d.IntN(5) {
			other := d.query()
			shifted := q.From.Sub(other.From) // keeps its own schedule and busy times
			other.From, other.To, other.Now = other.From.Add(shifted), q.To, q.Now
			other.Type.Durations = q.Type.Durations
			qs = append(qs, other)
		}
		want := map[time.Time][]int{}
		for i, q := range qs {
			for s := range scheduling.Slots(q) {
				want[s.Start] = append(want[s.Start], i)
			}
		}
		var last time.Time
		for s, who := range scheduling.Union(qs) {
			require.True(t, s.Start.After(last), "seed %d", seed)
			require.Equal(t, want[s.Start], who, "seed %d", seed)
			first, err := scheduling.At(qs[who[0]], s.Start, 0)
			require.NoError(t, err)
			require.Equal(t, first, s)
			delete(want, s.Start)
			last = s.Start
		}
		require.Empty(t, want, "seed %d", seed)
	}
}

// TestALimitThatIsNeverReachedChangesNothing asks the same twice: with limits, starts are looked at one by one.
func TestALimitThatIsNeverReachedChangesNothing(t *testing.T) {
	listed := 0
	for seed := range proof(1_000, 30_000) {
		d := newDice(uint64(4_000_000 + seed))
		q := d.query()
		q.Type.Limits, q.Waive.Limits, q.Type.Seats, q.Seats = nil, false, 0, 0
		if q.Type.Mode = scheduling.One; d.chance(30) {
			q.To = q.To.AddDate(0, 0, 40)
		}
		q.Hosts = q.Hosts[:1]
		short := slices.Collect(scheduling.Slots(q))
		q.Type.Limits = []scheduling.Limit{{Per: pick(d, scheduling.PerDay, scheduling.PerYear), Meetings: 1 << 30}}
		require.Equal(t, slices.Collect(scheduling.Slots(q)), short, "seed %d", seed)
		listed += len(short)
	}
	require.NotZero(t, listed)
}

func TestOpenIsWhatTheWallClockSays(t *testing.T) {
	zones := strings.Fields(zoneNames)
	for seed := range proof(len(zones), 20*len(zones)) {
		d, zone := newDice(uint64(2_000_000+seed)), zones[seed%len(zones)]
		from := d.instant(zone)
		s, in := d.schedule(zone, from), scheduling.Span{Start: from, End: from.Add(minutes(1 + d.IntN(4*1440)))}
		var want []scheduling.Span
		open := lookAtMinutes(s, in.Start, int(in.Duration()/time.Minute), false).open
		for m, is := range open {
			if !is {
				continue
			}
			at := in.Start.Add(minutes(m)).UTC()
			if m == 0 || !open[m-1] {
				want = append(want, scheduling.Span{Start: at})
			}
			want[len(want)-1].End = at.Add(time.Minute)
		}
		require.Equal(t, want, s.Open(nil, in), "seed %d: %s", seed, zone)
	}
}

// TestTheProcessZoneDoesNotCount asks the same in processes of several zones.
func TestTheProcessZoneDoesNotCount(t *testing.T) {
	if os.Getenv("FRONTDESK_SLOTS_CHILD") != "" {
		fmt.Println("answers:", answers(proof(150, 3_000)))
		return
	}
	want := answers(proof(150, 3_000))
	for _, zone := range []string{"UTC", "America/New_York", "Pacific/Apia", "Australia/Lord_Howe", "Asia/Kathmandu"} {
		child := exec.Command(os.Args[0], "-test.run=^TestTheProcessZoneDoesNotCount$", "-test.count=1")
		child.Env = append(os.Environ(), "FRONTDESK_SLOTS_CHILD=1", "TZ="+zone)
		out, err := child.CombinedOutput()
		require.NoError(t, err, "%s", out)
		require.Contains(t, string(out), "answers: "+want, zone)
	}
}

// answers is all that is found for the first seeds, in few letters.
func answers(n int) string {
	var all strings.Builder
	for seed := range n {
		q := newDice(uint64(seed)).query()
		for s := range scheduling.Slots(q) {
			fmt.Fprintf(&all, "%d %+v %s\n", seed, s, scheduling.Explain(q, s.Start.Add(time.Minute), 0))
		}
		for _, h := range q.Hosts {
			fmt.Fprintf(&all, "%v\n", h.Schedule.Open(nil, scheduling.Span{Start: q.From, End: q.To}))
		}
	}
	return fmt.Sprintf("%x", sha256.Sum256([]byte(all.String())))
}

func TestWhatNeedsAsksForIsEnough(t *testing.T) {
	left := 0
	for seed := range proof(600, 20_000) {
		d := newDice(uint64(3_000_000 + seed))
		q := d.query()
		for i := range q.Hosts {
			q.Hosts[i].Busy = append(q.Hosts[i].Busy, d.busy(q.From.AddDate(0, 0, d.IntN(20)-10))...)
		}
		want := slices.Collect(scheduling.Slots(q))
		busy, booked := q.Needs()
		for i := range q.Hosts {
			h := &q.Hosts[i]
			before := len(h.Busy) + len(h.Booked)
			h.Busy = slices.DeleteFunc(h.Busy, func(b scheduling.Busy) bool { return !b.Overlaps(busy) && !b.Blocked.Overlaps(busy) })
			h.Booked = slices.DeleteFunc(h.Booked, func(b scheduling.Booked) bool { return b.Start.Before(booked.Start) || !b.Start.Before(booked.End) })
			left += before - len(h.Busy) - len(h.Booked)
		}
		require.Equal(t, want, slices.Collect(scheduling.Slots(q)), "seed %d", seed)
	}
	require.NotZero(t, left, "something is not needed")
}
