package ical

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

const maxZones = 200

// view reads when somebody is busy off a calendar.
type view struct {
	*calendar
	feed     *Feed
	in       scheduling.Span
	from, to int64
	most     int // busy times
	budget   *budget

	local    zone // the calendar's own
	zones    map[string]zone
	replaced map[string]map[int64]bool // instances that others stand for, by UID
	busy     []scheduling.Busy
}

func (v *view) read(except func(uid string) bool) ([]scheduling.Busy, error) {
	v.from, v.to = v.in.Start.Unix(), v.in.End.Unix()
	if v.in.End.Nanosecond() > 0 {
		v.to++
	}
	v.zones, v.replaced, v.busy = map[string]zone{}, map[string]map[int64]bool{}, []scheduling.Busy{}
	ours := func(uid string) bool { return uid != "" && except != nil && except(uid) }
	events := slices.DeleteFunc(slices.Clone(v.events), func(e *foreign) bool { return ours(e.uid) })
	for _, e := range events {
		if err := v.replace(e); err != nil {
			return nil, err
		}
	}
	for _, e := range events {
		if err := v.event(e); err != nil {
			return nil, err
		}
	}
	for _, f := range v.calendar.busy {
		if !ours(f.uid) {
			if err := v.period(f.interval, f.uid, f.kind); err != nil {
				return nil, err
			}
		}
	}
	slices.SortStableFunc(v.busy, func(a, b scheduling.Busy) int {
		return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), strings.Compare(a.Ref, b.Ref))
	})
	return slices.Compact(v.busy), nil
}

// replace notes which instance of a series an event stands for.
func (v *view) replace(e *foreign) error {
	if e.broken != nil {
		return e.broken
	}
	if e.instead == nil {
		return nil
	}
	at, err := v.instant(*e.instead)
	if err != nil {
		return err
	}
	if v.replaced[e.uid] == nil {
		v.replaced[e.uid] = map[int64]bool{}
	}
	v.replaced[e.uid][at] = true
	return nil
}

func (v *view) event(e *foreign) error {
	if e.free || v.feed.Owner != "" && slices.Contains(e.declined, strings.ToLower(v.feed.Owner)) {
		return nil
	}
	if err := v.budget.spend(1); err != nil {
		return err
	}
	z, err := v.zoneOf(e.start)
	if err != nil {
		return err
	}
	if e.instead != nil {
		e = &foreign{uid: e.uid, interval: e.interval, kind: e.kind}
	}
	e, err = v.measured(e, z)
	if err != nil {
		return err
	}
	out, err := v.without(e)
	if err != nil {
		return err
	}
	s := series{event: e, zone: z, from: v.from, to: v.to, lasts: e.days*daySeconds + e.seconds, budget: v.budget}
	err = s.each(func(start int64) error {
		if out[start] {
			return nil
		}
		out[start] = true // once is enough
		return v.add(start, v.after(z, start, e), e.uid, e.kind)
	})
	if err != nil {
		return err
	}
	return v.extra(e, z, out)
}

// measured is the event with its length: of an end it is the real time until then, or whole days
// (RFC 5545, 3.8.5.3).
func (v *view) measured(e *foreign, z zone) (*foreign, error) {
	if e.end == nil {
		return e, nil
	}
	measured := *e
	if e.start.whole && e.end.whole {
		measured.days = max(1, (e.end.wall-e.start.wall)/daySeconds)
	} else {
		end, err := v.instant(*e.end)
		if err != nil {
			return nil, err
		}
		measured.seconds = end - instant(z, e.start.wall)
	}
	if e.end.wall < e.start.wall && e.start.whole || measured.seconds < 0 {
		return nil, unknown("an event ends before it starts")
	}
	return &measured, nil
}

// without are the instances of a series that are not, or that others stand for.
func (v *view) without(e *foreign) (map[int64]bool, error) {
	out := map[int64]bool{}
	for _, m := range e.without {
		at, err := v.instant(m)
		if err != nil {
			return nil, err
		}
		out[at] = true
	}
	if e.rules == nil && e.extra == nil {
		return out, nil
	}
	if err := v.budget.spend(len(v.replaced[e.uid])); err != nil {
		return nil, err
	}
	for at := range v.replaced[e.uid] {
		out[at] = true
	}
	return out, nil
}

// extra adds the RDATEs.
func (v *view) extra(e *foreign, z zone, out map[int64]bool) error {
	for _, x := range e.extra {
		if err := v.budget.spend(1); err != nil {
			return err
		}
		start, err := v.instant(x.start)
		if err != nil {
			return err
		}
		if out[start] {
			continue
		}
		if x.end == nil && x.seconds == asFirst {
			err = v.add(start, v.after(z, start, e), e.uid, e.kind)
		} else {
			err = v.period(x, e.uid, e.kind)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// period adds a time that has its own end.
func (v *view) period(p interval, uid string, kind scheduling.BusyType) error {
	z, err := v.zoneOf(p.start)
	if err != nil {
		return err
	}
	start := instant(z, p.start.wall)
	end := v.after(z, start, &foreign{interval: p})
	if p.end != nil {
		if end, err = v.instant(*p.end); err != nil {
			return err
		}
	}
	if end < start {
		return unknown("a period ends before it starts")
	}
	return v.add(start, end, uid, kind)
}

// after is the end of what starts at an instant: days count on the local clock, and whole
// days end at midnight even if they began later, where there was none.
func (v *view) after(z zone, start int64, e *foreign) int64 {
	if e.days == 0 {
		return start + e.seconds
	}
	offset, _ := z.at(start)
	wall := start + offset
	if e.start.whole {
		wall = floor(wall, daySeconds) * daySeconds
	}
	return instant(z, wall+e.days*daySeconds) + e.seconds
}

func (v *view) add(start, end int64, uid string, kind scheduling.BusyType) error {
	if end <= start || end <= v.from || start >= v.to {
		return nil
	}
	if len(v.busy) == v.most {
		return unknown("it has more than %d entries in the time asked about", v.most)
	}
	v.busy = append(v.busy, scheduling.Busy{
		Span: scheduling.Span{Start: time.Unix(start, 0).UTC(), End: time.Unix(end, 0).UTC()},
		Kind: kind, Source: sourceName, Ref: uid,
	})
	return nil
}

func (v *view) instant(m moment) (int64, error) {
	z, err := v.zoneOf(m)
	if err != nil {
		return 0, err
	}
	return instant(z, m.wall), nil
}

func (v *view) zoneOf(m moment) (zone, error) {
	switch {
	case m.utc:
		return fixedOffset(0), nil
	case m.zone == "" || m.whole:
		return v.own()
	}
	return v.named(m.zone)
}

// own is the calendar's zone, for whole days and times without a zone: the file's, or else the host's.
func (v *view) own() (z zone, err error) {
	if v.local != nil {
		return v.local, nil
	}
	if v.zone != "" {
		z, _ = v.named(v.zone)
	}
	if z == nil {
		z = loadPlace(v.feed.Zone)
	}
	if z == nil {
		return nil, unknown("it has times without a zone, and no zone of its own")
	}
	v.local = z
	return z, nil
}

func (v *view) named(name string) (zone, error) {
	if z, found := v.zones[name]; found {
		return z, nil
	}
	if len(v.zones) == maxZones {
		return nil, unknown("it names more than %d zones", maxZones)
	}
	z, err := findZone(name, v.calendar.zones, v.budget)
	if err != nil {
		return nil, err
	}
	v.zones[name] = z
	return z, nil
}
