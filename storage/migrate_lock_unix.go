//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package storage

import (
	"errors"
	"os"
	"syscall"

	"github.com/frontdesk-go/frontdesk"
)

// lockManifest keeps a second run out while this one lives.
func lockManifest(f *os.File) error {
	err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return frontdesk.Errorf(frontdesk.FailedPrecondition, "another run uses the manifest")
	}
	return manifestError(err)
}
