//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package storage

import "os"

// lockManifest can keep nobody out here.
func lockManifest(*os.File) error { return nil }
