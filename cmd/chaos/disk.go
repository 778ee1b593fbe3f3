package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"cloudgrid/cmd/chaos/cluster"
)

// Sizes of the small disks, in MiB: what the store needs, and room for a while.
const (
	fileDiskMiB     = 48
	databaseDiskMiB = 256
)

// storeFull is how readiness names a store without room.
const storeFull = "store_full"

// disk is a small file system in memory that can be filled.
type disk struct{ dir string }

// newDisk mounts one; it is gone with the scenario. Only root may.
func (l *lab) newDisk(mib int) (disk, error) {
	dir, err := l.folder()
	if err != nil {
		return disk{}, err
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("size=%dm,mode=755", mib)); err != nil {
		return disk{}, fmt.Errorf("mounting a small disk needs root: %w", err)
	}
	l.later(func() {
		if syscall.Unmount(dir, 0) != nil {
			_ = syscall.Unmount(dir, syscall.MNT_DETACH)
		}
	})
	return disk{dir}, nil
}

func (d disk) filler() string { return filepath.Join(d.dir, "filler") }

// fill takes all the room that is left.
func (d disk) fill(context.Context) error {
	f, err := os.OpenFile(d.filler(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	for _, piece := range []int{1 << 20, 4 << 10, 1} { // to the last page
		for b := make([]byte, piece); err == nil; {
			_, err = f.Write(b)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			break
		}
		err = nil
	}
	return errors.Join(err, f.Close())
}

// free gives the room back.
func (d disk) free(context.Context) error { return os.Remove(d.filler()) }

func diskFullGeoPackage(ctx context.Context, l *lab, r *report) error {
	d, err := l.newDisk(fileDiskMiB)
	if err != nil {
		return err
	}
	store, err := l.demoFile(ctx, d.dir)
	if err != nil {
		return err
	}
	s, err := l.serve(ctx, store)
	if err != nil {
		return err
	}
	if err := l.under(ctx, r, s, fault{breakIt: d.fill, mend: d.free, names: []string{storeFull}, away: true}); err != nil {
		return err
	}
	s.kill()
	return l.sound(ctx, r, store)
}

// diskFullPostGIS fills the disk under data and log of the database. When that
// cannot write its log it ends itself, and somebody must start it: here, as a
// service manager would, once there is room.
func diskFullPostGIS(ctx context.Context, l *lab, r *report) error {
	d, err := l.newDisk(databaseDiskMiB)
	if err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "chmod", "777", d.dir).CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	db, err := l.database(ctx, cluster.Options{Dir: filepath.Join(d.dir, "pg"), Settings: map[string]string{"min_wal_size": "32MB", "max_wal_size": "64MB"}})
	if err != nil {
		return err
	}
	s, err := l.serve(ctx, db.DSN())
	if err != nil {
		return err
	}
	restarted := false
	err = l.under(ctx, r, s, fault{
		breakIt: d.fill, names: []string{storeFull, storeAway}, away: true,
		mend: func(ctx context.Context) error {
			if err := d.free(ctx); err != nil {
				return err
			}
			if _, err := db.Query(ctx, "SELECT 1"); err == nil {
				return nil
			}
			restarted = true
			_ = db.Stop(ctx, cluster.Immediate) // it may hang in recovery
			return db.Run(ctx)
		},
	})
	if err != nil {
		return err
	}
	r.note("数据库自行退出并被重新启动", "the database ended itself and was started again", fmt.Sprint(restarted))
	s.kill()
	return l.sound(ctx, r, db.DSN())
}
