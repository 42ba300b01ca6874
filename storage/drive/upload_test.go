package drive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

const (
	kiB = 1 << 10
	miB = 1 << 20
)

var (
	tooFast = driveserver.Fault{Status: 403, Reason: "userRateLimitExceeded", Message: "User Rate Limit Exceeded"}
	broken  = driveserver.Fault{Status: 503, Reason: "backendError", Message: "Backend Error"}
)

func after(f driveserver.Fault) driveserver.Fault {
	f.After = true
	return f
}

func TestPut(t *testing.T) {
	inBubble(t, "a 403 after the file was stored is tried again, is answered with 409, and there is one file", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		s.Next(driveserver.Upload, after(tooFast))
		c := content(100 * kiB)
		o, err := put(t.Context(), store, c)
		require.NoError(t, err)
		assert.Equal(t, sum(c), o.SHA256)
		requireOne(t, s, c)
		assert.Equal(t, 2, s.Count(driveserver.Upload))
	})
	inBubble(t, "an id with other content is AlreadyExists and what is stored stays", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		c := content(10 * kiB)
		first, err := put(t.Context(), store, c)
		require.NoError(t, err)
		for _, other := range [][]byte{content(10*kiB + 1), content(6 * miB)} {
			o := options("b.bin", other)
			o.ID = first.ID
			_, err = store.Put(t.Context(), bytes.NewReader(other), o)
			requireCode(t, frontdesk.AlreadyExists, err)
		}
		requireOne(t, s, c)
	})
	inBubble(t, "content of every size is stored, with its size known or not", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{ChunkSize: miB})
		sizes := []int{0, 1, 5_000_000, 5_000_001, 5 * miB, 5*miB + 1, 6 * miB, 7*miB - 1, 7*miB + 1}
		for _, size := range sizes {
			c := content(size)
			for _, known := range []bool{true, false} {
				o := options("a.bin", c)
				if !known {
					o.Size = -1
				}
				stored, err := store.Put(t.Context(), io.MultiReader(bytes.NewReader(c)), o)
				require.NoError(t, err, size)
				assert.Equal(t, sum(c), stored.SHA256)
			}
		}
		assert.Len(t, s.Files(), 2*len(sizes))
		assert.Zero(t, s.Sessions())
	})
	inBubble(t, "one changed byte is Aborted, and there is no object afterwards", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		for _, size := range []int{1, 100 * kiB, 6 * miB} {
			s.Next(driveserver.Content, driveserver.Fault{Corrupt: true})
			_, err := put(t.Context(), store, content(size))
			requireCode(t, frontdesk.Aborted, err)
			assert.Empty(t, s.Files())
		}
	})
	inBubble(t, "a changed byte and a lost answer leave nothing either", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		s.Next(driveserver.Upload, driveserver.Fault{Corrupt: true, Lose: true})
		_, err := put(t.Context(), store, content(kiB))
		requireCode(t, frontdesk.Aborted, err)
		assert.Empty(t, s.Files())
	})
	inBubble(t, "a put that fails for good leaves nothing, though Drive has stored it each time", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{MaxAttempts: 1})
		s.Next(driveserver.Upload, driveserver.Fault{Lose: true})
		s.Next(driveserver.Get, broken)
		_, err := put(t.Context(), store, content(kiB))
		requireCode(t, frontdesk.OutcomeUnknown, err)
		assert.Empty(t, s.Files())
	})
	inBubble(t, "what Drive stored in the last attempt counts, whatever it answered", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{MaxAttempts: 1})
		c := content(kiB)
		s.Next(driveserver.Upload, after(broken))
		_, err := put(t.Context(), store, c)
		require.NoError(t, err)
		requireOne(t, s, c)
	})
	inBubble(t, "small content goes in one request, and ids come in batches", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		for range 50 {
			_, err := put(t.Context(), store, content(kiB))
			require.NoError(t, err)
		}
		assert.Equal(t, 51, s.Requests())
	})
	inBubble(t, "a body that cannot be read is not tried again, and its own error is reached", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		cause := errors.New("the disk is gone")
		for _, size := range []int64{10, 6 * miB} {
			o := options("a.bin", nil)
			o.Size = size
			_, err := store.PutResumable(t.Context(), failing{size, cause}, o, nil, forget)
			requireCode(t, frontdesk.Unavailable, err)
			require.ErrorIs(t, err, cause)
		}
		assert.Empty(t, s.Files())
		assert.LessOrEqual(t, s.Count(driveserver.Chunk), 1)
	})
}

