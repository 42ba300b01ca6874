package main

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// commonZones are offered where a person chooses; any other can be typed.
var commonZones = []string{
	"Africa/Cairo", "Africa/Johannesburg", "Africa/Lagos", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/New_York",
	"America/Sao_Paulo", "America/Toronto", "Asia/Dubai", "Asia/Hong_Kong", "Asia/Jerusalem", "Asia/Kolkata", "Asia/Seoul", "Asia/Singapore",
	"Asia/Tokyo", "Australia/Sydney", "Europe/Amsterdam", "Europe/Berlin", "Europe/Dublin", "Europe/Istanbul", "Europe/Lisbon", "Europe/London",
	"Europe/Madrid", "Europe/Paris", "Europe/Rome", "Europe/Stockholm", "Europe/Warsaw", "Europe/Zurich", "Pacific/Auckland", "UTC",
}

// inZone is the moment on the clocks of a zone; those of one that is not known are UTC.
func inZone(t time.Time, zone string) time.Time {
	if at, err := scheduling.LoadZone(zone); err == nil {
		return t.In(at)
	}
	return t.UTC()
}

// zoneOf names the zone of a moment: "WEST (UTC+1)", or the offset alone where the zone has no letters of its own.
func zoneOf(t time.Time) string {
	name, seconds := t.Zone()
	sign := "+"
	if seconds < 0 {
		sign, seconds = "\u2212", -seconds
	}
	offset := fmt.Sprintf("UTC%s%d", sign, seconds/3600)
	if minutes := seconds / 60 % 60; minutes > 0 {
		offset += fmt.Sprintf(":%02d", minutes)
	}
	if name == "UTC" || strings.ContainsAny(name, "+-0123456789") {
		return strings.TrimSuffix(offset, "+0")
	}
	return name + " (" + offset + ")"
}

// shownAt is a moment with its day and zone.
func shownAt(t time.Time, zone string) template.HTML {
	local := inZone(t, zone)
	return timeTag(t, local.Format("Monday 2 January 2006, 15:04 ")+zoneOf(local))
}

// shownClock is a moment of a day that stands beside.
func shownClock(t time.Time, zone string) template.HTML {
	local := inZone(t, zone)
	name, _, _ := strings.Cut(zoneOf(local), " ")
	return timeTag(t, local.Format("15:04 ")+name)
}

func timeTag(t time.Time, text string) template.HTML {
	return template.HTML(fmt.Sprintf(`<time datetime="%s">%s</time>`, t.UTC().Format(time.RFC3339), template.HTMLEscapeString(text))) //nolint:gosec // escaped
}
