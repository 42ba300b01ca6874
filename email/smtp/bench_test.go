package smtp_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/email"
)

func withFile(size int) *email.Message {
	msg := message("k1")
	msg.Attachments = []email.Attachment{file("a.bin", "application/octet-stream", "", make([]byte, size))}
	return msg
}

func TestLargeAttachment(t *testing.T) {
	t.Run("a file of ten megabytes is sent in little memory", func(t *testing.T) {
		s := serve(t, func(s *server) { s.discards = true })
		m, msg := s.mailer(s.options()), withFile(10<<20)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := m.Send(t.Context(), msg)
		runtime.ReadMemStats(&after)
		require.NoError(t, err)
		assert.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2<<20))
	})
}

// BenchmarkAttachment sends a file of 10 MiB.
func BenchmarkAttachment(b *testing.B) {
	s := serve(b, func(s *server) { s.discards = true })
	m, msg := s.mailer(s.options()), withFile(10<<20)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := m.Send(b.Context(), msg); err != nil {
			b.Fatal(err)
		}
	}
}
