package storagetest_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk/storage"
	"github.com/frontdesk-go/frontdesk/storage/storagetest"
)

func TestStore(t *testing.T) {
	storagetest.TestStore(t, func(*testing.T) storage.Store { return storagetest.NewRows() })
}
