package localdir

import (
	"errors"
	"io/fs"
	"syscall"

	"github.com/frontdesk-go/frontdesk"
)

// failed gives an error of the file system its code. The paths that its text tells are
// for logs.
func (s *Store) failed(err error) error {
	switch {
	case err == nil, frontdesk.CodeOf(err) != frontdesk.Unknown:
		return err
	case s.escapes != nil && errors.Is(err, s.escapes):
		return frontdesk.Errorf(frontdesk.Invalid, "a link leads out of the directory: %w", err)
	case errors.Is(err, fs.ErrNotExist):
		return frontdesk.Errorf(frontdesk.NotFound, "it is not there: %w", err)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return frontdesk.Errorf(frontdesk.PermissionDenied, "the directory does not allow it: %w", err)
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return frontdesk.Errorf(frontdesk.QuotaExceeded, "the disk is full: %w", err)
	}
	return frontdesk.Errorf(frontdesk.Unavailable, "the directory does not answer: %w", err)
}
