package scheduling

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/frontdesk-go/frontdesk"
)

// maxReads is how many calendars are read at once for one question.
const maxReads = 16

// glance is what one calendar, or several of a kind, said of a host.
type glance struct {
	expert string
	busy   []Busy
	err    error
}

// readCalendars asks the calendars of all hosts, side by side. What has not answered in time is unknown, and
// its host with it.
func (s *Service) readCalendars(ctx context.Context, sv *survey) error {
	ctx, cancel := context.WithTimeout(ctx, s.options.CalendarTime)
	defer cancel()
	waiting := s.ask(ctx, sv)
	answers := make(chan glance, len(waiting))
	room := make(chan struct{}, maxReads)
	for _, read := range waiting {
		go func() {
			select {
			case room <- struct{}{}:
				defer func() { <-room }()
				answers <- read.do(ctx)
			case <-ctx.Done():
			}
		}()
	}
	silent := make(map[string]int)
	for _, read := range waiting {
		silent[read.expert]++
	}
	for range waiting {
		select {
		case g := <-answers:
			silent[g.expert]--
			sv.hear(g)
		case <-ctx.Done():
		}
	}
	for expert, n := range silent {
		if n > 0 {
			sv.hear(glance{expert: expert, err: context.Cause(ctx)})
		}
	}
	slices.Sort(sv.unknown)
	return sv.omit()
}

func (sv *survey) hear(g glance) {
	if g.err == nil {
		sv.busy[g.expert] = append(sv.busy[g.expert], g.busy...)
		return
	}
	sv.blind = errors.Join(sv.blind, g.err)
	if !slices.Contains(sv.unknown, g.expert) {
		sv.unknown = append(sv.unknown, g.expert)
	}
}

// reading is a question to the calendars of one kind of one host.
type reading struct {
	expert    string
	kind      string
	from      FreeBusy
	calendars []string
	in        Span
	ours      map[string]bool
}

func (s *Service) ask(ctx context.Context, sv *survey) (all []reading) {
	if sv.needs.Empty() {
		return nil
	}
	ours := make(map[string]bool, len(sv.taken))
	for _, t := range sv.taken {
		ours[t.Meeting] = true
	}
	for _, h := range sv.hosts {
		first := len(all)
		for _, c := range sv.calendars[h.Expert] {
			i := slices.IndexFunc(all[first:], func(r reading) bool { return r.kind == c.Kind })
			if i < 0 {
				i = len(all) - first
				all = append(all, reading{expert: h.Expert, kind: c.Kind, from: s.freeBusy(c.Kind), in: sv.needs, ours: ours})
			}
			all[first+i].calendars = append(all[first+i].calendars, c.ID)
		}
	}
	return all
}

func (s *Service) freeBusy(kind string) FreeBusy {
	if c := s.calendar(kind); c != nil {
		return c
	}
	return s.options.Feeds[kind]
}

func (r reading) do(ctx context.Context) (g glance) {
	g.expert = r.expert
	defer func() {
		if p := recover(); p != nil {
			g.err = frontdesk.Errorf(frontdesk.Internal, "the calendar panicked: %s", fmt.Sprintf("%T", p))
		}
	}()
	if r.from == nil {
		g.err = frontdesk.Errorf(frontdesk.Unavailable, "the calendar's kind %q is not set up", r.kind)
		return g
	}
	found, err := r.from.Busy(ctx, r.calendars, r.in, func(uid string) bool { return r.ours[uid] })
	if err != nil {
		g.err = err
		return g
	}
	for _, id := range r.calendars {
		for _, b := range found[id] {
			orElse(&b.Source, r.kind)
			g.busy = append(g.busy, Busy{Span: b.Span, Kind: b.Kind, Source: b.Source, Ref: b.Ref})
		}
	}
	return g
}
