package drive_test

import (
	"bytes"
	"context"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// putMany puts files from 8 workers and returns the errors.
func putMany(ctx context.Context, store *drive.Store, files int, c []byte) (errs []error) {
	jobs := make(chan int)
	var mu sync.Mutex
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for n := range jobs {
				if _, err := store.Put(ctx, bytes.NewReader(c), options("file-"+strconv.Itoa(n), c)); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				}
			}
		})
	}
	for n := range files {
		jobs <- n
	}
	close(jobs)
	all.Wait()
	return errs
}

func TestFaults(t *testing.T) {
	const files = 300
	for name, faults := range map[string][]driveserver.Fault{
		"refusals":         {tooFast, after(tooFast)},
		"server errors":    {broken, after(broken)},
		"lost connections": {{Cut: true}, {Lose: true}},
	} {
		inBubble(t, "300 files with 5 % "+name+", half of them after storing: no error, no duplicate, no orphan", func(t *testing.T) {
			s, store := local(t, driveserver.Options{}, drive.Options{})
			s.Every(driveserver.Upload, 20, faults...)
			begun := s.Now()
			assert.Empty(t, putMany(t.Context(), store, files, content(100*kiB)))
			seen := map[string]bool{}
			for _, f := range s.Files() {
				assert.False(t, seen[f.Name], "%s is there twice", f.Name)
				seen[f.Name] = true
			}
			assert.Len(t, seen, files)
			t.Logf("%d requests in %v", s.Requests(), s.Now().Sub(begun))
		})
	}
	inBubble(t, "large files with faults in 5 % of their chunks are whole", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{ChunkSize: 256 * kiB})
		s.Every(driveserver.Chunk, 20, broken, driveserver.Fault{Lose: true}, driveserver.Fault{Cut: true, Keep: 1000}, tooFast)
		c := content(16 * miB)
		assert.Empty(t, putMany(t.Context(), store, 8, c))
		require.Len(t, s.Files(), 8)
		for _, f := range s.Files() {
			assert.True(t, bytes.Equal(c, f.Content))
		}
	})
}

func TestLimiter(t *testing.T) {
	inBubble(t, "against a bucket of 50 requests a second it comes near that, and is seldom refused", func(t *testing.T) {
		const rate, files = 50, 3000
		s, store := local(t, driveserver.Options{Rate: rate, Burst: rate}, drive.Options{MaxAttempts: 20})
		begun := s.Now()
		require.Empty(t, putMany(t.Context(), store, files, content(kiB)))
		goodput := files / s.Now().Sub(begun).Seconds()
		refused := float64(s.Requests()-files) / float64(s.Requests())
		t.Logf("%.1f files a second, %.1f %% refused", goodput, 100*refused)
		assert.Greater(t, goodput, 0.75*rate)
		assert.Less(t, refused, 0.1)
	})
	inBubble(t, "without refusals nothing waits", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		begun := s.Now()
		require.Empty(t, putMany(t.Context(), store, 300, content(kiB)))
		assert.Equal(t, begun, s.Now())
	})
	inBubble(t, "a wait that would outlast the context does not begin", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		limited := tooFast
		limited.RetryAfter = 30 * time.Second
		s.Next(driveserver.Upload, limited)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		begun := s.Now()
		_, err := put(ctx, store, content(kiB))
		require.Error(t, err)
		assert.Equal(t, begun, s.Now())
	})
}
