package scheduling

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/frontdesk-go/frontdesk"
)

// shares are counted over the meetings of the last days, and those to come.
const countedDays = 30 * 24 * time.Hour

// survey is a question about an event type, with all that is known of its hosts.
type survey struct {
	query     Query
	hosts     []Host                   // of query.Hosts, in their order
	calendars map[string][]CalendarRef // that keep a host busy
	busy      map[string][]Busy        // what is in them
	unknown   []string                 // hosts whose calendars could not be read
	taken     []Taken                  // by our meetings
	needs     Span                     // for busy time
	counts    Span                     // for limits
	zone      string                   // of the first host
	location  Location                 // of a new meeting
	series    string                   // of a new meeting
	blind     error                    // why calendars could not be read
	fresh     bool                     // nothing has changed since, as far as we know
}

// hosted is who hosts the event type.
func (t *EventType) hosted() []Host {
	if t.Mode == One {
		return []Host{{Expert: t.Owner, Schedule: t.Schedule}}
	}
	hosts := slices.Clone(t.Hosts)
	for i := range hosts {
		if hosts[i].Expert == t.Owner {
			orElse(&hosts[i].Schedule, t.Schedule)
		}
	}
	return hosts
}

// experts are all who may act for the event type.
func (t *EventType) experts() []string {
	all := []string{t.Owner}
	for _, h := range t.Hosts {
		all = append(all, h.Expert)
	}
	return all
}

// among are the hosts when only these are wanted. Who must be there anyway stays.
func (t *EventType) among(experts ...string) ([]Host, error) {
	hosts := t.hosted()
	rotates := false
	for _, e := range experts {
		i := slices.IndexFunc(hosts, func(h Host) bool { return h.Expert == e })
		if i < 0 {
			return nil, frontdesk.InvalidField("expert", "does not host the event type")
		}
		rotates = rotates || !hosts[i].Fixed
	}
	if t.Mode != RoundRobin || !rotates {
		return hosts, nil
	}
	return slices.DeleteFunc(hosts, func(h Host) bool { return !h.Fixed && !slices.Contains(experts, h.Expert) }), nil
}

// survey reads what the store knows of the hosts: one query for the meetings of all.
func (s *Service) survey(ctx context.Context, st Store, q Query, hosts []Host) (*survey, error) {
	sv := &survey{query: q, hosts: hosts, calendars: map[string][]CalendarRef{}, busy: map[string][]Busy{}}
	sv.query.Hosts = make([]Diary, len(hosts))
	experts := make([]string, len(hosts))
	for i, h := range hosts {
		experts[i] = h.Expert
	}
	schedules, err := st.Schedules(ctx, experts...)
	if err != nil {
		return nil, err
	}
	for i, h := range hosts {
		settings, err := st.Settings(ctx, h.Expert)
		if frontdesk.CodeOf(err) == frontdesk.NotFound {
			settings, err = &Settings{Expert: h.Expert}, nil
		}
		if err != nil {
			return nil, err
		}
		sv.meet(i, settings, schedules)
	}
	sv.zone = sv.query.Hosts[0].Schedule.Zone
	sv.needs, sv.counts = sv.query.Needs()
	return sv, sv.refresh(ctx, st)
}

// meet begins the diary of a host. One without any schedule is never there.
func (sv *survey) meet(i int, settings *Settings, schedules []Schedule) {
	h := sv.hosts[i]
	d := Diary{Expert: h.Expert, Fixed: h.Fixed, WeekStart: settings.WeekStart}
	wanted := cmp.Or(h.Schedule, settings.Schedule)
	for j := range schedules {
		if own := &schedules[j]; own.Expert == h.Expert && (own.ID == wanted || wanted == "" && d.Schedule == nil) {
			d.Schedule = own
		}
	}
	if d.Schedule == nil {
		d.Schedule = &Schedule{Expert: h.Expert, Zone: cmp.Or(settings.Zone, "UTC")}
	}
	for _, c := range settings.Calendars {
		if c.Busy {
			sv.calendars[h.Expert] = append(sv.calendars[h.Expert], c)
		}
	}
	sv.query.Hosts[i] = d
}

