package drive_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

func TestSpoiledPut(t *testing.T) {
	spoiled := driveserver.Fault{Corrupt: true, Lose: true}
	for name, size := range map[string]int{"one request": kiB, "a session": 6 * miB} {
		c := content(size)
		inBubble(t, "what was spoiled in "+name+" before its answer was lost does not keep the caller's id", func(t *testing.T) {
			s, store := local(t, driveserver.Options{}, drive.Options{})
			o := options("a.bin", c)
			o.ID, _ = store.NewID(t.Context())
			s.Next(driveserver.Content, spoiled)
			_, err := store.Put(t.Context(), bytes.NewReader(c), o)
			requireCode(t, frontdesk.Aborted, err)
			assert.Empty(t, s.Files())
			_, err = store.Put(t.Context(), bytes.NewReader(c), o)
			require.NoError(t, err)
			requireOne(t, s, c)
		})
	}
	inBubble(t, "nor does it after the last attempt, or a crash", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{MaxAttempts: 1})
		c := content(kiB)
		o := options("a.bin", c)
		o.ID, _ = store.NewID(t.Context())
		s.Next(driveserver.Content, spoiled)
		_, err := store.Put(t.Context(), bytes.NewReader(c), o)
		requireCode(t, frontdesk.Aborted, err)
		assert.Empty(t, s.Files())

		state, save := keeping()
		s.Next(driveserver.Content, spoiled)
		s.Next(driveserver.Get, broken)
		_, err = store.PutResumable(t.Context(), bytes.NewReader(c), o, nil, save)
		requireCode(t, frontdesk.OutcomeUnknown, err)
		require.Len(t, s.Files(), 1)
		_, err = reaching(t, s, drive.Options{}).PutResumable(t.Context(), bytes.NewReader(c), o, *state, save)
		requireCode(t, frontdesk.Aborted, err)
		assert.Empty(t, s.Files())
	})
	inBubble(t, "other content of the same size under the id stays, though an answer was lost", func(t *testing.T) {
		s, store := local(t, driveserver.Options{}, drive.Options{})
		first, err := put(t.Context(), store, content(kiB))
		require.NoError(t, err)
		other := bytes.Repeat([]byte("x"), kiB)
		o := options("a.bin", other)
		o.ID = first.ID
		s.Next(driveserver.Content, driveserver.Fault{Cut: true})
		_, err = store.Put(t.Context(), bytes.NewReader(other), o)
		requireCode(t, frontdesk.AlreadyExists, err)
		requireOne(t, s, content(kiB))
	})
}

// meddler changes what Drive answers to downloads, and notes what was asked for.
type meddler struct {
	base   http.RoundTripper
	ranges *[]string
	meddle func(n int, body io.Reader) io.Reader // with the n-th download
}

// RoundTrip implements [http.RoundTripper].
func (m meddler) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := m.base.RoundTrip(r)
	if err == nil && r.URL.Query().Get("alt") == "media" {
		*m.ranges = append(*m.ranges, r.Header.Get("Range"))
		answer.Body = io.NopCloser(m.meddle(len(*m.ranges), answer.Body))
	}
	return answer, err
}

var errReset = errors.New("the connection was reset")

// cut breaks off after so many bytes.
func cut(body io.Reader, after int64) io.Reader {
	return io.MultiReader(io.LimitReader(body, after), broke{})
}

type broke struct{}

// Read implements [io.Reader].
func (broke) Read([]byte) (int, error) { return 0, errReset }

// meddled is a store with one object, whose downloads go wrong.
func meddled(t *testing.T, c []byte, meddle func(n int, body io.Reader) io.Reader) (store *drive.Store, id string, ranges *[]string) {
	t.Helper()
	ranges = &[]string{}
	store = through(t, meddler{driveserver.NewServer(nil).Transport(), ranges, meddle}, 0)
	o, err := put(t.Context(), store, c)
	require.NoError(t, err)
	return store, o.ID, ranges
}

func readAll(t *testing.T, store *drive.Store, id string, r storage.Range) ([]byte, error) {
	t.Helper()
	body, _, err := store.Get(t.Context(), id, r)
	require.NoError(t, err)
	defer body.Close()
	return io.ReadAll(body)
}

