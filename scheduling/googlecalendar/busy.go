package googlecalendar

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	calendargo "google.golang.org/api/calendar/v3"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const (
	calendarsPerQuery = 50                  // calendarExpansionMax
	longestQuery      = 80 * 24 * time.Hour // Google refuses more than about 90 days
)

// Busy implements [scheduling.FreeBusy].
func (c *Calendar) Busy(ctx context.Context, calendars []string, in scheduling.Span,
	except func(uid string) bool) (map[string][]scheduling.Busy, error) {
	errs := []error{checkSpan(in)}
	for _, id := range calendars {
		errs = append(errs, checkName("calendars", id))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	ids := slices.Compact(slices.Sorted(slices.Values(calendars)))
	busy := make(map[string][]scheduling.Busy, len(ids))
	for batch := range slices.Chunk(ids, calendarsPerQuery) {
		for _, part := range parts(in) {
			if err := c.freeBusy(ctx, batch, part, busy); err != nil {
				return nil, err
			}
		}
	}
	for id, list := range busy {
		busy[id] = merged(list)
	}
	if except == nil {
		return busy, nil
	}
	if err := c.relist(ctx, busy, in, except); err != nil {
		return nil, err
	}
	return busy, nil
}

// parts cuts a span into what one query may ask for.
func parts(in scheduling.Span) (all []scheduling.Span) {
	for in.Duration() > longestQuery {
		cut := in.Start.Add(longestQuery)
		all = append(all, scheduling.Span{Start: in.Start, End: cut})
		in.Start = cut
	}
	return append(all, in)
}

// freeBusy adds what one query tells.
func (c *Calendar) freeBusy(ctx context.Context, ids []string, in scheduling.Span, busy map[string][]scheduling.Busy) error {
	request := &calendargo.FreeBusyRequest{
		TimeMin: stamp(in.Start.Truncate(time.Second)), TimeMax: stamp(in.End.Add(time.Second - 1).Truncate(time.Second)),
		CalendarExpansionMax: calendarsPerQuery,
	}
	for _, id := range ids {
		request.Items = append(request.Items, &calendargo.FreeBusyRequestItem{Id: id})
	}
	var answer *calendargo.FreeBusyResponse
	err := c.do(ctx, call{name: "freebusy.query", send: func(ctx context.Context) (err error) {
		answer, err = c.api.Freebusy.Query(request).Context(ctx).Do()
		if err == nil && answer == nil {
			return errNonsense
		}
		return err
	}})
	if err != nil {
		return err
	}
	for _, id := range ids {
		list, err := c.periods(id, answer)
		if err != nil {
			return err
		}
		busy[id] = append(busy[id], overlapping(list, in)...)
	}
	return nil
}

// periods are those of one calendar. What Google does not know of it is not free.
func (c *Calendar) periods(id string, answer *calendargo.FreeBusyResponse) ([]scheduling.Busy, error) {
	told, known := answer.Calendars[id]
	switch {
	case !known:
		return nil, senseless("nothing is told of a calendar")
	case len(told.Errors) > 0:
		return nil, unknown(told.Errors[0])
	}
	list := make([]scheduling.Busy, 0, len(told.Busy))
	for _, p := range told.Busy {
		if p == nil {
			return nil, senseless("a period is empty")
		}
		start, err1 := time.Parse(time.RFC3339, p.Start)
		end, err2 := time.Parse(time.RFC3339, p.End)
		if err1 != nil || err2 != nil {
			return nil, senseless("a time cannot be read")
		}
		list = append(list, c.foreign(scheduling.Span{Start: start.UTC(), End: end.UTC()}, ""))
	}
	return list, nil
}

func (c *Calendar) foreign(s scheduling.Span, ref string) scheduling.Busy {
	return scheduling.Busy{Span: s, Kind: scheduling.BusyMeeting, Source: c.Name(), Ref: ref}
}

// unknown is the error of a calendar whose time Google does not tell.
func unknown(e *calendargo.Error) error {
	if e == nil {
		return senseless("an error is empty")
	}
	code := frontdesk.Unavailable
	switch e.Reason {
	case "notFound":
		code = frontdesk.NotFound
	case "forbidden":
		code = frontdesk.PermissionDenied
	}
	return frontdesk.Errorf(code, "googlecalendar: freebusy.query: the busy time of a calendar is not known: %s", trim(e.Reason))
}

func overlapping(list []scheduling.Busy, in scheduling.Span) []scheduling.Busy {
	return slices.DeleteFunc(list, func(b scheduling.Busy) bool { return b.Empty() || !b.Overlaps(in) })
}

// merged joins periods that touch, as those do that two queries have cut.
func merged(list []scheduling.Busy) []scheduling.Busy {
	slices.SortFunc(list, byTime)
	var all []scheduling.Busy
	for _, b := range list {
		if last := len(all) - 1; last >= 0 && !b.Start.After(all[last].End) {
			if b.End.After(all[last].End) {
				all[last].End = b.End
			}
			continue
		}
		all = append(all, b)
	}
	return all
}

func byTime(a, b scheduling.Busy) int {
	return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End), cmp.Compare(a.Ref, b.Ref))
}

// stamp writes a time as Google reads it.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339) }
