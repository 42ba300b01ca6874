//go:build !linux && !darwin

package localdir

// freeSpace is not known here.
func freeSpace(string) (uint64, bool) { return 0, false }
