package ical

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

const defaultRefresh = time.Hour

// FeedEntry is a meeting in a feed.
type FeedEntry = scheduling.FeedEntry

// FeedOptions configures a feed. The zero value asks readers to come every hour.
type FeedOptions struct {
	// Refresh is how often readers should come; one hour by default. Most come when they like.
	Refresh time.Duration
}

// ContentType is what a feed or a file is served as.
const ContentType = "text/calendar; charset=utf-8"

// WriteFeed writes a calendar of the name with the entries. It holds one entry in memory at a time.
// Attendees are not written: whoever has the feed's address reads it.
//
// An error of the entries, one that cannot be written and one of w is returned with what was written before left
// without its end: no reader takes it to be all. An HTTP handler that has begun to answer then
// aborts (http.ErrAbortHandler).
func WriteFeed(w io.Writer, name string, entries iter.Seq2[FeedEntry, error], o *FeedOptions) error {
	refresh, err := o.refresh()
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(w)
	out := &writer{out: buffered}
	begin(out, Publish)
	out.text("NAME", name)
	out.text("X-WR-CALNAME", name)
	out.raw("REFRESH-INTERVAL;VALUE=DURATION", refresh)
	out.raw("X-PUBLISHED-TTL", refresh)
	for e, err := range entries {
		ev := event{FeedEntry: e, method: Publish}
		if err == nil {
			err = ev.validate()
		}
		if err != nil {
			return err
		}
		if ev.write(out); out.err != nil {
			return unwritten(out.err)
		}
	}
	out.raw("END", "VCALENDAR")
	if out.err != nil {
		return unwritten(out.err)
	}
	if err := buffered.Flush(); err != nil {
		return unwritten(err)
	}
	return nil
}

// refresh is the interval as RFC 5545 writes it.
func (o *FeedOptions) refresh() (string, error) {
	refresh := defaultRefresh
	if o != nil && o.Refresh != 0 {
		refresh = o.Refresh
	}
	if refresh < time.Minute {
		return "", frontdesk.InvalidField("refresh", "is less than a minute")
	}
	return fmt.Sprintf("PT%dM", refresh/time.Minute), nil
}

func unwritten(err error) error {
	return frontdesk.Errorf(frontdesk.Unavailable, "ical: the feed cannot be written: %w", err)
}
