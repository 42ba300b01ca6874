package main

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

// times are slots as a page shows them, by the day of a zone, with what leads to other days.
type times struct {
	Path      string
	Kept      map[string]string // parameters that stay as they are
	Zone      string
	Zones     []string
	Guessed   bool            // nobody has chosen the zone: it is the expert's
	From, To  scheduling.Date // both shown
	Month     bool
	Days      []dayOfSlots
	Earlier   string // empty: it would be over
	Later     string
	Other     string    // a week, or a month
	Next      time.Time // when nothing is free here: the first time that is, if there is one
	NextAt    string
	Unknown   bool // some calendar could not be read
	Duration  int  // minutes; 0: there is only one
	Durations []int
}

type dayOfSlots struct {
	Day   time.Time // noon in the zone
	Slots []slotLink
}

type slotLink struct {
	Start time.Time
	Link  string
}

// lookUp reads what is asked for, and searches. Link leads on from a slot.
func (p *portal) lookUp(r *http.Request, t *scheduling.EventType, q scheduling.Search, at times, link func(time.Time, url.Values) string) (times, error) {
	asked := r.URL.Query()
	zone, err := p.chosenZone(r, t.Owner)
	if err != nil {
		return at, err
	}
	minutes, err := chosenDuration(asked, t)
	if err != nil {
		return at, err
	}
	at.Zone, at.Zones, at.Month, at.Duration = zone.String(), commonZones, asked.Get("view") == "month", minutes
	who, _ := p.person(r)
	at.Guessed = who.Zone == "" && r.FormValue("zone") == ""
	if len(t.Durations) > 1 {
		for _, d := range t.Durations {
			at.Durations = append(at.Durations, int(d/time.Minute))
		}
	}
	if q.Moving != (scheduling.Ref{}) {
		at.Durations = nil
	} else {
		q.Duration = time.Duration(minutes) * time.Minute
	}
	first, days := p.firstDay(asked, zone), 7
	if at.Month {
		days = 28
	}
	start := first.In(zone).Start
	end := scheduling.DateOf(midday(first, zone).AddDate(0, 0, days)).In(zone).Start
	q.EventType, q.From, q.To, q.Zone = t.ID, start, end, at.Zone
	found, err := p.sched.Search(r.Context(), q)
	if err != nil {
		return at, err
	}
	at.From, at.To, at.Unknown = first, scheduling.DateOf(midday(first, zone).AddDate(0, 0, days-1)), len(found.Unknown) > 0
	at.page(zone, days, p.now())
	at.fill(found.Slots, zone, link)
	if len(at.Days) == 0 {
		q.From, q.To, q.Limit = end, time.Time{}, 1
		if later, err := p.sched.Search(r.Context(), q); err == nil && len(later.Slots) > 0 {
			at.Next = later.Slots[0].Start
			at.NextAt = at.link(scheduling.DateOf(at.Next.In(zone)), at.Month)
		}
	}
	return at, nil
}

func midday(d scheduling.Date, zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, zone)
}

func (d *times) fill(slots []scheduling.Slot, zone *time.Location, link func(time.Time, url.Values) string) {
	for _, s := range slots {
		on := midday(scheduling.DateOf(s.Start.In(zone)), zone)
		if n := len(d.Days); n == 0 || !d.Days[n-1].Day.Equal(on) {
			d.Days = append(d.Days, dayOfSlots{Day: on})
		}
		last := &d.Days[len(d.Days)-1]
		last.Slots = append(last.Slots, slotLink{s.Start, link(s.Start, d.query())})
	}
}

// page says what is before and after.
func (d *times) page(zone *time.Location, days int, now time.Time) {
	here := midday(d.From, zone)
	if today := scheduling.DateOf(now.In(zone)); here.After(midday(today, zone)) {
		d.Earlier = d.link(scheduling.DateOf(latest(here.AddDate(0, 0, -days), midday(today, zone))), d.Month)
	}
	d.Later = d.link(scheduling.DateOf(here.AddDate(0, 0, days)), d.Month)
	d.Other = d.link(d.From, !d.Month)
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// query is what the pages about the same slots have in common.
func (d *times) query() url.Values {
	q := url.Values{"zone": {d.Zone}}
	for name, value := range d.Kept {
		q.Set(name, value)
	}
	if d.Durations != nil {
		q.Set("duration", strconv.Itoa(d.Duration))
	}
	return q
}

func (d *times) link(from scheduling.Date, month bool) string {
	q := d.query()
	q.Set("from", from.String())
	if month {
		q.Set("view", "month")
	}
	return d.Path + "?" + q.Encode()
}

// chosenZone is the zone that is asked for, or the person's own, or the expert's.
func (p *portal) chosenZone(r *http.Request, expert string) (*time.Location, error) {
	if name := r.FormValue("zone"); name != "" {
		zone, err := scheduling.LoadZone(name)
		if err != nil {
			return nil, frontdesk.InvalidField("zone", "must be the name of a time zone, such as Europe/Lisbon")
		}
		return zone, nil
	}
	if who, ok := p.person(r); ok && who.Zone != "" {
		return scheduling.LoadZone(who.Zone)
	}
	return scheduling.LoadZone(p.expertZone(r, expert))
}

// expertZone is that of the expert, which is no secret: slots tell it.
func (p *portal) expertZone(r *http.Request, expert string) string {
	s, err := p.sched.Settings(asPortal(r.Context()), expert)
	if err != nil || s.Zone == "" {
		return "UTC"
	}
	return s.Zone
}

func chosenDuration(q url.Values, t *scheduling.EventType) (int, error) {
	usual := int(t.Durations[0] / time.Minute)
	if q.Get("duration") == "" {
		return usual, nil
	}
	n, err := strconv.Atoi(q.Get("duration"))
	if err != nil || n < 1 || n > 24*60 {
		return usual, frontdesk.InvalidField("duration", "must be minutes that are offered")
	}
	return n, nil
}

// firstDay is the date that is asked for, or today; no date before today.
func (p *portal) firstDay(q url.Values, zone *time.Location) scheduling.Date {
	today := scheduling.DateOf(p.now().In(zone))
	d, err := scheduling.ParseDate(q.Get("from"))
	if err != nil || midday(d, zone).Before(midday(today, zone)) {
		return today
	}
	return d
}
