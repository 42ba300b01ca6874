package schedulinghttp

import (
	"net/url"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// layouts of an instant: RFC 3339, also without seconds.
var layouts = [...]string{time.RFC3339Nano, "2006-01-02T15:04Z07:00"}

// parseInstant reads an instant. The plus of an offset may have become a space, as in a query that nobody escaped.
func parseInstant(text string) (time.Time, bool) {
	text = strings.Replace(text, " ", "+", 1)
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil && t.Year() > 0 && t.Year() < 9999 {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// parseBound reads an instant, or a date, which stands for all of it in the zone and so much more. What is not
// there is the zero Span.
func parseBound(q url.Values, name string, zone *time.Location, wider time.Duration) (scheduling.Span, error) {
	if !q.Has(name) {
		return scheduling.Span{}, nil
	}
	text := q.Get(name)
	if t, ok := parseInstant(text); ok {
		return scheduling.Span{Start: t, End: t}, nil
	}
	d, err := scheduling.ParseDate(text)
	if err != nil || d.Year < 1 || d.Year > 9998 {
		return scheduling.Span{}, frontdesk.InvalidField(name, "must be a date like 2027-03-14, or an instant like 2027-03-14T09:00:00Z")
	}
	return d.In(zone).Widened(wider, wider), nil
}

// parseSpan reads from and to. A date as to is included, an instant is not.
func parseSpan(q url.Values, zone *time.Location, wider time.Duration) (scheduling.Span, error) {
	from, err := parseBound(q, "from", zone, wider)
	if err != nil {
		return scheduling.Span{}, err
	}
	to, err := parseBound(q, "to", zone, wider)
	if err != nil {
		return scheduling.Span{}, err
	}
	in := scheduling.Span{Start: from.Start, End: to.End}
	if q.Has("from") && q.Has("to") && in.Empty() {
		return in, frontdesk.InvalidField("to", "must be after from")
	}
	return in, nil
}

// parseDuration reads minutes; none are 0.
func parseDuration(q url.Values) (time.Duration, error) {
	n, err := number(q, "duration", 0, 1, maxMinutes)
	return time.Duration(n) * time.Minute, err
}

func parseZone(name string) (*time.Location, error) {
	zone, err := scheduling.LoadZone(name)
	if err != nil {
		return nil, frontdesk.InvalidField("zone", "must be the IANA name of a time zone, such as Europe/Lisbon")
	}
	return zone, nil
}
