package googlecalendar_test

import (
	"net/http"
	"testing"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/scheduling/googlecalendar"
)

// Whatever is answered, there is no panic, no free time out of nonsense and no error without a code.
func FuzzAnswers(f *testing.F) {
	for _, body := range []string{
		`{"calendars":{"primary":{"busy":[{"start":"2027-06-01T09:00:00Z","end":"2027-06-01T10:00:00Z"}]}}}`,
		`{"timeZone":"UTC","nextSyncToken":"s","items":[{"id":"a","start":{"date":"2027-06-01"},"end":{"date":"2027-06-02"}}]}`,
		`{"timeZone":"UTC","nextPageToken":"p","items":[null]}`, `{"calendars":{"primary":{"busy":[null],"errors":[null]}}}`,
		`{"id":"a","etag":"b","attendees":[null],"conferenceData":{"entryPoints":[null]}}`, `null`, ``,
	} {
		f.Add(body, 200)
		f.Add(body, 410)
	}
	f.Fuzz(func(t *testing.T, body string, status int) {
		if status < 200 || status > 599 {
			return
		}
		answer := roundTripper(func(*http.Request) (string, int) { return body, status })
		c, err := googlecalendar.New(tokens(), &googlecalendar.Options{
			Endpoint: endpoint, HTTPClient: &http.Client{Transport: answer}, MaxAttempts: 1,
		})
		if err != nil {
			t.Fatal(err)
		}
		busy, err := c.Busy(t.Context(), []string{primary}, hours(0, 24), none)
		check(t, err, busy != nil)
		set, err := c.Changes(t.Context(), primary, "token", at(0))
		check(t, err, set != nil)
		ref, err := c.Put(t.Context(), primary, call(1, hours(9, 10)))
		check(t, err, ref != nil)
		_ = c.Delete(t.Context(), primary, "m1@frontdesk")
	})
}

func check(t *testing.T, err error, told bool) {
	t.Helper()
	if told == (err != nil) || err != nil && frontdesk.CodeOf(err) == frontdesk.Unknown {
		t.Fatalf("an answer: %v, the error: %v", told, err)
	}
}
