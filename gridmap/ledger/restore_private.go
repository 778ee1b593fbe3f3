package ledger

import (
	"context"

	"cloudgrid/gridmap"
)

// RawPrivate is Raw for what is kept beside the map.
type RawPrivate interface {
	AddReceipts(ctx context.Context, r []gridmap.Receipt) error
	AddFeedback(ctx context.Context, f []gridmap.Feedback) error
	AddEvents(ctx context.Context, e []gridmap.Event) error
	AddTallies(ctx context.Context, t []gridmap.KindTally) error
	AddAttachments(ctx context.Context, a []gridmap.Attachment) error
	AddAccounts(ctx context.Context, a []gridmap.Account) error
	AddAccountNames(ctx context.Context, n []gridmap.AccountName) error
	AddKeys(ctx context.Context, k []gridmap.Key) error
}

// attachmentsAtOnce bounds the memory that attachments take on their way.
const attachmentsAtOnce = 8

func restorePrivate(ctx context.Context, from gridmap.PrivateArchive, to RawPrivate) error {
	if err := inBatches(ctx, from.AllReceipts(ctx), to.AddReceipts); err != nil {
		return err
	}
	if err := inBatches(ctx, from.AllFeedback(ctx), to.AddFeedback); err != nil {
		return err
	}
	if err := inBatches(ctx, from.AllEvents(ctx), to.AddEvents); err != nil {
		return err
	}
	if err := inBatches(ctx, from.AllTallies(ctx), to.AddTallies); err != nil {
		return err
	}
	if err := inBatchesOf(ctx, attachmentsAtOnce, from.AllAttachments(ctx), to.AddAttachments); err != nil {
		return err
	}
	if err := inBatches(ctx, from.AllAccounts(ctx), to.AddAccounts); err != nil {
		return err
	}
	if err := inBatches(ctx, from.AllAccountNames(ctx), to.AddAccountNames); err != nil {
		return err
	}
	return inBatches(ctx, from.AllKeys(ctx), to.AddKeys)
}

// mustBeEmpty is Conflict for a store that has had a change set, keeps an audit
// line, or anything private.
func mustBeEmpty(ctx context.Context, to gridmap.Archive) error {
	head, err := to.Head(ctx)
	if err != nil {
		return err
	}
	last, err := to.LastAudit(ctx)
	if err != nil {
		return err
	}
	if head.Seq != 0 || last.ID != 0 {
		return notEmpty()
	}
	for _, some := range []func() (bool, error){
		func() (bool, error) { return anyOf(to.AllReceipts(ctx)) },
		func() (bool, error) { return anyOf(to.AllEvents(ctx)) },
		func() (bool, error) { return anyOf(to.AllTallies(ctx)) },
		func() (bool, error) { return anyOf(to.AllAttachments(ctx)) },
		func() (bool, error) { return anyOf(to.AllAccounts(ctx)) },
		func() (bool, error) { return anyOf(to.AllKeys(ctx)) },
		func() (bool, error) { return anyOf(to.AllPlans(ctx)) },
	} {
		if there, err := some(); err != nil {
			return err
		} else if there {
			return notEmpty()
		}
	}
	return nil
}

func notEmpty() error {
	return gridmap.Errorf(gridmap.Conflict, "目标存储已有内容, 不能覆盖 (the store is not empty)")
}

func anyOf[T any](seq func(func(T, error) bool)) (there bool, err error) {
	for _, e := range seq {
		return e == nil, e
	}
	return false, nil
}
