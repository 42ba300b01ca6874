//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package storage

import (
	"errors"
	"os"
	"syscall"
)

// lockFile locks the file until it is closed, and reports whether nobody else had.
func lockFile(f *os.File) (locked bool, err error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return false, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		failed = syscall.Flock(int(fd), syscall.LOCK_EX|syscall.LOCK_NB)
	})
	if errors.Is(failed, syscall.EWOULDBLOCK) {
		return false, nil
	}
	return err == nil && failed == nil, errors.Join(err, failed)
}
