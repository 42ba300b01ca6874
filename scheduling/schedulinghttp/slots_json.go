package schedulinghttp

import (
	"slices"
	"strconv"
	"time"

	"github.com/frontdesk-go/frontdesk/scheduling"
)

// slotSize is how many bytes a slot has in JSON, or a few less.
const slotSize = 80

// appendSlots writes what was found as JSON.
func appendSlots(dst []byte, found *scheduling.Result, next time.Time) []byte {
	dst = slices.Grow(dst, 200+slotSize*len(found.Slots))
	dst = append(strconv.AppendQuote(append(dst, `{"zone":`...), found.Zone), `,"data":[`...)
	var d dial
	for i := range found.Slots {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendSlot(dst, &d, &found.Slots[i])
	}
	dst = append(dst, `],"warnings":[`...)
	if len(found.Unknown) > 0 {
		dst = append(dst, `"calendar_unavailable"`...)
	}
	dst = append(dst, `],"next_cursor":`...)
	if next.IsZero() {
		return append(dst, "null}\n"...)
	}
	return append(strconv.AppendInt(append(dst, '"'), next.Unix(), 10), "\"}\n"...)
}

// appendSlot writes a slot as JSON.
func appendSlot(dst []byte, d *dial, s *scheduling.Slot) []byte {
	dst = append(dst, `{"start":"`...)
	dst = d.append(dst, s.Start)
	dst = append(dst, `","end":"`...)
	dst = d.append(dst, s.End)
	dst = append(dst, `","seats":`...)
	dst = strconv.AppendInt(dst, int64(s.Seats), 10)
	return append(dst, '}')
}

// dial writes instants as RFC 3339 has them, in UTC. It remembers the last, on whose day the next
// most often is.
type dial struct {
	day  int64
	text [len("2027-03-14T09:00:00Z")]byte
}

const secondsOfDay = 86400

func (d *dial) append(dst []byte, t time.Time) []byte {
	at := t.Unix()
	day := at / secondsOfDay
	if at%secondsOfDay < 0 {
		day--
	}
	if day != d.day || d.text[0] == 0 {
		d.day = day
		t.UTC().AppendFormat(d.text[:0], "2006-01-02T15:04:05Z")
	}
	second := at - day*secondsOfDay
	d.two(11, second/3600)
	d.two(14, second/60%60)
	d.two(17, second%60)
	return append(dst, d.text[:]...)
}

func (d *dial) two(at int, n int64) { d.text[at], d.text[at+1] = digits[n/10], digits[n%10] }

const digits = "0123456789"
