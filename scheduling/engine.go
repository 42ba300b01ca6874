package scheduling

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"sync"

	"github.com/frontdesk-go/frontdesk"
)

// engine answers one Query at a time. What it allocates it keeps for the next.
type engine struct {
	rules
	mode  Mode
	hosts []host
	teams []team
	heads []*stretch // the next of each team, when there are several: nil when there is none
	found stretch    // last, of several teams
	joins []join
	ends  []int64
}

var engines = sync.Pool{New: func() any { return new(engine) }}

// give returns the engine, and lets go of what the Query held.
func (e *engine) give() {
	for i := range e.hosts {
		h := &e.hosts[i]
		h.diary, h.home = nil, nil
	}
	engines.Put(e)
}

// open makes it ready for the Query's slots, or fails with Invalid.
func (e *engine) open(q *Query) error {
	e.teams, e.hosts, e.heads = e.teams[:0], e.hosts[:0], e.heads[:0]
	if err := e.set(q); err != nil {
		return err
	}
	if err := e.openHosts(q); err != nil {
		return err
	}
	if err := e.form(q); err != nil {
		return err
	}
	if e.from >= e.to {
		e.teams = e.teams[:0] // nobody can
		return nil
	}
	for i := range e.hosts {
		if err := e.prepare(&e.hosts[i], i); err != nil {
			return err
		}
	}
	e.begin(q)
	return nil
}

// openHosts finds the hosts' zones, and how far ahead any of them can be booked.
func (e *engine) openHosts(q *Query) error {
	if len(q.Hosts) == 0 || len(q.Hosts) > MaxHosts {
		return frontdesk.InvalidField("hosts", "must be between 1 and %d", MaxHosts)
	}
	farthest := int64(-farSeconds)
	for i := range q.Hosts {
		h, d := e.host(i), &q.Hosts[i]
		if d.Schedule == nil {
			return invalidHost(i, "schedule", "is required")
		}
		home, err := loadZone(d.Schedule.Zone)
		if err != nil {
			return invalidHost(i, "schedule.zone", "is not the name of a time zone")
		}
		h.diary, h.home, h.segment = d, home, segment{}
		e.setHorizon(h, q.Type.Horizon)
		farthest = max(farthest, h.sure)
	}
	if !e.waive.Horizon {
		farthest += 2*farDay + day
	}
	e.reach(min(farthest, farSeconds))
	return nil
}

func (e *engine) host(i int) *host {
	if i < cap(e.hosts) {
		e.hosts = e.hosts[:i+1]
	} else {
		e.hosts = append(e.hosts, host{})
	}
	return &e.hosts[i]
}

func (e *engine) setHorizon(h *host, horizon Horizon) {
	if e.waive.Horizon {
		h.last, h.sure = farSeconds, farSeconds
		return
	}
	h.last = horizon.last(h.localDay(e.now))
	h.sure = (h.last+1)*day - farDay
}

func invalidHost(i int, field, message string) error {
	return frontdesk.InvalidField(fmt.Sprintf("hosts[%d].%s", i, field), "%s", message)
}

// form makes the teams: who must be there together.
func (e *engine) form(q *Query) error {
	all := HostSet(1)<<len(q.Hosts) - 1
	switch e.mode = q.Type.Mode; e.mode {
	case One:
		if len(q.Hosts) != 1 {
			return frontdesk.InvalidField("hosts", "must be one")
		}
		e.team(all)
	case Collective:
		e.team(all)
	case RoundRobin:
		return e.formRounds(q.Hosts)
	default:
		return frontdesk.InvalidField("type.mode", "is unknown")
	}
	return nil
}

func (e *engine) formRounds(hosts []Diary) error {
	var fixed HostSet
	for i := range hosts {
		if hosts[i].Fixed {
			fixed |= 1 << i
		}
	}
	if fixed.Len() == len(hosts) {
		return frontdesk.InvalidField("hosts", "must have one that is not fixed")
	}
	for i := range hosts {
		if !fixed.Has(i) {
			e.team(fixed | 1<<i)
		}
	}
	return nil
}

func (e *engine) team(hosts HostSet) {
	if n := len(e.teams); n < cap(e.teams) {
		e.teams = e.teams[:n+1]
	} else {
		e.teams = append(e.teams, team{})
	}
	t := &e.teams[len(e.teams)-1]
	t.rules, t.hosts, t.members = &e.rules, hosts, t.members[:0]
	for i := range hosts.All() {
		if n := len(t.members); n < cap(t.members) {
			t.members = t.members[:n+1]
		} else {
			t.members = append(t.members, member{})
		}
		t.members[len(t.members)-1].host = &e.hosts[i]
	}
}

func (e *engine) prepare(h *host, i int) error {
	if !h.table.prepare(h.diary.Schedule, h.home, e.hours) {
		return invalidHost(i, "schedule.stays", "have a zone that is not known")
	}
	h.prepareBusy(&e.rules)
	if len(e.limits) > 0 {
		h.prepareBooked(e.moving)
	}
	return nil
}

// begin brings each team to its first offer.
func (e *engine) begin(q *Query) {
	e.joins, e.ends = e.joins[:0], e.ends[:0]
	for i := range e.teams {
		t := &e.teams[i]
		e.joinable(t, q.Type.Seats)
		e.packFrom(t)
		t.rewind()
	}
	if len(e.teams) == 1 {
		return
	}
	for i := range e.teams {
		e.heads = append(e.heads, e.teams[i].next())
	}
}

// packFrom gathers from where else the team's starts step.
func (e *engine) packFrom(t *team) {
	t.pack = nil
	if e.align != AlignPack {
		return
	}
	first := len(e.ends)
	for i := range t.members {
		for _, b := range t.members[i].busy {
			e.ends = append(e.ends, step(0, b.end, minute))
		}
	}
	t.pack = e.ends[first:]
	slices.Sort(t.pack)
}

// next is the next stretch, valid until the one after is asked for, or nil. Who has taken
// starts of it may leave them out.
func (e *engine) next() *stretch {
	if len(e.teams) == 1 {
		return e.teams[0].next()
	}
	return e.nextOf()
}

// nextOf is the next start of several teams. To join a meeting comes before making another.
func (e *engine) nextOf() *stretch {
	e.found = stretch{start: never}
	for _, h := range e.heads {
		switch {
		case h == nil || h.start > e.found.start:
		case h.start < e.found.start || h.seats > 0 && e.found.seats == 0:
			e.found = *h
		case h.seats > 0 || e.found.seats == 0:
			e.found.seats, e.found.hosts = max(e.found.seats, h.seats), e.found.hosts|h.hosts
		}
	}
	if e.found.start == never {
		return nil
	}
	e.found.end = e.found.start + 1
	for i, h := range e.heads {
		if h != nil && h.start == e.found.start && !h.pop() {
			e.heads[i] = e.teams[i].next()
		}
	}
	return &e.found
}

// slot is the first of the stretch.
func (e *engine) slot(s *stretch) Slot {
	return Slot{
		Start: instant(s.start), End: instant(s.start + e.length), Hosts: s.hosts,
		Seats: cmp.Or(s.seats, e.places), Joins: s.seats > 0,
	}
}

// never is after all starts.
const never = math.MaxInt64