func TestBrokenDownload(t *testing.T) {
	c := content(1000)
	inBubble(t, "a body goes on from the last byte, whenever its connection breaks", func(t *testing.T) {
		store, id, ranges := meddled(t, c, func(n int, body io.Reader) io.Reader {
			if n < 10 {
				return cut(body, 100)
			}
			return body
		})
		got, err := readAll(t, store, id, storage.Range{})
		require.NoError(t, err)
		assert.Equal(t, c, got)
		assert.Equal(t, []string{"", "bytes=100-999", "bytes=200-999"}, (*ranges)[:3])
		assert.Len(t, *ranges, 10)
	})
	inBubble(t, "a part goes on within itself", func(t *testing.T) {
		store, id, ranges := meddled(t, c, func(n int, body io.Reader) io.Reader {
			if n == 1 {
				return cut(body, 7)
			}
			return body
		})
		got, err := readAll(t, store, id, storage.Range{Offset: 10, Length: 20})
		require.NoError(t, err)
		assert.Equal(t, c[10:30], got)
		assert.Equal(t, []string{"bytes=10-29", "bytes=17-29"}, *ranges)
	})
	inBubble(t, "a body that ends early goes on too, and one that gives nothing again and again is Unavailable", func(t *testing.T) {
		store, id, ranges := meddled(t, c, func(_ int, body io.Reader) io.Reader { return io.LimitReader(body, 0) })
		_, err := readAll(t, store, id, storage.Range{})
		requireCode(t, frontdesk.Unavailable, err)
		assert.Len(t, *ranges, 6)
	})
	inBubble(t, "a body that stands still goes on after two minutes", func(t *testing.T) {
		begun := time.Now()
		store, id, _ := meddled(t, c, func(n int, body io.Reader) io.Reader {
			if n == 1 {
				return io.MultiReader(io.LimitReader(body, 100), still{3 * time.Minute})
			}
			return body
		})
		got, err := readAll(t, store, id, storage.Range{})
		require.NoError(t, err)
		assert.Equal(t, c, got)
		assert.Less(t, time.Since(begun), 4*time.Minute)
	})
	inBubble(t, "a body with a changed byte is Aborted at its end", func(t *testing.T) {
		store, id, _ := meddled(t, c, func(_ int, body io.Reader) io.Reader {
			return io.MultiReader(bytes.NewReader([]byte{c[0] + 1}), skip(body, 1))
		})
		got, err := readAll(t, store, id, storage.Range{})
		requireCode(t, frontdesk.Aborted, err)
		assert.Len(t, got, len(c))
	})
	inBubble(t, "a body that is longer than the object is not taken", func(t *testing.T) {
		store, id, _ := meddled(t, c, func(_ int, body io.Reader) io.Reader { return io.MultiReader(body, bytes.NewReader(c)) })
		_, err := readAll(t, store, id, storage.Range{})
		require.Error(t, err)
	})
}

// still gives nothing for a while.
type still struct{ d time.Duration }

// Read implements [io.Reader].
func (s still) Read([]byte) (int, error) {
	<-time.After(s.d)
	return 0, errReset
}

func skip(r io.Reader, n int64) io.Reader {
	_, _ = io.CopyN(io.Discard, r, n)
	return r
}

// frozen reads no body of the first uploads.
type frozen struct {
	base http.RoundTripper
	left *int
}

// RoundTrip implements [http.RoundTripper].
func (f frozen) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil && r.Method == http.MethodPut && *f.left > 0 {
		*f.left--
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return f.base.RoundTrip(r)
}

func TestStalledUpload(t *testing.T) {
	inBubble(t, "a chunk that stands still is given up after two minutes, and sent again", func(t *testing.T) {
		s, left, begun := driveserver.NewServer(nil), 2, time.Now()
		store := through(t, frozen{s.Transport(), &left}, 2*miB)
		c := content(6 * miB)
		_, err := put(t.Context(), store, c)
		require.NoError(t, err)
		requireOne(t, s, c)
		assert.Zero(t, left)
		assert.InDelta(t, 4*time.Minute, time.Since(begun), float64(time.Minute))
	})
	inBubble(t, "a transfer that never moves fails in the end, and says why", func(t *testing.T) {
		left := 1 << 20
		_, err := put(t.Context(), through(t, frozen{driveserver.NewServer(nil).Transport(), &left}, 2*miB), content(6*miB))
		requireCode(t, frontdesk.Unavailable, err)
		assert.ErrorContains(t, err, "nothing moved for 2m0s")
	})
}

// keeping returns a function that saves a state, and where to find it.
func keeping() (*[]byte, func(context.Context, []byte) error) {
	kept := &[]byte{}
	return kept, func(_ context.Context, state []byte) error {
		*kept = bytes.Clone(state)
		return nil
	}
}
