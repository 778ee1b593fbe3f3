package ledger

import (
	"context"

	"cloudgrid/gridmap"
)

// Begin returns the change set that c becomes on top of head, and the edition
// it publishes, if any. It is Conflict when c was made on another edition.
func Begin(head gridmap.Head, c gridmap.Commit) (gridmap.ChangeSet, *gridmap.Edition, error) {
	if c.At.IsZero() {
		return gridmap.ChangeSet{}, nil, gridmap.Errorf(gridmap.Invalid, "修改没有记录时间 (commit without a time)")
	}
	if err := checkText("修改说明", nil, c.Actor, c.Action, c.Note); err != nil {
		return gridmap.ChangeSet{}, nil, err
	}
	if c.Base != nil && *c.Base != head.Edition {
		return gridmap.ChangeSet{}, nil, gridmap.Errorf(gridmap.Conflict,
			"地图已是第 %d 版, 此修改基于第 %d 版, 请在新版上重做 (based on edition %d, but edition %d is out)",
			head.Edition, *c.Base, *c.Base, head.Edition)
	}
	cs := gridmap.ChangeSet{Seq: head.Seq + 1, At: Trim(c.At), Actor: c.Actor, Action: c.Action, Note: c.Note}
	if c.Edit == nil {
		return cs, nil, nil
	}
	if err := checkText("版次", nil, c.Edit.Name, c.Edit.Note); err != nil {
		return gridmap.ChangeSet{}, nil, err
	}
	cs.Edition = head.Edition + 1
	return cs, &gridmap.Edition{
		Number: cs.Edition, Name: c.Edit.Name, EffectiveAt: Trim(c.Edit.EffectiveAt),
		PublishedAt: cs.At, Seq: cs.Seq, By: c.Actor, Note: c.Edit.Note,
	}, nil
}

// Finish ends the change set cs on top of head: it publishes the edition, if
// there is one, seals the audit behind the last line, which it asks for then, and
// moves the head. A map without its one main network is refused.
func Finish(ctx context.Context, to Filled, head gridmap.Head, cs gridmap.ChangeSet, e *gridmap.Edition, audit []gridmap.AuditEntry,
	lastLine func(context.Context) (gridmap.AuditEntry, error),
) error {
	networks, err := to.Networks(ctx)
	if err != nil {
		return err
	}
	if err := checkMain(networks); err != nil {
		return err
	}
	if e != nil {
		if err := to.AddEditions(ctx, []gridmap.Edition{*e}); err != nil {
			return err
		}
	}
	last, err := lastLine(ctx)
	if err != nil {
		return err
	}
	sealed, err := Seal(audit, cs, last.ID, last.Hash)
	if err != nil {
		return err
	}
	if err := to.AddAudit(ctx, sealed); err != nil {
		return err
	}
	if len(sealed) > 0 {
		last = sealed[len(sealed)-1]
	}
	next, err := to.NextID(ctx)
	if err != nil {
		return err
	}
	return to.SetHead(ctx, after(head, cs), next, last)
}

// after returns where the store stands once cs is in.
func after(head gridmap.Head, cs gridmap.ChangeSet) gridmap.Head {
	return gridmap.Head{Seq: cs.Seq, Edition: max(head.Edition, cs.Edition), At: cs.At}
}

// Seal numbers the audit entries of a change set and chains them to the last
// one there is. An entry without a time or an actor has those of the change
// set.
func Seal(entries []gridmap.AuditEntry, cs gridmap.ChangeSet, lastID int64, lastHash string) ([]gridmap.AuditEntry, error) {
	sealed := make([]gridmap.AuditEntry, len(entries))
	for i, e := range entries {
		if err := checkText("审计记录", nil, e.Actor, e.Action, e.Thing, e.Detail); err != nil {
			return nil, err
		}
		if e.Actor == "" {
			e.Actor = cs.Actor
		}
		if e.At = Trim(e.At); e.At.IsZero() {
			e.At = cs.At
		}
		lastID++
		e.ID, e.Seq, e.Prev = lastID, cs.Seq, lastHash
		e.Hash = gridmap.ChainHash(e)
		lastHash = e.Hash
		sealed[i] = e
	}
	return sealed, nil
}

// CheckLoose complains about audit lines that belong to no change set and do
// not say when, who and what: no change set says it for them.
func CheckLoose(lines []gridmap.AuditEntry) error {
	for _, e := range lines {
		if e.At.IsZero() || e.Actor == "" || e.Action == "" {
			return gridmap.Errorf(gridmap.Invalid, "审计记录缺少时间、操作人或操作 (an audit line without a time, an actor or an action)")
		}
	}
	return nil
}
