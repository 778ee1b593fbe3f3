package backdrop

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"cloudgrid/gridmap"
)

// Keeper knows the layers of a store and keeps knowing them: it follows the
// store's changes, whoever makes them. When the store cannot be reached it
// answers from what it has.
type Keeper struct {
	store   gridmap.Store
	log     *slog.Logger
	current atomic.Pointer[state]
}

type state struct {
	seq    gridmap.Seq
	layers []*Layer // by name
}

// lookEvery is how often the store is asked although it told of no change: a
// store that cannot be reached tells nothing.
const lookEvery = 10 * time.Second

// NewKeeper lists the store's layers.
func NewKeeper(ctx context.Context, store gridmap.Store, log *slog.Logger) (*Keeper, error) {
	k := &Keeper{store: store, log: log}
	k.current.Store(&state{seq: -1})
	return k, k.Refresh(ctx)
}

// Layers lists the layers by name.
func (k *Keeper) Layers() []*Layer { return k.current.Load().layers }

// Layer finds a layer; NotFound when there is none.
func (k *Keeper) Layer(name string) (*Layer, error) {
	all := k.Layers()
	i, found := slices.BinarySearchFunc(all, name, func(l *Layer, name string) int { return strings.Compare(l.Name, name) })
	if !found {
		return nil, gridmap.Errorf(gridmap.NotFound, "没有图层 %q (no such layer)", name)
	}
	return all[i], nil
}

// Refresh takes up the store's present layers. Those that are as they were stay
// in memory.
func (k *Keeper) Refresh(ctx context.Context) error {
	was := k.current.Load()
	var now *state
	err := k.store.View(ctx, func(r gridmap.Reader) error {
		head, err := r.Head(ctx)
		if err != nil || head.Seq == was.seq {
			return err
		}
		list, err := r.Layers(ctx)
		now = &state{seq: head.Seq, layers: k.taken(was, list)}
		return err
	})
	if err == nil && now != nil {
		k.current.Store(now)
	}
	return err
}

func (k *Keeper) taken(was *state, list []gridmap.Layer) []*Layer {
	layers := make([]*Layer, len(list))
	for i, l := range list {
		if j := slices.IndexFunc(was.layers, func(old *Layer) bool { return old.Layer == l }); j >= 0 {
			layers[i] = was.layers[j]
		} else {
			layers[i] = &Layer{Layer: l, store: k.store}
		}
	}
	return layers
}

// Run keeps the layers fresh until ctx ends, and reads them in advance, so that
// the first who looks does not wait, and the store may be away later.
func (k *Keeper) Run(ctx context.Context) {
	changes := k.store.Changes(ctx)
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		k.warm(ctx)
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		case _, open := <-changes:
			if !open {
				return
			}
		}
		if err := k.Refresh(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn("the reference layers could not be refreshed", "error", err)
		}
	}
}

func (k *Keeper) warm(ctx context.Context) {
	for _, l := range k.Layers() {
		if _, err := l.Features(ctx); err != nil && ctx.Err() == nil {
			k.log.Warn("a reference layer could not be read", "layer", l.Name, "error", err)
		}
	}
}
