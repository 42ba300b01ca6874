package scheduling

// Bounds of a [Schedule].
const (
	MaxWindows   = 100 // of a week, or hours of an override
	MaxOverrides = 1000
	MaxStays     = 100
	MaxName      = 200  // bytes of a name or title
	MaxNote      = 2000 // bytes of a note, a description or an address
)

const week = 7 * 1440 // minutes

// Validate refuses what the package's words do not allow. Each refusal is Invalid and
// names its field as JSON has it: "zone", "weekly[2].end", "overrides[0].hours[1]", "stays[1].zone". All
// of them are joined.
//
// Windows that overlap are refused, also when one comes over from the day before, or
// from Saturday to Sunday; windows may touch. So are stays that share a date, but not overrides that do.
func (s *Schedule) Validate() error {
	var c complaints
	c.when(s.Expert == "", "expert", "is required")
	c.text("name", s.Name, MaxName, false)
	c.zone("zone", s.Zone)
	c.weekly(s.Weekly)
	c.overrides(s.Overrides)
	c.stays(s.Stays)
	return c.err()
}

func (c *complaints) weekly(windows []Window) {
	c.most("weekly", len(windows), MaxWindows)
	for i, w := range windows {
		at := item("weekly", i)
		c.between(at+".day", int(w.Day), 0, 6)
		c.hours(at, Hours{w.Start, w.End})
		for j := range min(i, MaxWindows) {
			c.when(w.overlaps(windows[j]), at, "overlaps %s", item("weekly", j))
		}
	}
}

// overlaps reports whether two windows of the week share time, Saturday night being before Sunday.
func (w Window) overlaps(o Window) bool {
	if !w.hours().ok() || !o.hours().ok() {
		return false
	}
	shift := (int(o.Day) - int(w.Day)) * 1440
	for _, by := range [...]int{shift - week, shift, shift + week} {
		if w.hours().overlaps(Hours{o.Start + by, o.End + by}) {
			return true
		}
	}
	return false
}

func (w Window) hours() Hours { return Hours{w.Start, w.End} }

func (h Hours) overlaps(o Hours) bool { return h.Start < o.End && o.Start < h.End }

func (h Hours) ok() bool { return h.Start >= 0 && h.Start < 1440 && h.End > h.Start && h.End <= 2880 }

func (c *complaints) hours(at string, h Hours) {
	c.between(at+".start", h.Start, 0, 1439)
	switch {
	case h.End > 2880:
		c.add(at+".end", "must be at most 2880")
	case h.End <= h.Start:
		c.add(at+".end", "must be after start; past midnight it is above 1440")
	}
}

func (c *complaints) overrides(list []Override) {
	c.most("overrides", len(list), MaxOverrides)
	for i, o := range list {
		at := item("overrides", i)
		c.dates(at, o.From, o.To)
		c.text(at+".note", o.Note, MaxNote, true)
		c.most(at+".hours", len(o.Hours), MaxWindows)
		for j, h := range o.Hours {
			c.hours(item(at+".hours", j), h)
			for k := range min(j, MaxWindows) {
				c.when(h.ok() && o.Hours[k].ok() && h.overlaps(o.Hours[k]), item(at+".hours", j), "overlaps %s", item("hours", k))
			}
		}
	}
}

func (c *complaints) stays(list []Stay) {
	c.most("stays", len(list), MaxStays)
	for i, s := range list {
		at := item("stays", i)
		c.dates(at, s.From, s.To)
		c.zone(at+".zone", s.Zone)
		for j := range min(i, MaxStays) {
			o := list[j]
			shared := s.From.number() <= o.To.number() && o.From.number() <= s.To.number()
			c.when(shared, at, "shares dates with %s", item("stays", j))
		}
	}
}
