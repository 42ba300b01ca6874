package storage_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/storage"
)

func TestLogs(t *testing.T) {
	t.Run("no title, no name, no reason and no session is printed or logged", func(t *testing.T) {
		const canary = "canary"
		v := storage.Version{Name: canary, Transfer: storage.Transfer{Session: []byte(canary), Spool: canary, LastError: canary}}
		d := storage.Document{Title: canary, Folder: canary, Reason: canary, Key: canary, Latest: v}
		u := storage.Upload{Name: canary, Title: canary, Key: canary, Content: strings.NewReader(canary)}
		for _, value := range []any{v, &v, d, &d, u, &u, v.Transfer, &v.Transfer} {
			var log bytes.Buffer
			slog.New(slog.NewTextHandler(&log, nil)).Info("it", "value", value)
			for _, printed := range []string{log.String(), fmt.Sprintf("%v %+v %#v %s", value, value, value, value)} {
				require.NotContains(t, printed, canary)
				require.NotContains(t, printed, "99 97 110 97 114 121")
			}
		}
	})
}
