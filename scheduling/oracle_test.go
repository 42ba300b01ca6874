package scheduling_test

import (
	"cmp"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// oracle answers a Query as naively as can be: it looks at each minute on the wall clock.
type oracle struct {
	q      scheduling.Query
	first  time.Time // minute 0
	hosts  []oracleHost
	length int
	step   int
}

// oracleHost is what each minute is for a host.
type oracleHost struct {
	open []bool
	date []scheduling.Date
	wall []int // minutes since midnight
}

const oracleDays = 6 // before the range

func newOracle(q scheduling.Query) *oracle {
	o := &oracle{q: q, first: q.From.Add(-oracleDays * 24 * time.Hour).Truncate(time.Minute)}
	d := q.Duration
	if d == 0 {
		d = q.Type.Durations[0]
	}
	o.length = int(d / time.Minute)
	o.step = int(q.Type.Step / time.Minute)
	if o.step == 0 {
		o.step = o.length
	}
	minutes := int(q.To.Sub(o.first)/time.Minute) + o.length + 2
	for _, d := range q.Hosts {
		o.hosts = append(o.hosts, lookAtMinutes(d.Schedule, o.first, minutes, q.Waive.Hours))
	}
	return o
}

func lookAtMinutes(s *scheduling.Schedule, first time.Time, minutes int, always bool) oracleHost {
	var h oracleHost
	home, zones := location(s.Zone), make([]*time.Location, len(s.Stays))
	for i := range s.Stays {
		zones[i] = location(s.Stays[i].Zone)
	}
	for m := range minutes {
		at := first.Add(time.Duration(m) * time.Minute)
		local := at.In(home)
		for i, stay := range s.Stays { // the last one counts
			if there := at.In(zones[i]); within(scheduling.DateOf(there), stay.From, stay.To) {
				local = there
			}
		}
		h.date = append(h.date, scheduling.DateOf(local))
		h.wall = append(h.wall, local.Hour()*60+local.Minute())
		h.open = append(h.open, always || openOn(s, local))
	}
	return h
}

var locations = map[string]*time.Location{}

func location(name string) *time.Location {
	if locations[name] == nil {
		l, err := time.LoadLocation(name)
		if err != nil {
			panic(err)
		}
		locations[name] = l
	}
	return locations[name]
}

func within(d, from, to scheduling.Date) bool {
	return !earlier(d, from) && !earlier(to, d)
}

func earlier(d, o scheduling.Date) bool {
	return cmp.Or(d.Year-o.Year, int(d.Month-o.Month), d.Day-o.Day) < 0
}

// openOn looks a wall clock up in the windows of its date and of the one before.
func openOn(s *scheduling.Schedule, local time.Time) bool {
	noon := time.Date(local.Year(), local.Month(), local.Day(), 12, 0, 0, 0, time.UTC)
	at := local.Hour()*60 + local.Minute()
	hours, replaced := hoursOn(s, noon)
	if inHours(hours, at) {
		return true
	}
	before, _ := hoursOn(s, noon.Add(-24*time.Hour))
	return !replaced && inHours(before, at+1440)
}

func inHours(hours []scheduling.Hours, at int) bool {
	return slices.ContainsFunc(hours, func(h scheduling.Hours) bool { return h.Start <= at && at < h.End })
}

func hoursOn(s *scheduling.Schedule, noon time.Time) (hours []scheduling.Hours, replaced bool) {
	for _, o := range s.Overrides {
		if within(scheduling.DateOf(noon), o.From, o.To) {
			hours, replaced = o.Hours, true
		}
	}
	if replaced {
		return hours, true
	}
	for _, w := range s.Weekly {
		if w.Day == noon.Weekday() {
			hours = append(hours, scheduling.Hours{Start: w.Start, End: w.End})
		}
	}
	return hours, false
}

// slots is each minute of the range at which some team can start.
func (o *oracle) slots() []scheduling.Slot {
	teams := o.teams()
	var grids [][]bool
	for _, team := range teams {
		grids = append(grids, o.starts(team))
	}
	var slots []scheduling.Slot
	for m := range grids[0] {
		at := o.first.Add(time.Duration(m) * time.Minute)
		if at.Before(o.q.From) || !at.Before(o.q.To) || at.Before(o.q.Now) {
			continue
		}
		if !o.q.Waive.Notice && at.Before(o.q.Now.Add(o.q.Type.Notice)) {
			continue
		}
		if s := o.slot(teams, grids, m, at); s.Hosts != 0 {
			slots = append(slots, s)
		}
	}
	return slots
}

func (o *oracle) slot(teams []scheduling.HostSet, grids [][]bool, m int, at time.Time) scheduling.Slot {
	s := scheduling.Slot{Start: at.UTC(), End: at.Add(o.duration()).UTC(), Seats: max(o.q.Type.Seats, 1)}
	var joining, making scheduling.HostSet
	left := 0
	for i, team := range teams {
		if !o.inHorizon(team, at) {
			continue
		}
		if l := o.seatsLeft(team, at); l >= max(o.q.Seats, 1) {
			joining, left = joining|team, max(left, l)
		} else if grids[i][m] && o.free(team, at) && o.inLimits(team, at) {
			making |= team
		}
	}
	if joining != 0 {
		s.Hosts, s.Seats, s.Joins = joining, left, true
		return s
	}
	s.Hosts = making
	return s
}

func (o *oracle) duration() time.Duration { return time.Duration(o.length) * time.Minute }

func (o *oracle) teams() (teams []scheduling.HostSet) {
	all, fixed := scheduling.HostSet(0), scheduling.HostSet(0)
	for i, h := range o.q.Hosts {
		all |= 1 << i
		if h.Fixed {
			fixed |= 1 << i
		}
	}
	if o.q.Type.Mode != scheduling.RoundRobin {
		return []scheduling.HostSet{all}
	}
	for i, h := range o.q.Hosts {
		if !h.Fixed {
			teams = append(teams, fixed|1<<i)
		}
	}
	return teams
}

// starts goes through the minutes and remembers where the grid was anchored.
func (o *oracle) starts(team scheduling.HostSet) []bool {
	var lead *oracleHost
	for i := range team.All() {
		lead = &o.hosts[i]
		break
	}
	open := make([]bool, len(lead.open))
	for m := range open {
		open[m] = true
		for i := range team.All() {
			open[m] = open[m] && o.hosts[i].open[m]
		}
	}
	starts := make([]bool, len(open)-o.length)
	run, anchor, boundary := 0, 0, -1
	for m := range starts {
		changed := m > 0 && lead.date[m] != lead.date[m-1]
		switch {
		case open[m] && (m == 0 || !open[m-1]):
			run, anchor = m, m
		case changed && run <= boundary:
			anchor = m
		}
		if changed {
			boundary = m
		}
		starts[m] = !slices.Contains(open[m:m+o.length], false) && o.onGrid(team, m, anchor, lead.wall[m])
	}
	return starts
}

func (o *oracle) onGrid(team scheduling.HostSet, m, anchor, wall int) bool {
	if o.q.Waive.Grid {
		return true
	}
	switch o.q.Type.Align {
	case scheduling.AlignClock:
		return wall%o.step == 0
	case scheduling.AlignPack:
		last := -1
		for i := range team.All() {
			for _, b := range o.busy(i) {
				end := b.End.Add(o.q.Type.Before + time.Minute - 1).Truncate(time.Minute)
				if g := int(end.Sub(o.first) / time.Minute); g >= anchor && g <= m {
					last = max(last, g)
				}
			}
		}
		if last >= 0 && (m-last)%o.step == 0 {
			return true
		}
	}
	return (m-anchor)%o.step == 0
}

// busy is what blocks a host.
func (o *oracle) busy(host int) (spans []scheduling.Span) {
	for _, b := range o.q.Hosts[host].Busy {
		s := b.Blocked
		if s == (scheduling.Span{}) {
			s = b.Span
		}
		if !s.Empty() && (o.q.Moving == "" || b.Source != "" || b.Ref != o.q.Moving) {
			spans = append(spans, s)
		}
	}
	return spans
}

func (o *oracle) free(team scheduling.HostSet, at time.Time) bool {
	wants := scheduling.Span{Start: at, End: at.Add(o.duration())}.Widened(o.q.Type.Before, o.q.Type.After)
	for i := range team.All() {
		if slices.ContainsFunc(o.busy(i), wants.Overlaps) {
			return false
		}
	}
	return true
}

func (o *oracle) inHorizon(team scheduling.HostSet, at time.Time) bool {
	for i := range team.All() {
		home := location(o.q.Hosts[i].Schedule.Zone)
		if !o.q.Waive.Horizon && scheduling.DateOf(at.In(home)).String() > o.last(o.q.Now.In(home)) {
			return false
		}
	}
	return true
}

// last is the last date that can be booked.
func (o *oracle) last(now time.Time) string {
	h := o.q.Type.Horizon
	d := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, time.UTC)
	for left := h.Days; left > 0; {
		d = d.AddDate(0, 0, 1)
		if w := d.Weekday(); !h.Business || w != time.Saturday && w != time.Sunday {
			left--
		}
	}
	last := scheduling.DateOf(d).String()
	switch {
	case h.Days == 0 && h.Until.IsZero():
		return scheduling.DateOf(d.AddDate(0, 0, 365)).String()
	case h.Days == 0, !h.Until.IsZero() && h.Until.String() < last:
		return h.Until.String()
	}
	return last
}

