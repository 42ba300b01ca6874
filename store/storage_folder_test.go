package store_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

// servicesOnDrive are two processes on one Drive, one database and one spool.
func servicesOnDrive(t *testing.T, server *driveserver.Server, stores [2]storage.Store) (services [2]*storage.Service) {
	t.Helper()
	spool := storage.NewSpool(t.TempDir())
	t.Cleanup(func() { require.NoError(t, spool.Close()) })
	for i, st := range stores {
		docs, err := drive.New(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "token"}), &drive.Options{
			Endpoint: "http://drive.test/drive/v3/", HTTPClient: &http.Client{Transport: server.Transport()},
		})
		require.NoError(t, err)
		services[i] = storage.New(docs, st, &storage.Options{Spool: spool, Logger: slog.New(slog.DiscardHandler)})
	}
	return services
}

func TestTwoProcessesMakeOneFolderForEachClient(t *testing.T) {
	const clients, each, lag = 3, 4, 5 * time.Minute
	inTwoArchives(t, func(t *testing.T, processes [2]storage.Store) {
		server := driveserver.NewServer(&driveserver.Options{SearchLag: lag, ListLag: lag})
		server.Next(driveserver.Create, driveserver.Fault{Lose: true}, driveserver.Fault{Status: 503, Reason: "backendError", After: true})
		services := servicesOnDrive(t, server, processes)
		ctx := frontdesk.WithActor(t.Context(), frontdesk.System("test"))
		for i := range clients * each {
			_, err := services[i%2].Upload(ctx, storage.Upload{Client: fmt.Sprint("client ", i%clients), Name: "note.txt", Content: strings.NewReader("Hello")})
			require.NoError(t, err)
		}
		var all sync.WaitGroup
		for _, s := range services {
			all.Go(func() { assert.NoError(t, s.Drain(ctx)) })
		}
		all.Wait()
		held := map[string]int{}
		for _, f := range server.Files() {
			if f.MIMEType != driveserver.FolderType {
				held[f.Parent]++
			}
		}
		assert.Len(t, server.Files(), clients+clients*each, "one folder for each client, and each document once")
		assert.Len(t, held, clients)
	})
}
