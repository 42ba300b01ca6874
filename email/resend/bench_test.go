package resend_test

import (
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	resendgo "github.com/resend/resend-go/v2"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/email"
)

const fileSize = 10 << 20

// sink answers every request and counts its bytes.
type sink struct{ bytes atomic.Int64 }

func (s *sink) RoundTrip(r *http.Request) (*http.Response, error) {
	n, err := io.Copy(io.Discard, r.Body)
	s.bytes.Add(n)
	_ = r.Body.Close()
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"id":"e1"}`)), Request: r}, err
}

func sdk(transport http.RoundTripper) *resendgo.Client {
	return resendgo.NewCustomClient(&http.Client{Transport: transport}, testKey)
}

func sdkMessage(content []byte) *resendgo.SendEmailRequest {
	return &resendgo.SendEmailRequest{
		From: "desk@example.com", To: []string{"ada@example.com"}, Subject: "Hello", Text: "Hello",
		Attachments: []*resendgo.Attachment{{Filename: "a.bin", ContentType: "application/octet-stream", Content: content}},
	}
}

func sdkBatch(content []byte) []*resendgo.SendEmailRequest {
	return []*resendgo.SendEmailRequest{sdkMessage(content)}
}

// random is bytes of all values, in no order.
func random(n int) []byte {
	content := make([]byte, n)
	x := uint32(1)
	for i := range content {
		x = x*1664525 + 1013904223
		content[i] = byte(x >> 24)
	}
	return content
}

func withFile(content []byte) *email.Message {
	m := message("k1")
	m.Attachments = []email.Attachment{file("a.bin", "application/octet-stream", "", content)}
	return m
}

func TestLargeAttachment(t *testing.T) {
	t.Run("ten megabytes become 1.34 times as many on the wire, and little memory", func(t *testing.T) {
		var s sink
		m, msg := through(t, &s), withFile(random(fileSize))
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := m.Send(t.Context(), msg)
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		assert.LessOrEqual(t, float64(s.bytes.Load()), 1.34*fileSize)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20))
	})
}

// BenchmarkAttachment sends a file of 10 MiB, beside resend-go doing the same.
func BenchmarkAttachment(b *testing.B) {
	content := random(fileSize)
	b.Run("frontdesk", func(b *testing.B) {
		var s sink
		m, msg := through(b, &s), withFile(content)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := m.Send(b.Context(), msg); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(s.bytes.Load())/float64(b.N)/fileSize, "wire/byte")
	})
	b.Run("resend-go", func(b *testing.B) {
		var s sink
		client := sdk(&s)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := client.Emails.SendWithContext(b.Context(), sdkMessage(content)); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(s.bytes.Load())/float64(b.N)/fileSize, "wire/byte")
	})
}
