package scheduling

import "time"

// In is all of the day in a zone: from its first instant to the first of the next day. It
// has 23 or 25 hours when clocks change, and begins late where midnight is missing.
func (d Date) In(zone *time.Location) Span {
	return Span{Start: d.firstInstant(zone), End: Date{d.Year, d.Month, d.Day + 1}.firstInstant(zone)}
}

// firstInstant looks for the first instant at which clocks have passed midnight, offset by
// offset: time.Date would choose a side where midnight is missing or comes twice.
func (d Date) firstInstant(zone *time.Location) time.Time {
	wall := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	for at := wall.Add(-24 * time.Hour).In(zone); ; {
		_, offset := at.Zone()
		_, end := at.ZoneBounds()
		begin := wall.Add(-time.Duration(offset) * time.Second)
		if begin.Before(at) {
			begin = at
		}
		if end.IsZero() || begin.Before(end) {
			return begin.UTC()
		}
		at = end
	}
}
