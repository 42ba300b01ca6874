package ical

import (
	"math"
	"strconv"
	"strings"
	"time"
)

const daySeconds = 86400

// moment is a time as a calendar file writes it.
type moment struct {
	wall  int64 // of the local clock, as seconds since 1970 there
	zone  string
	utc   bool
	whole bool // a date
}

// readMoment reads a DATE or a DATE-TIME.
func readMoment(p *property, value string) (moment, error) {
	value = strings.TrimSpace(value)
	m := moment{zone: p.param("TZID"), whole: len(value) == len("20060102")}
	layout := "20060102T150405"
	if m.whole {
		layout = "20060102"
	}
	if local, ok := strings.CutSuffix(value, "Z"); ok {
		m.utc, value = true, local
	}
	t, err := time.Parse(layout, value)
	if err != nil || strings.EqualFold(p.param("VALUE"), "DATE") && !m.whole {
		return moment{}, unknown("a property %s has no date that can be read", p.name)
	}
	m.wall = t.Unix()
	return m, nil
}

// length is how long something lasts.
type length struct {
	days    int64 // of the local clock
	seconds int64 // of real time
}

// readLength reads a DURATION that is not negative.
func readLength(value string) (length, error) {
	bad := unknown("a duration cannot be read")
	rest, found := strings.CutPrefix(strings.TrimPrefix(strings.TrimSpace(value), "+"), "P")
	if !found || rest == "" {
		return length{}, bad
	}
	var l length
	inTime := false
	for rest != "" {
		if rest[0] == 'T' && !inTime && len(rest) > 1 {
			inTime, rest = true, rest[1:]
			continue
		}
		end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
		if end <= 0 || end > 7 {
			return length{}, bad
		}
		n, _ := strconv.ParseInt(rest[:end], 10, 64) // digits, and few
		if !l.add(n, rest[end], inTime) {
			return length{}, bad
		}
		rest = rest[end+1:]
	}
	return l, nil
}

func (l *length) add(n int64, unit byte, inTime bool) bool {
	switch {
	case unit == 'W' && !inTime:
		l.days += 7 * n
	case unit == 'D' && !inTime:
		l.days += n
	case unit == 'H' && inTime:
		l.seconds += 3600 * n
	case unit == 'M' && inTime:
		l.seconds += 60 * n
	case unit == 'S' && inTime:
		l.seconds += n
	default:
		return false
	}
	return true
}

// interval is a time from a moment on: to another, or as long as it says.
type interval struct {
	start moment
	end   *moment
	length
}

// readPeriod reads a PERIOD.
func readPeriod(p *property, value string) (interval, error) {
	from, to, found := strings.Cut(value, "/")
	start, err := readMoment(p, from)
	if err != nil || !found || start.whole {
		return interval{}, unknown("a property %s has no period that can be read", p.name)
	}
	if strings.ContainsRune(to, 'P') {
		l, err := readLength(to)
		return interval{start: start, length: l}, err
	}
	end, err := readMoment(p, to)
	return interval{start: start, end: &end}, err
}

// zone is what time it is where.
type zone interface {
	// at is the offset from UTC in seconds at an instant, and when another follows.
	at(instant int64) (offset, until int64)
}

// never is when no other offset follows.
const never = math.MaxInt64

// instant is when the local clock of the zone shows the wall time. Of two instants it is
// the first; a time that the clock skips counts from the offset before it (RFC 5545,
// 3.3.5).
func instant(z zone, wall int64) int64 {
	const margin = 26 * 3600 // no offset is as large
	offset, until := z.at(wall - margin)
	for wall-offset >= until {
		next, after := z.at(until)
		if wall-next < until {
			break
		}
		offset, until = next, after
	}
	return wall - offset
}
