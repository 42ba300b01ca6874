package scheduling

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestInstant compares the instants of wall times with a search of all minutes around them, in zones with every kind of
// change there is.
func TestInstant(t *testing.T) {
	zones := []string{
		"America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Pacific/Apia", "Pacific/Kwajalein", "Africa/Casablanca",
		"Europe/Dublin", "Asia/Pyongyang", "America/Caracas", "Antarctica/Troll", "Asia/Kathmandu", "UTC",
	}
	for _, name := range zones {
		z, err := loadZone(name)
		if err != nil {
			t.Fatal(err)
		}
		random := rand.New(rand.NewPCG(3, uint64(len(name))))
		for range 60 {
			change := z.at(time.Date(1990+random.IntN(50), time.Month(1+random.IntN(12)), 1, 0, 0, 0, 0, time.UTC).Unix())
			near := change.end
			if near > 1<<40 {
				near = random.Int64N(1 << 31)
			}
			wall := time.Unix(near+change.offset+60*(random.Int64N(400)-200), 0).UTC().Truncate(time.Minute)
			if got, want := z.instant(wall), slowly(z, wall); !got.Equal(want) {
				t.Fatalf("%s %s: got %s, want %s", name, wall.Format(time.DateTime), got, want)
			}
		}
	}
}

// slowly is the first minute at which the clock shows the wall time. If there is none, it is what an observer
// says who has not put the clock forward at the last change before it.
func slowly(z *zone, wall time.Time) time.Time {
	const day = 24 * 60
	show := func(t time.Time) string { return t.In(z.location).Format(time.DateTime) }
	start := wall.Add(-2 * day * time.Minute)
	for m := range 4 * day {
		if t := start.Add(time.Duration(m) * time.Minute); show(t) == wall.Format(time.DateTime) {
			return t
		}
	}
	before := start
	for m := range 4 * day {
		if t := start.Add(time.Duration(m) * time.Minute); show(t) < wall.Format(time.DateTime) {
			before = t
		}
	}
	_, offset := before.In(z.location).Zone()
	return wall.Add(-time.Duration(offset) * time.Second)
}
