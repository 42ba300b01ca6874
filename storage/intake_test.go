package storage_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
)

func TestIntake(t *testing.T) {
	const content = "hello, world"
	sum := sha256.Sum256([]byte(content))
	for name, body := range map[string]func() io.Reader{
		"at once":              func() io.Reader { return strings.NewReader(content) },
		"byte by byte":         func() io.Reader { return iotest.OneByteReader(strings.NewReader(content)) },
		"with its end at once": func() io.Reader { return iotest.DataErrReader(strings.NewReader(content)) },
	} {
		t.Run("content that comes "+name+" is read, counted and hashed", func(t *testing.T) {
			for _, size := range []int64{-1, int64(len(content))} {
				in := storage.NewIntake(t.Context(), body(), storage.PutOptions{Size: size, SHA256: sum[:]})
				got, err := io.ReadAll(in)
				require.NoError(t, err)
				require.Equal(t, content, string(got))
				require.Equal(t, int64(len(content)), in.Size())
				require.Equal(t, sum[:], in.SHA256())
			}
		})
		t.Run("content that comes "+name+" of another size names it", func(t *testing.T) {
			for _, size := range []int64{0, int64(len(content)) - 1, int64(len(content)) + 1} {
				_, err := io.ReadAll(storage.NewIntake(t.Context(), body(), storage.PutOptions{Size: size}))
				require.ErrorIs(t, err, frontdesk.Invalid)
				require.Equal(t, []string{"size"}, fieldNames(err))
			}
		})
		t.Run("content that comes "+name+" with another checksum is Aborted", func(t *testing.T) {
			_, err := io.ReadAll(storage.NewIntake(t.Context(), body(), storage.PutOptions{Size: -1, SHA256: make([]byte, 32)}))
			require.ErrorIs(t, err, frontdesk.Aborted)
		})
	}
	t.Run("it stops at the first byte too many", func(t *testing.T) {
		endless := iotest.OneByteReader(io.MultiReader(bytes.NewReader(make([]byte, 1<<20))))
		in := storage.NewIntake(t.Context(), endless, storage.PutOptions{Size: 10})
		_, err := io.ReadAll(in)
		require.ErrorIs(t, err, frontdesk.Invalid)
		require.Equal(t, int64(11), in.Size())
	})
	t.Run("an error of the body is within reach, and Unavailable unless it says otherwise", func(t *testing.T) {
		broken := errors.New("broken")
		_, err := io.ReadAll(storage.NewIntake(t.Context(), iotest.ErrReader(broken), storage.PutOptions{Size: -1}))
		require.ErrorIs(t, err, broken)
		require.ErrorIs(t, err, frontdesk.Unavailable)
		_, err = io.ReadAll(storage.NewIntake(t.Context(), iotest.ErrReader(frontdesk.PermissionDenied), storage.PutOptions{Size: -1}))
		require.Equal(t, frontdesk.PermissionDenied, frontdesk.CodeOf(err))
	})
	t.Run("it ends with its context", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		in := storage.NewIntake(ctx, strings.NewReader(content), storage.PutOptions{Size: -1})
		_, err := in.Read(make([]byte, 5))
		require.NoError(t, err)
		cancel()
		_, err = io.ReadAll(in)
		require.ErrorIs(t, err, context.Canceled)
	})
}
