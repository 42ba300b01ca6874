package ical

// series is an event's instances from one instant to another.
type series struct {
	event    *foreign
	zone     zone
	from, to int64
	lasts    int64 // about how long an instance is, at most
	budget   *budget
}

// each calls for the start of each instance of the rules, the event's own start
// first, which counts whether or not the rules have it. Some may be called for twice, and
// some that lie before from.
func (s *series) each(do func(start int64) error) error {
	if start := instant(s.zone, s.event.start.wall); start < s.to {
		if err := do(start); err != nil {
			return err
		}
	} else if start-2*daySeconds >= s.to {
		return nil // so are all others
	}
	return s.byRules(do)
}

// byRules calls for the instances of the rules.
func (s *series) byRules(do func(start int64) error) error {
	for _, text := range s.event.rules {
		r, err := readRule(text)
		if err != nil {
			return err
		}
		if err := s.follow(r, do); err != nil {
			return err
		}
	}
	return nil
}

// follow calls for the instances of a rule.
func (s *series) follow(r *rule, do func(start int64) error) error {
	start := s.event.start
	r.begun(start)
	period, count := r.period(floor(start.wall, daySeconds)), 0
	if r.count == 0 {
		period += r.skip(s.from-s.lasts-2*daySeconds, period)
	}
	for ; ; period += r.interval {
		if first, _ := r.bounds(period); first*daySeconds >= s.to+2*daySeconds {
			return nil
		}
		walls, err := r.walls(period, s.budget)
		if err == nil {
			err = s.budget.spend(1)
		}
		if err != nil {
			return err
		}
		for _, wall := range walls {
			if wall < start.wall {
				continue
			}
			at := instant(s.zone, wall)
			if count++; r.count > 0 && count > r.count || s.ended(r, wall, at) {
				return nil
			}
			if at < s.to {
				if err := do(at); err != nil {
					return err
				}
			}
		}
	}
}

// skip is how many periods from the first on end before the instant: whole intervals.
func (r *rule) skip(before, first int64) int64 {
	if ahead := r.period(floor(before, daySeconds)) - first; ahead > 0 {
		return ahead / r.interval * r.interval
	}
	return 0
}

func (s *series) ended(r *rule, wall, at int64) bool {
	switch {
	case r.until == nil:
		return false
	case r.until.utc:
		return at > r.until.wall
	case r.until.whole:
		return floor(wall, daySeconds) > floor(r.until.wall, daySeconds)
	}
	return wall > r.until.wall
}
