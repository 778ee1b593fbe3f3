package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/web/auth"
	"cloudgrid/web/fresh"
	"cloudgrid/web/imports"
)

// importDesk is the wizard that takes files; nil where nobody may change
// anything.
func importDesk(s gridmap.Store, keeper *atlas.Keeper, dir string, mode auth.Mode) (*imports.Service, error) {
	if mode == auth.Nobody {
		return nil, nil //nolint:nilnil // nobody to take files from is no error
	}
	dir, err := privateFolder(dir)
	if err != nil {
		return nil, err
	}
	return imports.New(imports.Config{Store: fresh.Settled(s, keeper), Maps: keeper, Dir: dir}), nil
}

// privateFolder returns a folder that only this user can look into: the one
// asked for, made where it is not there, or one among the temporary files.
func privateFolder(asked string) (string, error) {
	dir := asked
	if dir == "" {
		dir = filepath.Join(os.TempDir(), fmt.Sprintf("cloudgrid-imports-%d", os.Getuid()))
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o700); err != nil {
		return "", err
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !os.IsExist(err) {
		return "", gridmap.Errorf(gridmap.Invalid, "导入用的文件夹 %s 建不了 (cannot be made): %w", dir, err)
	}
	info, err := os.Lstat(dir) // among temporary files somebody else may have put a link there first
	if err != nil {
		return "", err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !info.IsDir() || !ok || int(owner.Uid) != os.Getuid() || info.Mode().Perm()&0o077 != 0 {
		return "", gridmap.Errorf(gridmap.Invalid, "文件夹 %s 不是本用户私有的；请用 --import-dir 另选 (not a private folder of this user's: say --import-dir)", dir)
	}
	return dir, nil
}
