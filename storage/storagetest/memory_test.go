package storagetest_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

func TestDocumentStore(t *testing.T) {
	storagetest.TestDocumentStore(t, func(*testing.T) storagetest.Harness {
		s := storagetest.NewStore()
		return storagetest.Harness{
			Store: s, Advance: s.Advance, Part: storagetest.Part, Visit: s.Visit,
			FailNext: s.FailNext, LoseNext: s.LoseNext, CorruptNext: s.CorruptNext, SetFull: s.SetFull,
		}
	})
}
