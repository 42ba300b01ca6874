package ical

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"time"
)

const (
	maxObservances = 100
	maxTurns       = 2000
)

// firstTurn and lastTurn are how far the rules of a file's own zones are followed.
var (
	firstTurn = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
	lastTurn  = time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC).Unix()
)

// turn is when a zone's offset changes.
type turn struct{ instant, from, to int64 }

// turns is a zone that a file defines, in the order of time.
type turns []turn

func (t turns) at(instant int64) (offset, until int64) {
	next := sort.Search(len(t), func(i int) bool { return t[i].instant > instant })
	until = never
	if next < len(t) {
		until = t[next].instant
	}
	if next == 0 {
		return t[0].from, until
	}
	return t[next-1].to, until
}

// fixedOffset is the zone in which an observance counts: the one before it.
type fixedOffset int64

func (f fixedOffset) at(int64) (offset, until int64) { return int64(f), never }

// definedZone makes a zone of a VTIMEZONE.
func definedZone(c *component, b *budget) (zone, error) {
	if z := loadPath(c.text("X-LIC-LOCATION")); z != nil {
		return z, nil
	}
	if len(c.parts) == 0 || len(c.parts) > maxObservances {
		return nil, unknown("it defines a zone that cannot be read")
	}
	var all turns
	for _, part := range c.parts {
		observed, err := observance(part, b)
		if err != nil {
			return nil, err
		}
		if all = append(all, observed...); len(all) > maxTurns {
			return nil, unknown("it defines a zone that changes too often")
		}
	}
	if len(all) == 0 {
		return nil, unknown("it defines a zone that cannot be read")
	}
	slices.SortStableFunc(all, func(a, b turn) int { return cmp.Compare(a.instant, b.instant) })
	return all.apart()
}

// apart is the turns without those that another takes the place of. Clocks that turn all the time
// are refused: each instant would take long to find.
func (t turns) apart() (zone, error) {
	kept := t[:1]
	for _, next := range t[1:] {
		switch last := &kept[len(kept)-1]; {
		case next.instant == last.instant:
			*last = next
		case next.instant-last.instant < daySeconds/2:
			return nil, unknown("it defines a zone that changes too often")
		default:
			kept = append(kept, next)
		}
	}
	return kept, nil
}

// observance is when a STANDARD or a DAYLIGHT begins.
func observance(c *component, b *budget) (turns, error) {
	from, err := readOffset(c.word("TZOFFSETFROM"))
	if err != nil {
		return nil, err
	}
	to, err := readOffset(c.word("TZOFFSETTO"))
	if err != nil {
		return nil, err
	}
	e := &foreign{}
	if e.readTimes(c); e.broken != nil {
		return nil, e.broken
	}
	var all turns
	add := func(start int64) error {
		if all = append(all, turn{start, from, to}); len(all) > maxTurns {
			return unknown("it defines a zone that changes too often")
		}
		return nil
	}
	s := series{event: e, zone: fixedOffset(from), from: firstTurn, to: lastTurn, budget: b}
	for _, x := range e.extra {
		if err := add(instant(s.zone, x.start.wall)); err != nil {
			return nil, err
		}
	}
	if e.rules == nil {
		err = s.each(add)
		return all, err
	}
	err = s.byRules(add) // Outlook's begin in 1601, on a day that its rules do not have
	return all, err
}

// readOffset reads a UTC-OFFSET.
func readOffset(value string) (int64, error) {
	digits := value
	if digits != "" && (digits[0] == '+' || digits[0] == '-') {
		digits = digits[1:]
	}
	if len(digits) == 4 {
		digits += "00"
	}
	n, err := strconv.ParseUint(digits, 10, 32)
	hours, minutes, seconds := int64(n/10000), int64(n/100%100), int64(n%100)
	if err != nil || len(digits) != 6 || hours > 23 || minutes > 59 || seconds > 59 {
		return 0, unknown("it defines a zone by an offset that cannot be read")
	}
	offset := hours*3600 + minutes*60 + seconds
	if value[0] == '-' {
		return -offset, nil
	}
	return offset, nil
}
