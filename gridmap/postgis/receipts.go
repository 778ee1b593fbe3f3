package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
)

var _ gridmap.Receipts = (*Store)(nil)

// PutReceipt implements gridmap.Receipts.
func (s *Store) PutReceipt(ctx context.Context, r gridmap.Receipt) error {
	done, err := s.one().Exec(ctx, "INSERT INTO receipt (id, at, question, answer, edition, seq) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
		r.ID, r.At, r.Question, r.Answer, r.Edition, int64(r.Seq))
	if err != nil {
		return mapError(ctx, s.name, err)
	}
	if done.RowsAffected() == 0 {
		return gridmap.Errorf(gridmap.Conflict, "回执编号已被占用 (the receipt's id is taken)")
	}
	return nil
}

// Receipt implements gridmap.Receipts.
func (s *Store) Receipt(ctx context.Context, id string) (r gridmap.Receipt, err error) {
	err = s.one().QueryRow(ctx, "SELECT id, at, question, answer, edition, seq FROM receipt WHERE id = $1", id).
		Scan(&r.ID, &r.At, &r.Question, &r.Answer, &r.Edition, &r.Seq)
	r.At = r.At.UTC()
	if errors.Is(err, pgx.ErrNoRows) {
		return r, gridmap.Errorf(gridmap.NotFound, "没有这张回执 (no such receipt)")
	}
	return r, mapError(ctx, s.name, err)
}

// PutFeedback implements gridmap.Receipts.
func (s *Store) PutFeedback(ctx context.Context, f gridmap.Feedback) (id int64, err error) {
	if err := f.Check(); err != nil {
		return 0, err
	}
	if _, err := s.Receipt(ctx, f.Receipt); err != nil {
		return 0, err
	}
	err = s.one().QueryRow(ctx, "INSERT INTO feedback (receipt, at, kind, text, place) VALUES ($1, $2, $3, $4, $5) RETURNING id",
		f.Receipt, f.At, string(f.Kind), f.Text, int64(f.Place)).Scan(&id)
	return id, mapError(ctx, s.name, err)
}

// Feedbacks implements gridmap.Receipts.
func (s *Store) Feedbacks(ctx context.Context, all bool, limit int) ([]gridmap.Feedback, error) {
	rows, err := s.one().Query(ctx, "SELECT id, receipt, at, kind, text, place, settled, settled_by, settled_at FROM feedback WHERE $1 OR settled = '' ORDER BY id DESC LIMIT $2", all, limit)
	if err != nil {
		return nil, mapError(ctx, s.name, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f gridmap.Feedback, err error) {
		var settled *time.Time
		err = row.Scan(&f.ID, &f.Receipt, &f.At, &f.Kind, &f.Text, &f.Place, &f.Settled, &f.SettledBy, &settled)
		f.At = f.At.UTC()
		if settled != nil {
			f.SettledAt = settled.UTC()
		}
		return f, err
	})
	return list, mapError(ctx, s.name, err)
}

// SettleFeedback implements gridmap.Receipts.
func (s *Store) SettleFeedback(ctx context.Context, id int64, how, by string, at time.Time) error {
	done, err := s.one().Exec(ctx, "UPDATE feedback SET settled = $1, settled_by = $2, settled_at = $3 WHERE id = $4 AND settled = ''", how, by, at, id)
	if err != nil || done.RowsAffected() > 0 {
		return mapError(ctx, s.name, err)
	}
	var settled string
	err = s.one().QueryRow(ctx, "SELECT settled FROM feedback WHERE id = $1", id).Scan(&settled)
	if errors.Is(err, pgx.ErrNoRows) {
		return gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的反馈 (no such feedback)", id)
	}
	if err != nil {
		return mapError(ctx, s.name, err)
	}
	return gridmap.Errorf(gridmap.Conflict, "反馈 %d 已处理：%s (settled already)", id, settled)
}
