package replica

import (
	"context"

	"cloudgrid/gridmap"
)

// SameHistory is Invalid unless the newest change set that both stores can have
// is the same in both: a standby of another map would answer for this one, and
// nothing else would tell. A store that cannot be read is believed: it is looked
// at again when it can.
func SameHistory(ctx context.Context, primary, standby gridmap.Store) error {
	heads := [2]gridmap.Seq{}
	for i, s := range []gridmap.Store{primary, standby} {
		head, err := headOf(ctx, s)
		if err != nil {
			return ifReadable(err)
		}
		heads[i] = head.Seq
	}
	seq := min(heads[0], heads[1])
	if seq == 0 {
		return nil
	}
	var both [2]gridmap.ChangeSet
	for i, s := range []gridmap.Store{primary, standby} {
		var err error
		if both[i], err = changeSet(ctx, s, seq); err != nil {
			return ifReadable(err)
		}
	}
	if a, b := both[0], both[1]; !a.At.Equal(b.At) || a.Actor != b.Actor || a.Action != b.Action {
		return gridmap.Errorf(gridmap.Invalid, "--store-read 的库不是 --store 那张地图的备库：第 %d 次变更不同 (the database to read from is no standby of this map: change set %d differs)", seq, seq)
	}
	return nil
}

// ifReadable passes over a database that is away.
func ifReadable(err error) error {
	if gridmap.CodeOf(err) == gridmap.Unavailable {
		return nil
	}
	return err
}

func headOf(ctx context.Context, s gridmap.Store) (head gridmap.Head, err error) {
	err = s.View(ctx, func(r gridmap.Reader) error {
		head, err = r.Head(ctx)
		return err
	})
	return head, err
}

// changeSet reads one change set; the zero one where there is none.
func changeSet(ctx context.Context, s gridmap.Store, seq gridmap.Seq) (found gridmap.ChangeSet, err error) {
	err = s.View(ctx, func(r gridmap.Reader) error {
		for cs, err := range r.ChangeSets(ctx, seq-1) {
			if err != nil {
				return err
			}
			found = cs
			break
		}
		return nil
	})
	return found, err
}
