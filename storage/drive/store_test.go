package drive_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/frontdesk-go/frontdesk"
	"github.com/frontdesk-go/frontdesk/storage/drive"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
	"github.com/frontdesk-go/frontdesk/storage/storagetest/driveserver"
)

func TestStore(t *testing.T) {
	t.Run("My Drive", func(t *testing.T) {
		storagetest.TestDocumentStore(t, func(t *testing.T) storagetest.Harness {
			return harness(t, driveserver.NewServer(nil), drive.Options{})
		})
	})
	t.Run("A shared drive", func(t *testing.T) {
		storagetest.TestDocumentStore(t, func(t *testing.T) storagetest.Harness {
			s := driveserver.NewServer(nil)
			h := harness(t, s, drive.Options{Folder: s.AddDrive("Clients")})
			h.SetFull = nil // shared drives have no quota of bytes
			return h
		})
	})
	t.Run("A Drive whose lists lag", func(t *testing.T) {
		storagetest.TestDocumentStore(t, func(t *testing.T) storagetest.Harness {
			const lag = 5 * time.Minute
			h := harness(t, driveserver.NewServer(&driveserver.Options{SearchLag: lag, ListLag: lag}), drive.Options{})
			h.ListLag = lag
			return h
		})
	})
}

func harness(t *testing.T, s *driveserver.Server, o drive.Options) storagetest.Harness {
	o.MaxAttempts, o.ChunkSize = 2, 2<<20
	return storagetest.Harness{
		Store:       reaching(t, s, o),
		Advance:     s.Advance,
		Part:        o.ChunkSize,
		Visit:       visit(s),
		FailNext:    func(err error) { s.Next(driveserver.Upload, refusals(err)...) },
		LoseNext:    func() { s.Next(driveserver.Content, driveserver.Fault{Lose: true}) },
		CorruptNext: func() { s.Next(driveserver.Content, driveserver.Fault{Corrupt: true}) },
		SetFull: func(full bool) {
			s.SetQuota(0)
			if full {
				s.SetQuota(1)
			}
		},
	}
}

func visit(s *driveserver.Server) func(context.Context, string) ([]byte, error) {
	return func(_ context.Context, url string) ([]byte, error) {
		content, open := s.Visit(url)
		if !open {
			return nil, errors.New("it is not open to strangers")
		}
		return content, nil
	}
}

// refusals are as many answers as it takes to make two attempts fail with the code.
func refusals(err error) []driveserver.Fault {
	wait := frontdesk.RetryAfter(err)
	switch frontdesk.CodeOf(err) {
	case frontdesk.Unauthenticated:
		f := driveserver.Fault{Status: 401, Reason: "authError", Message: "Invalid Credentials"}
		return []driveserver.Fault{f, f}
	case frontdesk.PermissionDenied:
		return []driveserver.Fault{{Status: 403, Reason: "insufficientParentPermissions"}}
	case frontdesk.QuotaExceeded:
		return []driveserver.Fault{{Status: 403, Reason: "storageQuotaExceeded"}}
	case frontdesk.RateLimited:
		f := driveserver.Fault{Status: 403, Reason: "userRateLimitExceeded", RetryAfter: wait}
		if wait > time.Minute {
			return []driveserver.Fault{f}
		}
		return []driveserver.Fault{f, f}
	}
	f := driveserver.Fault{Status: 503, Reason: "backendError"}
	return []driveserver.Fault{f, f}
}
