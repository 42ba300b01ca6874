package ical

import (
	"bytes"
	"fmt"
	"mime"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling"
)

var stamp = time.Date(2027, 5, 1, 8, 0, 0, 0, time.UTC)

func intro() scheduling.Entry {
	return scheduling.Entry{
		UID: "meeting-1@example.com", Sequence: 2, Zone: "Europe/Lisbon",
		Span: scheduling.Span{
			Start: time.Date(2027, 6, 1, 10, 0, 0, 0, time.FixedZone("", 3600)),
			End:   time.Date(2027, 6, 1, 11, 0, 0, 0, time.FixedZone("", 3600)),
		},
		Summary: "Intro; Ana, Bo", Description: "Bring:\n- a \\ pen", URL: "https://example.com/m/1?a=b,c;d",
		Organizer: scheduling.Person{Name: `Ana "Anita" ^ Silva`, Email: "ana@example.com"},
		Attendees: []scheduling.Person{{Name: "Bo: de Boer; and co, ltd", Email: "bo+1@example.com"}, {Email: "o'neil@example.com"}},
	}
}

const request = `BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Frontdesk//Frontdesk//EN
CALSCALE:GREGORIAN
METHOD:REQUEST
BEGIN:VEVENT
UID:meeting-1@example.com
SEQUENCE:2
DTSTAMP:20270501T080000Z
DTSTART:20270601T090000Z
DTEND:20270601T100000Z
STATUS:CONFIRMED
TRANSP:OPAQUE
SUMMARY:Intro\; Ana\, Bo
DESCRIPTION:Bring:\n- a \\ pen
LOCATION:https://meet.example.com/abc
URL:https://example.com/m/1?a=b,c;d
CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:https://meet.example.com/abc
ORGANIZER;CN="Ana ^'Anita^' ^^ Silva":mailto:ana@example.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE;CN="Bo: de Boer; and co, ltd":mailto:bo+1@example.com
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;RSVP=
 TRUE:mailto:o'neil@example.com
END:VEVENT
END:VCALENDAR
`

func TestInvitation(t *testing.T) {
	o := &InvitationOptions{Conference: "https://meet.example.com/abc"}
	t.Run("A request has these bytes, every time", func(t *testing.T) {
		for range 3 {
			got, err := Invitation(Request, intro(), stamp, o)
			require.NoError(t, err)
			assert.Equal(t, strings.ReplaceAll(request, "\n", "\r\n"), string(got))
		}
	})
	t.Run("A cancellation is cancelled, with all whom it concerns, and blocks nothing", func(t *testing.T) {
		got, err := Invitation(Cancel, intro(), stamp, nil)
		require.NoError(t, err)
		for _, line := range []string{"METHOD:CANCEL", "STATUS:CANCELLED", "TRANSP:TRANSPARENT", "SEQUENCE:2", "UID:meeting-1@example.com"} {
			assert.Contains(t, string(got), "\r\n"+line+"\r\n")
		}
		assert.Equal(t, 2, bytes.Count(got, []byte("\r\nATTENDEE;")))
	})
	t.Run("What waits to be confirmed is tentative", func(t *testing.T) {
		e := intro()
		e.Tentative = true
		got, err := Invitation(Request, e, stamp, nil)
		require.NoError(t, err)
		assert.Contains(t, string(got), "\r\nSTATUS:TENTATIVE\r\n")
	})
	t.Run("A publication names nobody but its organizer", func(t *testing.T) {
		got, err := Invitation(Publish, intro(), stamp, nil)
		require.NoError(t, err)
		assert.NotContains(t, string(got), "ATTENDEE")
		assert.Contains(t, string(got), "\r\nORGANIZER;")
	})
	t.Run("Those who agreed by booking are not asked", func(t *testing.T) {
		got, err := Invitation(Request, intro(), stamp, &InvitationOptions{NoReply: true})
		require.NoError(t, err)
		assert.Contains(t, string(got), "PARTSTAT=ACCEPTED;RSVP=")
		assert.NotContains(t, string(got), "NEEDS-ACTION")
	})
}

