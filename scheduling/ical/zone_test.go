package ical

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWindowsZones(t *testing.T) {
	t.Run("Every Windows zone has an IANA zone that can be loaded", func(t *testing.T) {
		assert.Len(t, windowsZones(), 139)
		for windows, iana := range windowsZones() {
			_, err := time.LoadLocation(iana)
			assert.NoError(t, err, windows)
		}
	})
	for windows, iana := range map[string]string{
		"W. Europe Standard Time": "Europe/Berlin", "Eastern Standard Time": "America/New_York",
		"GMT Standard Time": "Europe/London", "India Standard Time": "Asia/Calcutta",
		"Tokyo Standard Time": "Asia/Tokyo", "E. South America Standard Time": "America/Sao_Paulo",
	} {
		t.Run(windows+" is "+iana, func(t *testing.T) { assert.Equal(t, iana, windowsZones()[windows]) })
	}
}

func TestNamesOfZones(t *testing.T) {
	in := span(t, "2027-01-01T00:00Z", "2028-01-01T00:00Z")
	define := func(id, inside string) string {
		return "BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:" + id + "\n" + inside + "END:VTIMEZONE\n" +
			"BEGIN:VEVENT\nUID:e\nDTSTART;TZID=\"" + id + "\":20270701T120000\nDURATION:PT1H\nEND:VEVENT\nEND:VCALENDAR\n"
	}
	standard := func(from, to string) string {
		return "BEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:" + from + "\nTZOFFSETTO:" + to + "\nEND:STANDARD\n"
	}
	for _, c := range []struct{ rule, file, want string }{
		{"An IANA name counts more than the file's definition", define("Europe/Lisbon", standard("+0500", "+0500")), "2027-07-01T11:00Z"},
		{"A vendor's prefix is not part of the name", define("/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", ""), "2027-07-01T15:00Z"},
		{"A library's own name for the place counts", define("Home", "X-LIC-LOCATION:Asia/Tokyo\n"), "2027-07-01T03:00Z"},
		{"A definition counts more than a name without an area", define("EST", standard("-0300", "-0300")), "2027-07-01T15:00Z"},
		{"A definition may have seconds", define("Old", standard("+001945", "+001945")), "2027-07-01T11:40Z"},
		{"A definition may have dates in place of rules", define("Dates", standard("+0100", "+0100")+
			"BEGIN:DAYLIGHT\nDTSTART:20270328T020000\nRDATE:20280326T020000\nTZOFFSETFROM:+0100\nTZOFFSETTO:+0200\nEND:DAYLIGHT\n"), "2027-07-01T10:00Z"},
		{"UTC needs no definition", define("UTC", ""), "2027-07-01T12:00Z"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			busy, _, err := read(c.file, Feed{}, in, nil)
			require.NoError(t, err)
			assert.Equal(t, c.want, starts(busy))
		})
	}
	t.Run("A calendar's zone may be one of Windows", func(t *testing.T) {
		file := strings.Replace(calendarOf("DTSTART;VALUE=DATE:20270701"), "VERSION:2.0", "X-WR-TIMEZONE:Tokyo Standard Time", 1)
		busy, _, err := read(file, Feed{}, in, nil)
		require.NoError(t, err)
		assert.Equal(t, "06-30T15:00Z/07-01T15:00Z e", lines(busy))
	})
}

// TestInstant compares with an hour by hour search in real zones.
func TestInstant(t *testing.T) {
	names := []string{"America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Cairo", "Europe/Dublin", "Pacific/Apia", "Asia/Kathmandu"}
	rapid.Check(t, func(t *rapid.T) {
		z := loadPlace(rapid.SampledFrom(names).Draw(t, "zone"))
		wall := rapid.Int64Range(1_290_000_000/900, 1_900_000_000/900).Draw(t, "wall") * 900
		want := int64(-1)
		for u := wall - 26*3600; u <= wall+26*3600 && want < 0; u += 900 {
			if offset, _ := z.at(u); u+offset == wall {
				want = u
			}
		}
		got := instant(z, wall)
		if want < 0 { // skipped: the offset before the gap
			offset, _ := z.at(got)
			before, until := z.at(got - 26*3600)
			for until <= got {
				if next, end := z.at(until); end <= got {
					before, until = next, end
				} else {
					break
				}
			}
			if got+before != wall || offset == before {
				t.Fatalf("the skipped %v is %v", time.Unix(wall, 0).UTC(), time.Unix(got, 0).UTC())
			}
			return
		}
		if got != want {
			t.Fatalf("%v is %v, want %v", time.Unix(wall, 0).UTC(), time.Unix(got, 0).UTC(), time.Unix(want, 0).UTC())
		}
	})
}

func TestADefinedZoneIsTheZoneItDefines(t *testing.T) {
	const define = `BEGIN:VCALENDAR
BEGIN:VTIMEZONE
TZID:Custom
BEGIN:DAYLIGHT
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
DTSTART:20070311T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU
END:DAYLIGHT
BEGIN:STANDARD
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
DTSTART:20071104T020000
RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU
END:STANDARD
END:VTIMEZONE
END:VCALENDAR
`
	cal, err := readCalendar([]byte(define), 10)
	require.NoError(t, err)
	custom, err := findZone("Custom", cal.zones, &budget{ctx: context.Background(), left: maxSteps})
	require.NoError(t, err)
	real := loadPlace("America/New_York")
	for u := at(t, "2008-01-01T00:00Z").Unix(); u < at(t, "2035-01-01T00:00Z").Unix(); u += 3600 {
		got, _ := custom.at(u)
		want, _ := real.at(u)
		require.Equal(t, want, got, time.Unix(u, 0).UTC())
	}
}
