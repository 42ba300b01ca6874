package schedulingtest_test

import (
	"testing"

	"github.com/frontdesk-go/frontdesk/scheduling"
	"github.com/frontdesk-go/frontdesk/scheduling/schedulingtest"
)

func TestStore(t *testing.T) {
	schedulingtest.TestStore(t, func(*testing.T) scheduling.Store { return schedulingtest.NewStore() })
}
