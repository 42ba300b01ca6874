package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"

	"github.com/frontdesk-go/frontdesk"
)

// coded gives an error of a query its code. One that has a code keeps it.
func (d dialect) coded(ctx context.Context, err error) error {
	if _, known := errors.AsType[*frontdesk.Error](err); known || err == nil {
		return err
	}
	if ended := ctx.Err(); ended != nil {
		return frontdesk.Errorf(frontdesk.CodeOf(ended), "the database was not waited for: %w", err)
	}
	switch d.faultOf(err) {
	case faultTemporary:
		return frontdesk.Errorf(frontdesk.Unavailable, "the database is busy: %w", err)
	case faultLost:
		return frontdesk.Errorf(frontdesk.Unavailable, "the database cannot be reached: %w", err)
	case faultData:
		return frontdesk.Errorf(frontdesk.Invalid, "the database cannot store this: %w", err)
	}
	return frontdesk.Errorf(frontdesk.Internal, "the database refused a query: %w", err)
}

// committed gives an error of a commit its code: if the connection broke,
// nobody knows whether the transaction is there.
func (d dialect) committed(ctx context.Context, err error) error {
	if err != nil && ctx.Err() == nil && broken(err) {
		return frontdesk.Errorf(frontdesk.OutcomeUnknown, "the connection was lost during the commit: %w", err)
	}
	return d.coded(ctx, err)
}

func (d dialect) faultOf(err error) fault {
	if broken(err) {
		return faultLost
	}
	return d.fault(err)
}

func broken(err error) bool {
	if _, network := errors.AsType[net.Error](err); network {
		return true
	}
	for _, lost := range []error{driver.ErrBadConn, sql.ErrConnDone, io.EOF, io.ErrUnexpectedEOF, net.ErrClosed} {
		if errors.Is(err, lost) {
			return true
		}
	}
	return false
}
