package googlecalendar

import (
	"context"
	"iter"
	"slices"

	calendargo "google.golang.org/api/calendar/v3"
)

const (
	pageSize = 2500
	maxPages = 1000 // more is a loop
)

// listed is what is read of events in lists. Of the attendees only the calendar's own is told.
const listed = "nextPageToken,nextSyncToken,timeZone,items(id,iCalUID,status,transparency,eventType,start,end,recurringEventId," +
	"attendees(self,responseStatus),extendedProperties/private)"

// pages yields the pages of a list of single events.
func (c *Calendar) pages(ctx context.Context, list *calendargo.EventsListCall) iter.Seq2[*calendargo.Events, error] {
	list = list.SingleEvents(true).MaxResults(pageSize).MaxAttendees(1).Fields(listed)
	return func(yield func(*calendargo.Events, error) bool) {
		var seen []string
		for token := ""; len(seen) < maxPages; {
			page, err := c.page(ctx, list, token)
			if !yield(page, err) || err != nil || page.NextPageToken == "" {
				return
			}
			seen = append(seen, token)
			if token = page.NextPageToken; slices.Contains(seen, token) {
				break
			}
		}
		yield(nil, senseless("the pages have no end"))
	}
}

func (c *Calendar) page(ctx context.Context, list *calendargo.EventsListCall, token string) (page *calendargo.Events, err error) {
	if token != "" {
		list.PageToken(token)
	}
	err = c.do(ctx, call{name: "events.list", send: func(ctx context.Context) (err error) {
		page, err = list.Context(ctx).Do()
		if err == nil && (page == nil || slices.Contains(page.Items, nil)) {
			return errNonsense
		}
		return err
	}})
	return page, err
}
