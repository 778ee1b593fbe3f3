package replica

import (
	"context"

	"cloudgrid/gridmap"
)

// A plan is decided upon by what the primary says. What it is based on must be
// there before the map is read for it: the standbys may not have it yet.

// Plan implements gridmap.Plans.
func (s *Store) Plan(ctx context.Context, id gridmap.PlanID) (gridmap.Plan, error) {
	p, err := s.Whole.Plan(ctx, id)
	if err == nil {
		s.raise(p.BaseSeq)
	}
	return p, err
}

// ListPlans implements gridmap.Plans.
func (s *Store) ListPlans(ctx context.Context) ([]gridmap.Plan, error) {
	all, err := s.Whole.ListPlans(ctx)
	for _, p := range all {
		s.raise(p.BaseSeq)
	}
	return all, err
}

// orStandby asks the primary and, while it is away, the standbys: who is signed
// in stays so.
func orStandby[T any](s *Store, ask func(Whole) (T, error)) (T, error) {
	v, err := ask(s.Whole)
	if gridmap.CodeOf(err) != gridmap.Unavailable {
		return v, err
	}
	for _, b := range s.standbys {
		if w, err := ask(b.Store); gridmap.CodeOf(err) != gridmap.Unavailable {
			return w, err
		}
	}
	return v, err
}

// Account implements gridmap.Accounts.
func (s *Store) Account(ctx context.Context, id gridmap.AccountID) (gridmap.Account, error) {
	return orStandby(s, func(w Whole) (gridmap.Account, error) { return w.Account(ctx, id) })
}

// AccountNamed implements gridmap.Accounts.
func (s *Store) AccountNamed(ctx context.Context, name string) (gridmap.Account, error) {
	return orStandby(s, func(w Whole) (gridmap.Account, error) { return w.AccountNamed(ctx, name) })
}

// AccountOf implements gridmap.Accounts.
func (s *Store) AccountOf(ctx context.Context, subject string) (gridmap.Account, error) {
	return orStandby(s, func(w Whole) (gridmap.Account, error) { return w.AccountOf(ctx, subject) })
}

// ListAccounts implements gridmap.Accounts.
func (s *Store) ListAccounts(ctx context.Context) ([]gridmap.Account, error) {
	return orStandby(s, func(w Whole) ([]gridmap.Account, error) { return w.ListAccounts(ctx) })
}

// Key implements gridmap.Accounts.
func (s *Store) Key(ctx context.Context, id string) (gridmap.Key, error) {
	return orStandby(s, func(w Whole) (gridmap.Key, error) { return w.Key(ctx, id) })
}

// Session implements gridmap.Accounts.
func (s *Store) Session(ctx context.Context, hash []byte) (gridmap.Session, error) {
	return orStandby(s, func(w Whole) (gridmap.Session, error) { return w.Session(ctx, hash) })
}

// Receipt implements gridmap.Receipts.
func (s *Store) Receipt(ctx context.Context, id string) (gridmap.Receipt, error) {
	return orStandby(s, func(w Whole) (gridmap.Receipt, error) { return w.Receipt(ctx, id) })
}

// Attachment implements gridmap.Journal.
func (s *Store) Attachment(ctx context.Context, id string) (gridmap.Attachment, error) {
	return orStandby(s, func(w Whole) (gridmap.Attachment, error) { return w.Attachment(ctx, id) })
}