func TestInvitationRefuses(t *testing.T) {
	for field, change := range map[string]func(e *scheduling.Entry){
		"uid":                func(e *scheduling.Entry) { e.UID = "a\r\nATTENDEE:mailto:eve@example.com" },
		"sequence":           func(e *scheduling.Entry) { e.Sequence = -1 },
		"span":               func(e *scheduling.Entry) { e.Span.End = e.Span.Start.Add(time.Millisecond) },
		"span.end":           func(e *scheduling.Entry) { e.Span.End = time.Date(10_000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"url":                func(e *scheduling.Entry) { e.URL = "javascript:alert(1)" },
		"organizer.email":    func(e *scheduling.Entry) { e.Organizer.Email = "" },
		"attendees":          func(e *scheduling.Entry) { e.Attendees = nil },
		"attendees[1].email": func(e *scheduling.Entry) { e.Attendees[1].Email = "a@b\nX:y" },
	} {
		t.Run("It names the field "+field, func(t *testing.T) {
			e := intro()
			change(&e)
			got, err := Invitation(Request, e, stamp, nil)
			assert.Nil(t, got)
			require.Len(t, frontdesk.Fields(err), 1, "%v", err)
			assert.Equal(t, field, frontdesk.Fields(err)[0].Name)
		})
	}
	t.Run("It names the method, the stamp and the conference", func(t *testing.T) {
		_, err := Invitation("REPLY", intro(), time.Time{}, &InvitationOptions{Conference: "https://a b"})
		assert.Len(t, frontdesk.Fields(err), 3)
		assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err))
	})
}

// text draws texts with all that matters to the format in them.
func text() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.StringOf(rapid.SampledFrom([]rune("ab;,:\\\"^'nN\r\n\t\x00\x0b\x7f\u0085\u2028é漢🙂 "))),
		rapid.String(),
		rapid.Custom(func(t *rapid.T) string { return string(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes")) }),
		rapid.SampledFrom([]string{"x\r\nATTENDEE:mailto:eve@example.com", "\nEND:VEVENT", "BEGIN:VALARM", `\n`, `\\n`, "^n", strings.Repeat("漢", 200)}),
	)
}

func drawEntry(t *rapid.T) (scheduling.Entry, *InvitationOptions) {
	e := intro()
	e.Sequence = rapid.IntRange(0, 1000).Draw(t, "sequence")
	e.Span.Start = time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "start"), 0)
	e.Span.End = e.Span.Start.Add(time.Duration(rapid.IntRange(1, 1e6).Draw(t, "seconds")) * time.Second)
	e.UID = rapid.StringMatching(`[A-Za-z0-9@.,;:\\é漢-]{1,80}`).Draw(t, "uid")
	e.Summary, e.Description, e.Location = text().Draw(t, "summary"), text().Draw(t, "description"), text().Draw(t, "location")
	e.URL = "https://example.com/" + url.PathEscape(text().Draw(t, "path"))
	e.Tentative = rapid.Bool().Draw(t, "tentative")
	for i := range e.Attendees {
		e.Attendees[i] = scheduling.Person{Name: text().Draw(t, "name"), Email: rapid.StringMatching("[a-z0-9!#$%&'*+/=?^_`{|}~.;,\"-]{1,20}@[a-z漢]{1,10}\\.com").Draw(t, "email")}
	}
	return e, &InvitationOptions{Conference: "https://meet.example.com/" + strings.Repeat("é", rapid.IntRange(0, 50).Draw(t, "length")), NoReply: rapid.Bool().Draw(t, "agreed")}
}

func TestWhatWasWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, o := drawEntry(t)
		method := rapid.SampledFrom([]Method{Request, Cancel, Publish}).Draw(t, "method")
		content, err := Invitation(method, e, stamp, o)
		require.NoError(t, err)
		checkLines(t, content)
		cal, err := ics.ParseCalendar(bytes.NewReader(content))
		require.NoError(t, err)
		require.Len(t, cal.Events(), 1)
		require.Len(t, cal.Components, 1)
		ev := cal.Events()[0]
		require.Empty(t, ev.Components)
		compare(t, ev, e, o, method)
	})
}

type tester interface {
	require.TestingT
	Fatalf(string, ...any)
}

// checkLines checks what holds for each line.
func checkLines(t tester, content []byte) {
	body, found := strings.CutSuffix(string(content), "\r\n")
	require.True(t, found)
	for line := range strings.SplitSeq(body, "\r\n") {
		if len(line) > 75 || !utf8.ValidString(line) || line == "" {
			t.Fatalf("a line is %q", line)
		}
		if strings.ContainsFunc(line, func(r rune) bool { return isControl(r) && r != '\t' || r == '\u2028' || r == '\u2029' }) {
			t.Fatalf("a control character is in %q", line)
		}
	}
}

