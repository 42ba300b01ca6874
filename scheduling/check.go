package scheduling

import "time"

// Check passes a start that [Slots] would list, were it asked for; From and To do not count. It
// fails with FailedPrecondition, the [Reason] being a cause, or with Invalid when the Query is not
// valid. The duration is that of the Query when d is 0.
func Check(q Query, start time.Time, d time.Duration) error {
	_, err := At(q, start, d)
	return err
}

// At is the slot of a start, or the error of [Check].
func At(q Query, start time.Time, d time.Duration) (Slot, error) {
	e := engines.Get().(*engine)
	defer e.give()
	s, err := e.at(&q, start, d)
	if err != nil || !s.Start.IsZero() {
		return s, err
	}
	return Slot{}, refusal(e.reason(&q, start))
}

// Explain says why a start cannot be booked, and is empty for one that [Check] passes.
func Explain(q Query, start time.Time, d time.Duration) Reason {
	e := engines.Get().(*engine)
	defer e.give()
	s, err := e.at(&q, start, d)
	switch {
	case err != nil:
		return ReasonQuery
	case !s.Start.IsZero():
		return ""
	}
	return e.reason(&q, start)
}

// at is the slot of the start, and a zero one when there is none.
func (e *engine) at(q *Query, start time.Time, d time.Duration) (Slot, error) {
	if d != 0 {
		q.Duration = d
	}
	q.From, q.To = instant(seconds(start)), instant(seconds(start)+1)
	if err := e.open(q); err != nil {
		return Slot{}, err
	}
	s := e.next()
	if s == nil || !instant(s.start).Equal(start) {
		return Slot{}, nil
	}
	return e.slot(s), nil
}

// reason is why at found none: that of the team that came nearest.
func (e *engine) reason(q *Query, start time.Time) Reason {
	switch {
	case start.Before(q.Now):
		return ReasonPast
	case !q.Waive.Notice && start.Before(q.Now.Add(q.Type.Notice)):
		return ReasonNotice
	case start.Nanosecond() != 0:
		return ReasonGrid
	}
	nearest := ReasonHorizon
	for i := range e.teams {
		if r := e.teams[i].reason(q.Type.Seats, start); r.rank() > nearest.rank() {
			nearest = r
		}
	}
	return nearest
}

// reason is why the team has not the start, which is neither past nor too soon.
func (t *team) reason(seats int, start time.Time) Reason {
	s := start.Unix()
	for i := range t.members {
		if m := &t.members[i]; m.localDay(s) > m.last {
			return ReasonHorizon
		}
	}
	switch {
	case seats > 1 && t.full(start):
		return ReasonFull
	case !t.covers(interval{s, s + t.rules.length}):
		return ReasonClosed
	case !t.starts(s):
		return ReasonGrid
	case t.limited(s):
		return ReasonLimit
	}
	return t.taken(start)
}

// full reports whether a meeting of the team begins then, which was not one to join.
func (t *team) full(start time.Time) bool {
	d := t.members[0].diary
	for i := range d.Booked {
		if b := &d.Booked[i]; b.Start.Equal(start) && t.meets(b) {
			return true
		}
	}
	return false
}

// covers reports whether all are there in the time.
func (t *team) covers(in interval) bool {
	t.rewind()
	for t.nextRun() {
		if t.run.start <= in.start && in.end <= t.run.end {
			return true
		}
	}
	return false
}

// starts reports whether the instant is on the grid.
func (t *team) starts(at int64) bool {
	t.rewind()
	t.at = at
	s, ok := t.candidate()
	return ok && s == at
}

func (t *team) limited(at int64) bool {
	for i := range t.members {
		for l := range t.rules.limits {
			if t.members[i].tally(t.rules, l, at).closed {
				return true
			}
		}
	}
	return false
}

// taken says by what the members are busy.
func (t *team) taken(start time.Time) Reason {
	meeting := Span{Start: start, End: instant(start.Unix() + t.rules.length)}
	reason := ReasonBuffer
	for i := range t.members {
		for j := range t.members[i].diary.Busy {
			b := &t.members[i].diary.Busy[j]
			ours := b.Source == ""
			switch {
			case b.Empty() || !b.Overlaps(meeting) || ours && t.rules.moving != "" && b.Ref == t.rules.moving:
			case ours && b.Kind == BusyTentative:
				return ReasonHeld
			default:
				reason = ReasonBusy
			}
		}
	}
	return reason
}
