package ical

import (
	"bytes"
	"iter"
	"strings"

	ics "github.com/arran4/golang-ical"
)

// No line that matters is longer than this, and none has more parameters.
const (
	maxLine       = 64 << 10
	maxHead       = 1 << 10
	maxParameters = 16
)

// wanted are the properties that say when somebody is busy. Others are not looked at.
var wanted = map[string]bool{
	"BEGIN": true, "END": true, "METHOD": true, "X-WR-TIMEZONE": true, "TIMEZONE-ID": true, "UID": true,
	"DTSTART": true, "DTEND": true, "DURATION": true, "RRULE": true, "RDATE": true, "EXDATE": true,
	"RECURRENCE-ID": true, "STATUS": true, "TRANSP": true, "X-MICROSOFT-CDO-BUSYSTATUS": true, "ATTENDEE": true,
	"FREEBUSY": true, "TZID": true, "TZOFFSETFROM": true, "TZOFFSETTO": true, "X-LIC-LOCATION": true,
}

// property is a content line.
type property struct {
	name   string // in upper case
	params map[string][]string
	value  string
}

// param is the first value of a parameter.
func (p *property) param(name string) string {
	for key, values := range p.params {
		if strings.EqualFold(key, name) && len(values) > 0 {
			return values[0]
		}
	}
	return ""
}

// word is the value where case does not count.
func (p *property) word() string { return strings.ToUpper(strings.TrimSpace(p.value)) }

// properties yields what is wanted of a calendar file.
func properties(body []byte) iter.Seq2[property, error] {
	return func(yield func(property, error) bool) {
		for line := range contentLines(body) {
			name := nameOf(line)
			if !wanted[name] {
				continue
			}
			p, err := parseProperty(name, line)
			if err != nil && name == "ATTENDEE" {
				continue // who is asked matters only when somebody declined
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

// contentLines yields the lines unfolded, each until the next.
func contentLines(body []byte) iter.Seq[[]byte] {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	return func(yield func([]byte) bool) {
		var line []byte
		for raw := range bytes.Lines(body) {
			raw = bytes.TrimRight(raw, "\r\n")
			if len(raw) > 0 && (raw[0] == ' ' || raw[0] == '\t') {
				line = append(line, raw[1:]...)
				continue
			}
			if len(line) > 0 && !yield(line) {
				return
			}
			line = append(line[:0], raw...)
		}
		if len(line) > 0 {
			yield(line)
		}
	}
}

func nameOf(line []byte) string {
	end := bytes.IndexAny(line[:min(len(line), 64)], ":;")
	if end < 0 {
		return ""
	}
	return strings.ToUpper(string(bytes.TrimSpace(line[:end])))
}

// parseProperty reads a line. golang-ical reads its head only, within bounds: for each parameter it sets
// aside as much memory as the line has.
func parseProperty(name string, line []byte) (property, error) {
	colon := valueAt(line)
	if colon < 0 || len(line) > maxLine {
		return property{}, unknown("the line of a property %s cannot be read", name)
	}
	p := property{name: name, value: string(line[colon+1:])}
	head := line[:colon]
	if !bytes.ContainsRune(head, ';') {
		return p, nil
	}
	if len(head) > maxHead || bytes.Count(head, []byte(";"))+bytes.Count(head, []byte(",")) > maxParameters {
		return property{}, unknown("a property %s has too many parameters", name)
	}
	read, err := ics.ParseProperty(ics.ContentLine(string(head) + ":"))
	if err != nil || read == nil {
		return property{}, unknown("the parameters of a property %s cannot be read", name)
	}
	p.params = read.ICalParameters
	return p, nil
}

// valueAt is where the colon before the value is: the first outside quotes.
func valueAt(line []byte) int {
	inQuotes := false
	for i, b := range line {
		switch {
		case b == '"':
			inQuotes = !inQuotes
		case b == ':' && !inQuotes:
			return i
		}
	}
	return -1
}
