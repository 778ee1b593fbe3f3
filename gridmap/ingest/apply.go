package ingest

import (
	"context"
	"slices"
	"time"

	"cloudgrid/gridmap"
)

// apply writes everything within one transaction. What others refer to goes
// first.
func (w *writes) apply(ctx context.Context, to gridmap.Writer, from time.Time) error {
	w = w.clone() // a store may run a transaction again, from the start
	if err := w.number(ctx, to); err != nil {
		return err
	}
	if w.network != nil {
		if err := to.PutNetwork(ctx, *w.network); err != nil {
			return err
		}
	}
	if len(w.levels) > 0 {
		if err := to.PutLevels(ctx, w.levels[0].Network, w.levels); err != nil {
			return err
		}
	}
	for _, r := range w.roles {
		if err := to.PutRole(ctx, r); err != nil {
			return err
		}
	}
	for _, step := range []func() error{
		func() error { return put(ctx, w.grids, to.PutGrids) },
		func() error { return to.EndAtoms(ctx, from, w.ended...) },
		func() error { return put(ctx, w.atoms, to.PutAtoms) },
		func() error { return put(ctx, w.members, to.PutMemberships) },
		func() error { return put(ctx, w.places, to.PutPlaces) },
		func() error { return put(ctx, w.persons, to.PutPersons) },
		func() error { return put(ctx, w.posts, to.PutPosts) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (w *writes) clone() *writes {
	c := *w
	c.grids, c.atoms, c.members = slices.Clone(w.grids), slices.Clone(w.atoms), slices.Clone(w.members)
	c.places, c.persons, c.posts = slices.Clone(w.places), slices.Clone(w.persons), slices.Clone(w.posts)
	return &c
}

func put[T any](ctx context.Context, values []T, to func(context.Context, ...T) error) error {
	if len(values) == 0 {
		return nil
	}
	return to(ctx, values...)
}

func (w *writes) empty() bool {
	return w.network == nil && len(w.levels)+len(w.roles)+len(w.grids)+len(w.atoms)+len(w.members)+len(w.ended)+
		len(w.places)+len(w.persons)+len(w.posts) == 0
}

// number gives new things their identities: -1 becomes the first reserved, -2
// the next, wherever it is referred to.
func (w *writes) number(ctx context.Context, to gridmap.Writer) error {
	if w.fresh == 0 {
		return nil
	}
	first, err := to.NewIDs(ctx, int(w.fresh))
	if err != nil {
		return err
	}
	for i := range w.grids {
		fix(first, &w.grids[i].ID)
		fix(first, &w.grids[i].Parent)
	}
	for i := range w.atoms {
		fix(first, &w.atoms[i].ID)
	}
	for i := range w.members {
		fix(first, &w.members[i].Atom)
		fix(first, &w.members[i].Grid)
	}
	for i := range w.places {
		fix(first, &w.places[i].ID)
		fix(first, &w.places[i].Parent)
	}
	for i := range w.persons {
		fix(first, &w.persons[i].ID)
	}
	for i := range w.posts {
		fix(first, &w.posts[i].ID)
		fix(first, &w.posts[i].Grid)
		fix(first, &w.posts[i].Person)
	}
	return nil
}

func fix[ID ~int64](first int64, id *ID) {
	if *id < 0 {
		*id = ID(first - 1 - int64(*id))
	}
}
