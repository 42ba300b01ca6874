//go:build linux || darwin

package localdir

import "syscall"

// freeSpace is how many bytes may still be written to the file system, if that is known.
func freeSpace(dir string) (uint64, bool) {
	var stat syscall.Statfs_t
	if syscall.Statfs(dir, &stat) != nil {
		return 0, false
	}
	return stat.Bavail * uint64(stat.Bsize), true //nolint:gosec // a block has a size above zero
}