func (o *oracle) inLimits(team scheduling.HostSet, at time.Time) bool {
	if o.q.Waive.Limits {
		return true
	}
	for i := range team.All() {
		for _, l := range o.q.Type.Limits {
			if o.limited(i, l, at) {
				return false
			}
		}
	}
	return true
}

func (o *oracle) limited(host int, l scheduling.Limit, at time.Time) bool {
	d := o.q.Hosts[host]
	home := location(d.Schedule.Zone)
	period := func(t time.Time) string {
		t = t.In(home)
		switch l.Per {
		case scheduling.PerYear:
			return t.Format("2006")
		case scheduling.PerMonth:
			return t.Format("2006-01")
		case scheduling.PerWeek:
			day := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC)
			for day.Weekday() != d.WeekStart {
				day = day.AddDate(0, 0, -1)
			}
			return "week of " + day.Format(time.DateOnly)
		}
		return t.Format(time.DateOnly)
	}
	meetings, taken := 1, o.duration()
	for _, b := range d.Booked {
		if period(b.Start) == period(at) && (o.q.Moving == "" || b.Ref != o.q.Moving) {
			meetings++
			taken += b.Duration()
		}
	}
	return l.Meetings > 0 && meetings > l.Meetings || l.Time > 0 && taken > l.Time
}

// seatsLeft of a meeting that begins then with the whole team.
func (o *oracle) seatsLeft(team scheduling.HostSet, at time.Time) int {
	if o.q.Type.Seats <= 1 {
		return 0
	}
	most := 0
	for i := range team.All() {
		for _, b := range o.q.Hosts[i].Booked {
			if b.Start.Equal(at) && b.Duration() == o.duration() && o.allHave(team, b.Ref) && (o.q.Moving == "" || b.Ref != o.q.Moving) {
				most = max(most, o.q.Type.Seats-b.Seats)
			}
		}
	}
	return most
}

func (o *oracle) allHave(team scheduling.HostSet, ref string) bool {
	for i := range team.All() {
		if !slices.ContainsFunc(o.q.Hosts[i].Booked, func(b scheduling.Booked) bool { return b.Ref == ref }) {
			return false
		}
	}
	return true
}
