package store

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/frontdesk-go/frontdesk"
)

type codeError int

func (e codeError) Error() string { return fmt.Sprint("code ", int(e)) }
func (e codeError) Code() int     { return int(e) }

type stateError string

func (e stateError) Error() string    { return "state " + string(e) }
func (e stateError) SQLState() string { return string(e) }

func TestDriverErrorsGetACodeAndStayInReach(t *testing.T) {
	for _, c := range []struct {
		on   dialect
		err  error
		want frontdesk.Code
	}{
		{sqlite, codeError(5), frontdesk.Unavailable},
		{sqlite, codeError(5 | 2<<8), frontdesk.Unavailable}, // BUSY_SNAPSHOT
		{sqlite, codeError(6), frontdesk.Unavailable},
		{sqlite, errors.New("database is locked"), frontdesk.Unavailable},
		{sqlite, codeError(13), frontdesk.Unavailable},
		{sqlite, codeError(18), frontdesk.Invalid},
		{sqlite, codeError(11), frontdesk.Internal},
		{sqlite, stateError("40001"), frontdesk.Internal},
		{postgres, stateError("40001"), frontdesk.Unavailable},
		{postgres, stateError("40P01"), frontdesk.Unavailable},
		{postgres, stateError("55P03"), frontdesk.Unavailable},
		{postgres, stateError("57P01"), frontdesk.Unavailable},
		{postgres, stateError("08006"), frontdesk.Unavailable},
		{postgres, stateError("53300"), frontdesk.Unavailable},
		{postgres, stateError("22021"), frontdesk.Invalid},
		{postgres, stateError("42P01"), frontdesk.Internal},
		{postgres, codeError(5), frontdesk.Internal},
		{postgres, io.ErrUnexpectedEOF, frontdesk.Unavailable},
		{postgres, driver.ErrBadConn, frontdesk.Unavailable},
		{postgres, &net.OpError{Op: "dial", Err: errors.New("refused")}, frontdesk.Unavailable},
	} {
		err := c.on.coded(t.Context(), fmt.Errorf("query: %w", c.err))
		assert.Equal(t, c.want, frontdesk.CodeOf(err), "%s: %v", c.on.name, c.err)
		assert.ErrorIs(t, err, c.err)
	}
}

func TestAConnectionLostDuringACommitHasAnUnknownOutcome(t *testing.T) {
	assert.ErrorIs(t, postgres.committed(t.Context(), io.ErrUnexpectedEOF), frontdesk.OutcomeUnknown)
	assert.ErrorIs(t, postgres.committed(t.Context(), stateError("40001")), frontdesk.Unavailable)
	assert.NoError(t, postgres.committed(t.Context(), nil))
}

func TestRetryEndsInSuccessOrUnavailable(t *testing.T) {
	db := &DB{dialect: sqlite, patience: 30 * time.Millisecond}
	runs := 0
	assert.NoError(t, db.retry(t.Context(), func() error {
		if runs++; runs < 3 {
			return codeError(5)
		}
		return nil
	}))
	assert.Equal(t, 3, runs)
	err := db.retry(t.Context(), func() error { return codeError(5) })
	assert.ErrorIs(t, err, frontdesk.Unavailable)
	assert.ErrorIs(t, err, codeError(5), "the driver's own error stays in reach")
}

func TestRetryStopsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	db := &DB{dialect: sqlite, patience: time.Minute}
	err := db.retry(ctx, func() error { cancel(); return codeError(5) })
	assert.ErrorIs(t, err, frontdesk.Canceled)
}

func TestRetryDoesNotRepeatWhatIsNotTemporary(t *testing.T) {
	db := &DB{dialect: postgres, patience: time.Minute}
	runs := 0
	err := db.retry(t.Context(), func() error { runs++; return stateError("23505") })
	assert.ErrorIs(t, err, stateError("23505"))
	assert.Equal(t, 1, runs)
}

func TestConnectionsAreMadeFitOnceEach(t *testing.T) {
	var c connections
	for i := range 2 * len(c.fit) {
		assert.False(t, c.known(i))
		c.remember(i)
		assert.True(t, c.known(i))
	}
	assert.False(t, c.known(0), "only the last few are remembered")
}

func TestTimesComeBackAsTheyWere(t *testing.T) {
	for _, at := range []time.Time{{}, time.Unix(0, 0).UTC(), time.Date(1969, 7, 20, 20, 17, 40, 1000, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)} {
		assert.Equal(t, at, moment(micros(at)))
	}
	assert.EqualValues(t, noTime, micros(time.Time{}))
}
