package ledger

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"iter"

	"cloudgrid/gridmap"
)

// Digest is the content of a store, kind by kind: how many rows, and a
// SHA-256 over them in order, history included. Two stores with equal digests
// hold the same.
type Digest []KindDigest

// KindDigest is one line of a Digest.
type KindDigest struct {
	Kind   string `json:"kind"`
	Rows   int64  `json:"rows"`
	SHA256 string `json:"sha256"`
}

// Same is Internal, naming the first kind that differs, unless got is equal.
func (d Digest) Same(got Digest) error {
	for i, want := range d {
		if i >= len(got) || got[i] != want {
			return gridmap.Errorf(gridmap.Internal, "核对不符: %s 应有 %d 行 (the copy differs in %s)", want.Kind, want.Rows, want.Kind)
		}
	}
	if len(got) > len(d) {
		return gridmap.Errorf(gridmap.Internal, "核对不符: 多出 %s (the copy has more kinds)", got[len(d)].Kind)
	}
	return nil
}

// DigestOf reads everything in an archive.
func DigestOf(ctx context.Context, a gridmap.Archive) (Digest, error) {
	d, all := digester{}, gridmap.Query{All: true}
	one(&d, "head", func() (any, error) { return a.Head(ctx) })
	one(&d, "next_id", func() (any, error) { return a.NextID(ctx) })
	one(&d, "settings", func() (any, error) { return a.Settings(ctx) })
	list(&d, "network", func() ([]gridmap.Network, error) { return a.Networks(ctx) })
	list(&d, "level", func() ([]gridmap.Level, error) { return a.Levels(ctx) })
	list(&d, "role", func() ([]gridmap.Role, error) { return a.Roles(ctx) })
	list(&d, "sizing_profile", func() ([]gridmap.SizingProfile, error) { return a.Profiles(ctx) })
	stream(&d, "grid", a.Grids(ctx, all))
	stream(&d, "atom", a.Atoms(ctx, all))
	stream(&d, "membership", a.Memberships(ctx, all))
	stream(&d, "place", a.Places(ctx, all))
	stream(&d, "person", a.Persons(ctx, all))
	stream(&d, "post", a.Posts(ctx, all))
	stream(&d, "record", a.Records(ctx, all))
	list(&d, "edition", func() ([]gridmap.Edition, error) { return a.Editions(ctx) })
	stream(&d, "change_set", a.ChangeSets(ctx, 0))
	stream(&d, "code", a.Codes(ctx))
	list(&d, "layer", func() ([]gridmap.Layer, error) { return a.Layers(ctx) })
	stream(&d, "layer_row", a.AllLayerRows(ctx))
	stream(&d, "plan", a.AllPlans(ctx))
	stream(&d, "plan_op", a.AllPlanOps(ctx))
	stream(&d, "plan_event", a.AllPlanEvents(ctx))
	stream(&d, "plan_comment", a.AllPlanComments(ctx))
	stream(&d, "audit", a.Audit(ctx, 0))
	stream(&d, "receipt", a.AllReceipts(ctx))
	stream(&d, "feedback", a.AllFeedback(ctx))
	stream(&d, "event", a.AllEvents(ctx))
	stream(&d, "tally", a.AllTallies(ctx))
	stream(&d, "attachment", a.AllAttachments(ctx))
	stream(&d, "account", a.AllAccounts(ctx))
	stream(&d, "account_name", a.AllAccountNames(ctx))
	stream(&d, "api_key", a.AllKeys(ctx))
	return d.out, d.err
}

// digester keeps the first error, after which it does nothing.
type digester struct {
	out Digest
	err error
}

func (d *digester) add(kind string, fill func(row func(any)) error) {
	if d.err != nil {
		return
	}
	line, sum := KindDigest{Kind: kind}, sha256.New()
	enc := json.NewEncoder(sum)
	err := fill(func(v any) {
		line.Rows++
		if err := enc.Encode(v); err != nil && d.err == nil {
			d.err = err
		}
	})
	if err != nil && d.err == nil {
		d.err = err
	}
	line.SHA256 = hex.EncodeToString(sum.Sum(nil))
	d.out = append(d.out, line)
}

func one(d *digester, kind string, get func() (any, error)) {
	d.add(kind, func(row func(any)) error {
		v, err := get()
		row(v)
		return err
	})
}

func list[T any](d *digester, kind string, get func() ([]T, error)) {
	d.add(kind, func(row func(any)) error {
		all, err := get()
		for _, v := range all {
			row(v)
		}
		return err
	})
}

func stream[T any](d *digester, kind string, seq iter.Seq2[T, error]) {
	d.add(kind, func(row func(any)) error {
		for v, err := range seq {
			if err != nil {
				return err
			}
			row(v)
		}
		return nil
	})
}
