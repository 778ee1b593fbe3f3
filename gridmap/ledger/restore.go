package ledger

import (
	"context"
	"iter"

	"cloudgrid/gridmap"
)

// Raw is what a store offers, inside one transaction, to be filled as it is
// told, without rules.
type Raw interface {
	SetHead(ctx context.Context, h gridmap.Head, nextID int64, lastAudit gridmap.AuditEntry) error
	AddChangeSets(ctx context.Context, c []gridmap.ChangeSet) error
	AddEditions(ctx context.Context, e []gridmap.Edition) error
	AddAudit(ctx context.Context, e []gridmap.AuditEntry) error
	AddCodes(ctx context.Context, c []gridmap.CodeOwner) error

	AddPlans(ctx context.Context, p []gridmap.Plan) error
	AddPlanOps(ctx context.Context, o []gridmap.PlanOp) error
	AddPlanEvents(ctx context.Context, e []gridmap.PlanEvent) error
	AddPlanComments(ctx context.Context, c []gridmap.PlanComment) error

	AddLayers(ctx context.Context, l []gridmap.Layer) error
	AddLayerRows(ctx context.Context, rows []gridmap.LayerRow) error

	RawPrivate
}

// Filled is a store that is being restored, as its transaction sees it.
type Filled interface {
	gridmap.Archive
	gridmap.Writer
	Raw
}

// Restore copies everything from an archive into the empty store behind to, and
// then reads both to compare them: Conflict when the store is not empty,
// Internal when the two differ. The caller commits only if there is no error.
func Restore(ctx context.Context, from gridmap.Archive, to Filled, t Tables) error {
	if err := mustBeEmpty(ctx, to); err != nil {
		return err
	}
	if err := restoreMap(ctx, from, to, t, to); err != nil {
		return err
	}
	if err := restorePrivate(ctx, from, to); err != nil {
		return err
	}
	want, err := DigestOf(ctx, from)
	if err != nil {
		return err
	}
	got, err := DigestOf(ctx, to)
	if err != nil {
		return err
	}
	return want.Same(got)
}

func restoreMap(ctx context.Context, from gridmap.Archive, w gridmap.Writer, t Tables, raw Raw) error {
	head, err := from.Head(ctx)
	if err != nil {
		return err
	}
	next, err := from.NextID(ctx)
	if err != nil {
		return err
	}
	last, err := from.LastAudit(ctx)
	if err != nil {
		return err
	}
	if err := inBatches(ctx, from.ChangeSets(ctx, 0), raw.AddChangeSets); err != nil {
		return err
	}
	if err := raw.SetHead(ctx, head, next, last); err != nil {
		return err
	}
	editions, err := from.Editions(ctx)
	if err != nil {
		return err
	}
	if err := raw.AddEditions(ctx, editions); err != nil {
		return err
	}
	if err := CopyConfig(ctx, from, w); err != nil {
		return err
	}
	if err := restoreVersions(ctx, from, t); err != nil {
		return err
	}
	if err := t.Rest.Settle(ctx); err != nil {
		return err
	}
	if err := inBatches(ctx, from.Codes(ctx), raw.AddCodes); err != nil {
		return err
	}
	if err := restorePlans(ctx, from, raw); err != nil {
		return err
	}
	if err := restoreLayers(ctx, from, raw); err != nil {
		return err
	}
	return inBatches(ctx, from.Audit(ctx, 0), raw.AddAudit)
}

func restorePlans(ctx context.Context, from gridmap.Archive, raw Raw) error {
	if err := inBatches(ctx, from.AllPlans(ctx), raw.AddPlans); err != nil {
		return err
	}
	if err := inBatches(ctx, from.AllPlanOps(ctx), raw.AddPlanOps); err != nil {
		return err
	}
	if err := inBatches(ctx, from.AllPlanEvents(ctx), raw.AddPlanEvents); err != nil {
		return err
	}
	return inBatches(ctx, from.AllPlanComments(ctx), raw.AddPlanComments)
}

// CopyConfig copies what is configured rather than versioned: settings,
// networks with their levels, roles, sizing profiles.
func CopyConfig(ctx context.Context, from gridmap.Reader, w gridmap.Writer) error {
	settings, err := from.Settings(ctx)
	if err != nil {
		return err
	}
	if err := w.PutSettings(ctx, settings); err != nil {
		return err
	}
	networks, err := from.Networks(ctx)
	if err != nil {
		return err
	}
	levels, err := from.Levels(ctx)
	if err != nil {
		return err
	}
	for _, n := range networks {
		if err := w.PutNetwork(ctx, n); err != nil {
			return err
		}
		var own []gridmap.Level
		for _, l := range levels {
			if l.Network == n.ID {
				own = append(own, l)
			}
		}
		if err := w.PutLevels(ctx, n.ID, own); err != nil {
			return err
		}
	}
	roles, err := from.Roles(ctx)
	if err != nil {
		return err
	}
	for _, r := range roles {
		if err := w.PutRole(ctx, r); err != nil {
			return err
		}
	}
	profiles, err := from.Profiles(ctx)
	if err != nil {
		return err
	}
	for _, p := range profiles {
		if err := w.PutProfile(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

func restoreVersions(ctx context.Context, from gridmap.Archive, t Tables) error {
	all := gridmap.Query{All: true}
	if err := inBatches(ctx, from.Grids(ctx, all), insertInto(t.Grids)); err != nil {
		return err
	}
	if err := inBatches(ctx, from.Atoms(ctx, all), insertInto(t.Atoms)); err != nil {
		return err
	}
	if err := inBatches(ctx, from.Memberships(ctx, all), insertInto(t.Members)); err != nil {
		return err
	}
	if err := inBatches(ctx, from.Places(ctx, all), insertInto(t.Places)); err != nil {
		return err
	}
	if err := inBatches(ctx, from.Persons(ctx, all), insertInto(t.Persons)); err != nil {
		return err
	}
	if err := inBatches(ctx, from.Posts(ctx, all), insertInto(t.Posts)); err != nil {
		return err
	}
	return inBatches(ctx, from.Records(ctx, all), insertInto(t.Records))
}

func insertInto[T any](t Table[T]) func(context.Context, []T) error {
	return func(ctx context.Context, values []T) error {
		return t.Write(ctx, Change[T]{Insert: values})
	}
}

// inBatches hands a sequence on in slices.
func inBatches[T any](ctx context.Context, seq iter.Seq2[T, error], add func(context.Context, []T) error) error {
	return inBatchesOf(ctx, batch, seq, add)
}

func inBatchesOf[T any](ctx context.Context, size int, seq iter.Seq2[T, error], add func(context.Context, []T) error) error {
	part := make([]T, 0, size)
	for v, err := range seq {
		if err != nil {
			return err
		}
		if part = append(part, v); len(part) == size {
			if err := add(ctx, part); err != nil {
				return err
			}
			part = part[:0]
		}
	}
	if len(part) == 0 {
		return nil
	}
	return add(ctx, part)
}
