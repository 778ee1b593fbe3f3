package main

import (
	"os"
	"path/filepath"
	"testing"

	"cloudgrid/gridmap"
)

func TestTheFolderForImportsIsThisUsersAlone(t *testing.T) {
	base := t.TempDir()
	fresh := filepath.Join(base, "deep", "incoming")
	for range 2 { // made, then found
		if dir, err := privateFolder(fresh); err != nil || dir != fresh {
			t.Errorf("%s: %v", dir, err)
		}
	}
	if info, err := os.Stat(fresh); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info, err)
	}
	open, link, file := filepath.Join(base, "open"), filepath.Join(base, "link"), filepath.Join(base, "file")
	if err := os.Mkdir(open, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(open, 0o755); err != nil { //nolint:gosec // what is refused
		t.Fatal(err)
	}
	if err := os.Symlink(fresh, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{open, link, file} {
		if _, err := privateFolder(dir); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%s was taken: %v", filepath.Base(dir), err)
		}
	}
}
