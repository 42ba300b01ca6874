package googlecalendar

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// readers is how many calendars are read at a time.
const readers = 8

// relist reads the events of the calendars that are busy, and leaves meetings of ours out.
func (c *Calendar) relist(ctx context.Context, busy map[string][]scheduling.Busy, in scheduling.Span, except func(string) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	var all sync.WaitGroup
	turns := make(chan struct{}, readers)
	for _, id := range filled(busy) {
		turns <- struct{}{}
		all.Go(func() {
			defer func() { <-turns }()
			told, err := c.others(ctx, id, in, except)
			switch code := frontdesk.CodeOf(err); {
			case err == nil:
				mu.Lock()
				defer mu.Unlock()
				busy[id] = told
			case code != frontdesk.NotFound && code != frontdesk.PermissionDenied: // then nothing of ours can be in it
				cancel(err)
			}
		})
	}
	all.Wait()
	return context.Cause(ctx)
}

func filled(busy map[string][]scheduling.Busy) (ids []string) {
	for id, list := range busy {
		if len(list) > 0 {
			ids = append(ids, id)
		}
	}
	return ids
}

// others are the busy times of a calendar that are not excepted.
func (c *Calendar) others(ctx context.Context, id string, in scheduling.Span, except func(string) bool) ([]scheduling.Busy, error) {
	list := c.api.Events.List(id).TimeMin(stamp(in.Start)).TimeMax(stamp(in.End.Add(time.Second - 1)))
	var all []scheduling.Busy
	for page, err := range c.pages(ctx, list) {
		if err != nil {
			return nil, err
		}
		for _, e := range page.Items {
			entry, err := c.entry(e, page.TimeZone)
			if err != nil {
				return nil, err
			}
			if entry.Busy.Overlaps(in) && !except(entry.UID) {
				all = append(all, entry.Busy)
			}
		}
	}
	slices.SortFunc(all, byTime)
	return all, nil
}
