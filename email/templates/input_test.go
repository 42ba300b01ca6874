package templates_test

import (
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/email/templates"
)

// required is what each mail cannot do without.
var required = map[string][]string{
	"welcome":               {"to", "portal_url"},
	"milestone_update":      {"to", "milestone", "status", "url"},
	"invoice_sent":          {"to", "invoice", "amount", "pay_url"},
	"receipt":               {"to", "invoice", "amount", "paid_at"},
	"payment_failed":        {"to", "invoice", "amount", "failed_at", "pay_url"},
	"subscription_canceled": {"to", "plan"},
	"meeting_booked":        {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end"},
	"meeting_moved":         {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end", "was_start", "was_end"},
	"meeting_cancelled":     {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end"},
	"meeting_reminder":      {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end"},
	"meeting_requested":     {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end"},
	"meeting_to_confirm":    {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end"},
	"meeting_declined":      {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end"},
	"meeting_expired":       {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end"},
	"meeting_conflict":      {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end"},
	"meeting_offered":       {"to", "meeting.title", "meeting.with", "meeting.start", "meeting.end", "until", "url"},
	"document_shared":       {"to", "document", "shared_by", "url"},
}

func TestAMailWithoutARequiredFieldIsRefusedByName(t *testing.T) {
	for _, mail := range templates.Samples(templates.English) {
		var refused []string
		for f := range fields(mail) {
			_, err := f.with(nil).Render()
			if err == nil {
				continue
			}
			assert.Equal(t, frontdesk.Invalid, frontdesk.CodeOf(err))
			assert.Contains(t, names(err), f.name, mail.Name())
			refused = append(refused, f.name)
		}
		assert.ElementsMatch(t, required[mail.Name()], refused, mail.Name())
	}
}

func TestAnEmptyMailIsRefusedForAllItLacks(t *testing.T) {
	for _, mail := range templates.Samples(templates.English) {
		empty := reflect.Zero(reflect.TypeOf(mail)).Interface().(templates.Template)
		_, err := empty.Render()
		assert.ElementsMatch(t, required[mail.Name()], names(err), mail.Name())
	}
}

func TestAMailWithoutItsOptionalFieldsSaysTheSameInBothForms(t *testing.T) {
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		for f := range fields(mail) {
			message, err := f.with(nil).Render()
			if err != nil {
				continue
			}
			for e := range walk(t, message.HTML, light) {
				if e.name == "a" {
					assert.Contains(t, message.Text, e.attr["href"], "without %s", f.name)
				}
			}
			assert.NotContains(t, message.Text, "\n\n\n", "without %s", f.name)
			assert.NotContains(t, message.Text+message.HTML, "January 1 ", "without %s", f.name)
		}
	})
}

func TestTextOfPeopleIsEscapedWhereverItStands(t *testing.T) {
	const attack = `<script>alert("1")</script>'--><img src=x onerror=alert(1)>{{.To}}`
	shown := 0
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		for f := range fields(mail) {
			if f.kind != reflect.String {
				continue
			}
			message, err := f.with(attack).Render()
			if err != nil {
				assert.Contains(t, names(err), f.name)
				continue
			}
			assert.NotContains(t, message.HTML, "<script", f.name)
			assert.NotContains(t, message.HTML, "<img", f.name)
			assert.Equal(t, 3, strings.Count(message.HTML, "-->"), f.name)
			if strings.Contains(message.HTML, "&lt;script&gt;alert(") {
				shown++
			}
		}
	})
	assert.Greater(t, shown, 60, "the text is hardly shown anywhere: the test proves nothing")
}

func TestTheBrandIsEscapedToo(t *testing.T) {
	set := newSet(t, &templates.Options{Brand: templates.Brand{
		Name: "<script>Lantern", Address: "<script>Rua", URL: `https://lantern.example/"><script>`, LogoURL: `https://lantern.example/"><script>.png`,
	}})
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		assert.NotContains(t, render(t, set.Mail(mail)).HTML, "<script")
	})
}

func TestLinksAreAbsoluteWebURLs(t *testing.T) {
	each(t, func(t *testing.T, _ templates.Language, mail templates.Template) {
		tested := 0
		for f := range fields(mail) {
			if !strings.HasSuffix(f.name, "url") {
				continue
			}
			tested++
			for _, link := range []string{
				"javascript:alert(1)", "JAVASCRIPT:alert(1)", "data:text/html,x", "mailto:ana@acme.example", "ftp://x.example/", "/portal",
				"//portal.example", "portal.example", "https://", "https:portal", "https:///path", "https://portal.example/a b", "https://portal.example/\n",
				" https://portal.example", "http://[::1", "%zz",
			} {
				_, err := f.with(link).Render()
				assert.Equal(t, []string{f.name}, names(err), link)
			}
			for _, link := range []string{"http://127.0.0.1:8080/x", "HTTPS://portal.example", "https://portal.example/ü?a=1&b=%20#f"} {
				_, err := f.with(link).Render()
				assert.NoError(t, err)
			}
		}
		assert.Positive(t, tested)
	})
}

func TestLinksComeThroughUnchanged(t *testing.T) {
	const link = "https://portal.example/p?a=1&b=2%20c&token=A-_~.9#frag"
	message := render(t, templates.Welcome{To: "ana@acme.example", PortalURL: link})
	assert.Contains(t, message.Text, "\n"+link+"\n")
	for e := range walk(t, message.HTML, light) {
		if e.name == "a" {
			assert.Equal(t, link, e.attr["href"])
		}
	}
}

func TestWhatNoMailMayHaveIsRefused(t *testing.T) {
	samples := templates.Samples(templates.English)
	milestone, invoice, receipt := samples[1].(templates.MilestoneUpdate), samples[2].(templates.InvoiceSent), samples[3].(templates.Receipt)
	booked := samples[6].(templates.MeetingBooked)
	for _, test := range []struct {
		rule, field string
		mail        func() templates.Template
	}{
		{"a percentage over 100", "percent", func() templates.Template { m := milestone; m.Percent = 101; return m }},
		{"a percentage under 0", "percent", func() templates.Template { m := milestone; m.Percent = -1; return m }},
		{"a status that is none", "status", func() templates.Template { m := milestone; m.Status = "late"; return m }},
		{"a negative amount", "amount", func() templates.Template { m := invoice; m.Amount.Amount = -1; return m }},
		{"a currency that is none", "amount", func() templates.Template { m := invoice; m.Amount.Currency = "EUR"; return m }},
		{"a zone that is none", "zone", func() templates.Template { m := receipt; m.Zone = "Europe/Atlantis"; return m }},
		{"the machine's zone", "zone", func() templates.Template { m := receipt; m.Zone = "Local"; return m }},
		{"a path for a zone", "zone", func() templates.Template { m := receipt; m.Zone = "../../etc/passwd"; return m }},
		{"an end before the start", "meeting.end", func() templates.Template { m := booked; m.Meeting.End = m.Meeting.Start.Add(-1); return m }},
		{"another's zone that is none", "meeting.with_zone", func() templates.Template { m := booked; m.Meeting.WithZone = "x"; return m }},
		{"an address that is none", "to", func() templates.Template { m := receipt; m.To = "ana at acme"; return m }},
		{"two addresses", "to", func() templates.Template { m := receipt; m.To = "a@acme.example, b@acme.example"; return m }},
		{"a header in the address", "to", func() templates.Template { m := receipt; m.To = "a@acme.example\r\nBcc: b@acme.example"; return m }},
	} {
		t.Run(test.rule, func(t *testing.T) {
			_, err := test.mail().Render()
			assert.Equal(t, []string{test.field}, names(err))
		})
	}
	_, err := templates.Default().Render(nil)
	assert.Equal(t, []string{"template"}, names(err))
}

func TestSubjectsAndNamesAreOneLine(t *testing.T) {
	mail := templates.Samples(templates.English)[10].(templates.DocumentShared)
	mail.Document = "brief\r\nBcc: eve@evil.example\x00\u2028\u202etxt.exe\xff"
	mail.Person = "Ana\r\nSousa"
	message := render(t, mail)
	assert.Equal(t, "Nina Duarte shared “brief Bcc: eve@evil.example txt.exe\ufffd”", message.Subject)
	assert.Equal(t, "Ana Sousa", message.To[0].Name)
	mail.Document, mail.Person = strings.Repeat("é", 5000), strings.Repeat("é", 5000)
	message = render(t, mail)
	message.Key, message.From.Address = "key", "studio@lantern.example"
	assert.NoError(t, message.Validate())
	assert.True(t, strings.HasSuffix(message.Subject, "é…"))
}

func TestBodiesHoldNoControlCharacters(t *testing.T) {
	mail := templates.Samples(templates.English)[10].(templates.DocumentShared)
	mail.Note = "one\r\ntwo\x00\x1b[31m\xffthree"
	message := render(t, mail)
	assert.Contains(t, message.Text, "one\ntwo[31m\ufffdthree")
	assert.Contains(t, message.HTML, "one<br>two")
	assert.NotRegexp(t, regexp.MustCompile("[\x00-\x08\x0b-\x1f\x7f]"), message.HTML)
}

func TestTheNameStandsInTheAddressOrBesideIt(t *testing.T) {
	mail := templates.Welcome{To: "Ana Sousa <ana@acme.example>", PortalURL: "https://portal.example/"}
	assert.Equal(t, "Ana Sousa", render(t, mail).To[0].Name)
	assert.Contains(t, render(t, mail).Text, "Hello,\n")
	mail.Person = "Ana"
	assert.Equal(t, "Ana", render(t, mail).To[0].Name)
	assert.Contains(t, render(t, mail).Text, "Hello Ana,\n")
}

func TestTheOtherPartysTimeIsLeftOutWhereItIsTheSame(t *testing.T) {
	booked := templates.Samples(templates.English)[6].(templates.MeetingBooked)
	assert.Contains(t, render(t, booked).Text, "For Nina Duarte: 15:00–15:45 UTC")
	for _, same := range []string{"", "Europe/Berlin", "Europe/Paris", "Africa/Lagos"} {
		booked.Meeting.WithZone = same
		assert.NotContains(t, render(t, booked).Text, "For Nina Duarte", same)
	}
}

// field is a field of a sample, and the sample with another value there.
type field struct {
	name string
	kind reflect.Kind
	with func(value any) templates.Template
}

// fields yields the fields of a mail and of its meeting.
func fields(mail templates.Template) func(yield func(field) bool) {
	return func(yield func(field) bool) {
		for _, f := range below(mail, reflect.TypeOf(mail), "", nil) {
			if !yield(f) {
				return
			}
		}
	}
}

func below(mail templates.Template, typ reflect.Type, prefix string, path []int) []field {
	var found []field
	for i := range typ.NumField() {
		at := append(append([]int(nil), path...), i)
		name := prefix + snake(typ.Field(i).Name)
		if typ.Field(i).Type == reflect.TypeFor[templates.Meeting]() {
			found = append(found, below(mail, typ.Field(i).Type, name+".", at)...)
			continue
		}
		found = append(found, field{name, typ.Field(i).Type.Kind(), func(value any) templates.Template {
			changed := reflect.New(reflect.TypeOf(mail)).Elem()
			changed.Set(reflect.ValueOf(mail))
			target := changed.FieldByIndex(at)
			if value == nil {
				target.SetZero()
			} else {
				target.Set(reflect.ValueOf(value).Convert(target.Type()))
			}
			return changed.Interface().(templates.Template)
		}})
	}
	return found
}

var wordStart = regexp.MustCompile(`([a-z])([A-Z])|(PDF|Pay|Join|Manage|Portal)(URL)`)

// snake is the name of a field in errors.
func snake(name string) string {
	return strings.ToLower(wordStart.ReplaceAllString(name, "${1}${3}_${2}${4}"))
}

// names are the fields that an error complains of.
func names(err error) []string {
	var names []string
	for _, f := range frontdesk.Fields(err) {
		names = append(names, f.Name)
	}
	return names
}

func TestTimesAreInTheReadersZone(t *testing.T) {
	mail := templates.Samples(templates.English)[4].(templates.PaymentFailed)
	mail.FailedAt, mail.RetryAt = time.Date(2026, time.November, 19, 23, 30, 0, 0, time.UTC), time.Time{}
	for zone, want := range map[string]string{
		"Europe/Berlin": "20 November 2026, 00:30 CET", "America/New_York": "19 November 2026, 18:30 EST", "": "19 November 2026, 23:30 UTC",
	} {
		mail.Zone = zone
		assert.Contains(t, render(t, mail).Text, "Tried: "+want)
	}
	mail.Zone = ""
	message := render(t, newSet(t, &templates.Options{Zone: "Asia/Tokyo"}).Mail(mail))
	require.Contains(t, message.Text, "Tried: 20 November 2026, 08:30 JST")
}