// failing is content whose end cannot be read.
type failing struct {
	size int64
	err  error
}

func (f failing) ReadAt(p []byte, offset int64) (int, error) {
	if offset >= f.size {
		return 0, io.EOF
	}
	if offset+int64(len(p)) > f.size/2 && len(p) > 1 {
		return 0, f.err
	}
	return len(p), nil
}

func forget(context.Context, []byte) error { return nil }

func TestResumable(t *testing.T) {
	const chunk = 2 * miB
	c := content(8*miB - 1)
	inBubble(t, "a 308 that stores 512 KiB of a chunk is continued at 524288", func(t *testing.T) {
		s, store, sent := recorded(t, chunk)
		s.Next(driveserver.Chunk, driveserver.Fault{Keep: 512 * kiB})
		_, err := put(t.Context(), store, c)
		require.NoError(t, err)
		requireOne(t, s, c)
		assert.Equal(t, "bytes 524288-2621439/8388607", (*sent)[1])
	})
	inBubble(t, "both dialects of 308 are understood, and one without a Range begins at 0", func(t *testing.T) {
		for _, header := range []string{"", "yes"} {
			s := driveserver.NewServer(nil)
			store := through(t, dialect{s.Transport(), header}, chunk)
			s.Next(driveserver.Chunk, driveserver.Fault{Status: 308}, driveserver.Fault{})
			_, err := put(t.Context(), store, c)
			require.NoError(t, err)
			requireOne(t, s, c)
		}
	})
	for _, status := range []int{404, 410} {
		inBubble(t, "a session that answers "+http.StatusText(status)+" is begun anew, with the same id", func(t *testing.T) {
			s, store, _ := recorded(t, chunk)
			s.Next(driveserver.Chunk, driveserver.Fault{}, driveserver.Fault{Status: status})
			o := options("a.bin", c)
			o.ID, _ = store.NewID(t.Context())
			stored, err := store.Put(t.Context(), bytes.NewReader(c), o)
			require.NoError(t, err)
			assert.Equal(t, o.ID, stored.ID)
			requireOne(t, s, c)
			assert.Equal(t, 2, s.Count(driveserver.Start))
		})
	}
	inBubble(t, "sessions that end again and again are Unavailable in the end", func(t *testing.T) {
		s, store, _ := recorded(t, chunk)
		s.Every(driveserver.Chunk, 1, driveserver.Fault{Status: 410})
		_, err := put(t.Context(), store, c)
		requireCode(t, frontdesk.Unavailable, err)
		assert.Empty(t, s.Files())
	})
	inBubble(t, "when the last answer is lost Drive is asked, and nothing is sent again", func(t *testing.T) {
		s, store, _ := recorded(t, chunk)
		s.Next(driveserver.Chunk, driveserver.Fault{}, driveserver.Fault{}, driveserver.Fault{}, driveserver.Fault{Lose: true})
		_, err := put(t.Context(), store, c)
		require.NoError(t, err)
		requireOne(t, s, c)
		assert.Equal(t, 4, s.Count(driveserver.Chunk))
		assert.Equal(t, 1, s.Count(driveserver.Status))
		assert.EqualValues(t, len(c), s.Received())
	})
	inBubble(t, "a chunk that breaks off is continued where Drive has come to", func(t *testing.T) {
		s, store, _ := recorded(t, chunk)
		s.Next(driveserver.Chunk, driveserver.Fault{}, driveserver.Fault{Keep: 256 * kiB, Cut: true})
		_, err := put(t.Context(), store, c)
		require.NoError(t, err)
		requireOne(t, s, c)
	})
	inBubble(t, "a server that has all and says that it is not done is asked, and sent nothing more", func(t *testing.T) {
		for finishing := range 3 {
			s := driveserver.NewServer(nil)
			sent := &[]string{}
			store := through(t, &unfinished{recorder{s.Transport(), sent}, finishing, len(c)}, chunk)
			_, err := put(t.Context(), store, c)
			require.NoError(t, err)
			requireOne(t, s, c)
			want := slices.Repeat([]string{"bytes */8388607"}, finishing)
			assert.Equal(t, want, (*sent)[4:])
		}
	})
	inBubble(t, "a server that never is done is given up", func(t *testing.T) {
		store := through(t, &unfinished{driveserver.NewServer(nil).Transport(), math.MaxInt, len(c)}, chunk)
		_, err := put(t.Context(), store, c)
		requireCode(t, frontdesk.Unavailable, err)
	})
	inBubble(t, "a server that keeps nothing is given up", func(t *testing.T) {
		s, store, _ := recorded(t, chunk)
		s.Every(driveserver.Chunk, 1, driveserver.Fault{Status: 308})
		_, err := put(t.Context(), store, c)
		requireCode(t, frontdesk.Unavailable, err)
	})
	inBubble(t, "content is sent to no other host, whatever the state says", func(t *testing.T) {
		s, store, sent := recorded(t, chunk)
		state := []byte(`{"v":1,"id":"abc","session":"http://169.254.169.254/upload/drive/v3/files","size":8388607,"offset":0}`)
		_, err := store.PutResumable(t.Context(), bytes.NewReader(c), options("a.bin", c), state, forget)
		require.NoError(t, err)
		requireOne(t, s, c)
		assert.Equal(t, "bytes 0-2097151/8388607", (*sent)[0])
	})
	inBubble(t, "a small put that was stored before the process died is found by its state", func(t *testing.T) {
		s, store, _ := recorded(t, chunk)
		small := content(kiB)
		var state []byte
		save := func(_ context.Context, raw []byte) error { state = raw; return nil }
		first, err := store.PutResumable(t.Context(), bytes.NewReader(small), options("a.bin", small), nil, save)
		require.NoError(t, err)
		again, err := store.PutResumable(t.Context(), bytes.NewReader(small), options("a.bin", small), state, forget)
		require.NoError(t, err)
		assert.Equal(t, first.ID, again.ID)
		requireOne(t, s, small)
	})
	inBubble(t, "progress goes up to the size, a chunk at a time", func(t *testing.T) {
		_, store, _ := recorded(t, chunk)
		var told []int64
		o := options("a.bin", c)
		o.Progress = func(n int64) { told = append(told, n) }
		_, err := store.Put(t.Context(), bytes.NewReader(c), o)
		require.NoError(t, err)
		assert.True(t, slices.IsSorted(told))
		assert.EqualValues(t, len(c), told[len(told)-1])
	})
}