func compare(t tester, ev *ics.VEvent, e scheduling.Entry, o *InvitationOptions, method Method) {
	got := map[string]string{}
	people := 0
	for _, p := range ev.Properties {
		if p.IANAToken == "ATTENDEE" {
			person(t, p.BaseProperty, e.Attendees[people])
			people++
			continue
		}
		if _, twice := got[p.IANAToken]; twice {
			t.Fatalf("there are two of %s", p.IANAToken)
		}
		got[p.IANAToken] = p.Value
		if p.IANAToken == "ORGANIZER" {
			person(t, p.BaseProperty, e.Organizer)
		}
	}
	if method == Publish {
		e.Attendees = nil
	}
	require.Len(t, e.Attendees, people)
	ev2 := event{FeedEntry{Entry: e, Cancelled: method == Cancel}, method, o.NoReply}
	want := map[string]string{
		"UID": e.UID, "SEQUENCE": strconv.Itoa(e.Sequence), "DTSTAMP": "20270501T080000Z", "STATUS": ev2.status(),
		"DTSTART": e.Span.Start.UTC().Format("20060102T150405Z"), "DTEND": e.Span.End.UTC().Format("20060102T150405Z"),
		"SUMMARY": clean(e.Summary), "DESCRIPTION": clean(e.Description), "LOCATION": clean(e.Location),
		"URL": e.URL, "CONFERENCE": webAddress(o.Conference), "ORGANIZER": "mailto:" + e.Organizer.Email, "TRANSP": "OPAQUE",
	}
	if method == Cancel {
		want["TRANSP"] = "TRANSPARENT"
	}
	if want["LOCATION"] == "" {
		want["LOCATION"] = want["CONFERENCE"]
	}
	for name, value := range want {
		if value == "" {
			delete(want, name)
		}
	}
	require.Equal(t, want, got)
}

// person compares who somebody is.
func person(t tester, p ics.BaseProperty, want scheduling.Person) {
	email, err := url.PathUnescape(strings.TrimPrefix(p.Value, "mailto:"))
	require.NoError(t, err)
	require.Equal(t, want.Email, email)
	name := ""
	if values := p.ICalParameters["CN"]; len(values) > 0 {
		require.Len(t, values, 1)
		name = strings.NewReplacer("^^", "^", "^n", "\n", "^'", `"`).Replace(values[0])
	}
	require.Equal(t, strings.ReplaceAll(clean(want.Name), `\`, "/"), name)
}

func TestParts(t *testing.T) {
	content, err := Invitation(Cancel, intro(), stamp, nil)
	require.NoError(t, err)
	t.Run("The method of the content type is the file's own", func(t *testing.T) {
		alternative, file, err := Parts(Cancel, content)
		require.NoError(t, err)
		mediaType, parameters, err := mime.ParseMediaType(alternative.ContentType)
		require.NoError(t, err)
		assert.Equal(t, "text/calendar", mediaType)
		assert.Equal(t, map[string]string{"method": "CANCEL", "charset": "utf-8"}, parameters)
		assert.Equal(t, "application/ics", file.ContentType)
		assert.Equal(t, "invite.ics", file.Name)
		assert.Equal(t, content, alternative.Content)
	})
	t.Run("Another method is refused", func(t *testing.T) {
		_, _, err := Parts(Request, content)
		assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err))
	})
	t.Run("What is no calendar is refused", func(t *testing.T) {
		_, _, err := Parts(Request, []byte("hello"))
		assert.Error(t, err)
	})
}

func FuzzInvitation(f *testing.F) {
	f.Add("m-1", "Summary", "a\nb", "here", "https://example.com", "Ana", "ana@example.com")
	f.Add("m-1\r\n", "x\r\nEND:VEVENT", "\u2028", ";,\\", "https://e.com/\nX", "\"^\n", "a\r\n@b")
	f.Fuzz(func(t *testing.T, uid, summary, description, location, address, name, email string) {
		e := intro()
		e.UID, e.Summary, e.Description, e.Location, e.URL = uid, summary, description, location, address
		e.Attendees = []scheduling.Person{{Name: name, Email: email}}
		content, err := Invitation(Request, e, stamp, nil)
		if err != nil {
			assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err))
			return
		}
		checkLines(t, content)
		cal, err := readCalendar(content, 10)
		require.NoError(t, err)
		require.Len(t, cal.events, 1)
		require.NoError(t, cal.events[0].broken)
		assert.Equal(t, 1, strings.Count(unfold(content), "\nATTENDEE;"))
		assert.Equal(t, 2, strings.Count(unfold(content), "\nEND:"))
	})
}

func unfold(content []byte) string {
	return strings.ReplaceAll(strings.ReplaceAll(string(content), "\r\n ", ""), "\r", "")
}

func ExampleInvitation() {
	content, err := Invitation(Request, scheduling.Entry{
		UID:       "m-1@example.com",
		Span:      scheduling.Span{Start: stamp.AddDate(0, 1, 0), End: stamp.AddDate(0, 1, 0).Add(time.Hour)},
		Summary:   "Intro call",
		Organizer: scheduling.Person{Name: "Ana", Email: "ana@example.com"},
		Attendees: []scheduling.Person{{Name: "Bo", Email: "bo@example.com"}},
	}, stamp, nil)
	if err != nil {
		panic(err)
	}
	alternative, _, err := Parts(Request, content)
	fmt.Println(alternative.ContentType, err)
	// Output: text/calendar; method=REQUEST; charset=utf-8 <nil>
}