// refresh reads anew what our meetings take.
func (sv *survey) refresh(ctx context.Context, st Store) error {
	in := sv.needs
	if sv.counts.Start.Before(in.Start) {
		in.Start = sv.counts.Start
	}
	if sv.counts.End.After(in.End) {
		in.End = sv.counts.End
	}
	if since := sv.query.Now.Add(-countedDays); sv.query.Type.Mode == RoundRobin && since.Before(in.Start) {
		in.Start = since
	}
	if in.Empty() { // it is in the past
		return nil
	}
	experts := make([]string, len(sv.hosts))
	for i, h := range sv.hosts {
		experts[i] = h.Expert
	}
	taken, err := st.Taken(ctx, experts, in, sv.query.Now)
	if err != nil {
		return err
	}
	sv.taken = taken
	sv.write()
	return nil
}

// write fills the diaries with what is known.
func (sv *survey) write() {
	for i := range sv.query.Hosts {
		d := &sv.query.Hosts[i]
		d.Busy, d.Booked = slices.Clone(sv.busy[d.Expert]), nil
		for _, t := range sv.taken {
			if t.Host == d.Expert {
				sv.enter(d, t)
			}
		}
	}
}

func (sv *survey) enter(d *Diary, t Taken) {
	if t.Blocked.Overlaps(sv.needs) {
		kind := BusyMeeting
		if t.Status == StatusHeld || t.Status == StatusPending {
			kind = BusyTentative
		}
		d.Busy = append(d.Busy, Busy{Span: t.Span, Blocked: t.Blocked, Kind: kind, Ref: t.Meeting})
	}
	if t.EventType == sv.query.Type.ID && !t.Span.Start.Before(sv.counts.Start) && t.Span.Start.Before(sv.counts.End) {
		// Of a meeting that has not the seats of its type today, those that are left count.
		d.Booked = append(d.Booked, Booked{Span: t.Span, Ref: t.Meeting, Seats: max(sv.query.Type.Seats, 1) - t.Free})
	}
}

// omit leaves out the hosts of whom it is not known when they are busy. It fails with Unavailable when
// nobody is left who could meet.
func (sv *survey) omit() error {
	sv.write()
	if len(sv.unknown) == 0 {
		return nil
	}
	gone := func(expert string) bool { return slices.Contains(sv.unknown, expert) }
	lost := sv.query.Type.Mode != RoundRobin || slices.ContainsFunc(sv.hosts, func(h Host) bool { return h.Fixed && gone(h.Expert) })
	sv.query.Hosts = slices.DeleteFunc(sv.query.Hosts, func(d Diary) bool { return gone(d.Expert) })
	sv.hosts = slices.DeleteFunc(slices.Clone(sv.hosts), func(h Host) bool { return gone(h.Expert) })
	rotates := slices.ContainsFunc(sv.hosts, func(h Host) bool { return !h.Fixed })
	if lost || !rotates {
		return frontdesk.Errorf(frontdesk.Unavailable, "it is not known when %q is busy: %w", sv.unknown, sv.blind)
	}
	return nil
}

// had is how many meetings of the type each of the hosts has of late and before them.
func (sv *survey) had() []int {
	had := make([]int, len(sv.hosts))
	for i, h := range sv.hosts {
		for _, t := range sv.taken {
			if t.Host == h.Expert && t.EventType == sv.query.Type.ID {
				had[i]++
			}
		}
	}
	return had
}

// at is the slot of the question's start.
func (sv *survey) at(start time.Time, d time.Duration) (Slot, error) { return At(sv.query, start, d) }

// lost reports whether the slot was refused for what others may have done meanwhile.
func lost(err error) bool {
	why, ok := errors.AsType[Reason](err)
	return ok && (why == ReasonHeld || why == ReasonBusy || why == ReasonBuffer || why == ReasonFull)
}
