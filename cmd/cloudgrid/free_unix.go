//go:build unix

package main

import "syscall"

// freeBytes is how much an ordinary user may still write in a folder.
func freeBytes(folder string) (n int64, ok bool) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(folder, &s); err != nil {
		return 0, false
	}
	return int64(s.Bavail) * int64(s.Bsize), true //nolint:unconvert // their types differ between systems
}