// recorded is a store whose Content-Range headers are kept.
func recorded(t *testing.T, chunk int64) (*driveserver.Server, *drive.Store, *[]string) {
	t.Helper()
	s := driveserver.NewServer(nil)
	sent := &[]string{}
	return s, through(t, recorder{s.Transport(), sent}, chunk), sent
}

func through(t *testing.T, transport http.RoundTripper, chunk int64) *drive.Store {
	t.Helper()
	store, err := drive.New(tokens(), &drive.Options{Endpoint: endpoint, HTTPClient: &http.Client{Transport: transport}, ChunkSize: chunk})
	require.NoError(t, err)
	return store
}

type recorder struct {
	base http.RoundTripper
	sent *[]string
}

func (r recorder) RoundTrip(q *http.Request) (*http.Response, error) {
	if text := q.Header.Get("Content-Range"); text != "" {
		*r.sent = append(*r.sent, text)
	}
	return r.base.RoundTrip(q)
}

// dialect makes the server answer as it does to drive/v3.
type dialect struct {
	base   http.RoundTripper
	header string
}

func (d dialect) RoundTrip(q *http.Request) (*http.Response, error) {
	q.Header.Set("X-Guploader-No-308", d.header)
	return d.base.RoundTrip(q)
}

// unfinished hides so often that the file was made, as servers do that have not put it together yet.
type unfinished struct {
	base  http.RoundTripper
	times int
	size  int
}

func (u *unfinished) RoundTrip(q *http.Request) (*http.Response, error) {
	answer, err := u.base.RoundTrip(q)
	if err != nil || q.Method != http.MethodPut || answer.StatusCode != http.StatusOK || u.times == 0 {
		return answer, err
	}
	u.times--
	return &http.Response{
		StatusCode: http.StatusPermanentRedirect, Header: http.Header{"Range": {fmt.Sprintf("bytes=0-%d", u.size-1)}}, Body: answer.Body, Request: q,
	}, nil
}

func TestContext(t *testing.T) {
	inBubble(t, "a context that ends while it is waited for a retry ends the put", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		s.Every(driveserver.Upload, 1, broken)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := put(ctx, store, content(kiB))
		require.Error(t, err)
		assert.Empty(t, s.Files())
	})
}
