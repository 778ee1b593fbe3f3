package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cloudgrid/gridmap"
)

var _ gridmap.Receipts = (*Store)(nil)

// private is the file beside the map; it is not there when the map came alone
// and is only read.
func (s *Store) private() (*sql.DB, error) {
	if s.app == nil {
		return nil, gridmap.Errorf(gridmap.Unavailable, "没有随地图的私有文件 %s (the private file is not there)", s.appPath)
	}
	return s.app, nil
}

// PutReceipt implements gridmap.Receipts.
func (s *Store) PutReceipt(ctx context.Context, r gridmap.Receipt) error {
	app, err := s.private()
	if err != nil {
		return err
	}
	done, err := app.ExecContext(ctx, "INSERT OR IGNORE INTO receipt (id, at, question, answer, edition, seq) VALUES (?, ?, ?, ?, ?, ?)",
		r.ID, timeText(r.At), r.Question, r.Answer, r.Edition, r.Seq)
	if err != nil {
		return mapError(ctx, s.appPath, err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return gridmap.Errorf(gridmap.Conflict, "回执编号已被占用 (the receipt's id is taken)")
	}
	return nil
}

// Receipt implements gridmap.Receipts.
func (s *Store) Receipt(ctx context.Context, id string) (r gridmap.Receipt, err error) {
	app, err := s.private()
	if err != nil {
		return r, err
	}
	r, err = scanReceipt(app.QueryRowContext(ctx, "SELECT "+receiptColumns+" FROM receipt WHERE id = ?", id))
	if errors.Is(err, sql.ErrNoRows) {
		return r, gridmap.Errorf(gridmap.NotFound, "没有这张回执 (no such receipt)")
	}
	return r, mapError(ctx, s.appPath, err)
}

// PutFeedback implements gridmap.Receipts.
func (s *Store) PutFeedback(ctx context.Context, f gridmap.Feedback) (int64, error) {
	if err := f.Check(); err != nil {
		return 0, err
	}
	if _, err := s.Receipt(ctx, f.Receipt); err != nil {
		return 0, err
	}
	done, err := s.app.ExecContext(ctx, "INSERT INTO feedback (receipt, at, kind, text, place) VALUES (?, ?, ?, ?, ?)",
		f.Receipt, timeText(f.At), f.Kind, f.Text, f.Place)
	if err != nil {
		return 0, mapError(ctx, s.appPath, err)
	}
	id, err := done.LastInsertId()
	return id, mapError(ctx, s.appPath, err)
}

// Feedbacks implements gridmap.Receipts.
func (s *Store) Feedbacks(ctx context.Context, all bool, limit int) ([]gridmap.Feedback, error) {
	app, err := s.private()
	if err != nil {
		return nil, err
	}
	return collect(query(ctx, s.appPath, app, scanFeedback, "SELECT "+feedbackColumns+" FROM feedback WHERE ? OR settled = '' ORDER BY id DESC LIMIT ?", all, limit))
}

// SettleFeedback implements gridmap.Receipts.
func (s *Store) SettleFeedback(ctx context.Context, id int64, how, by string, at time.Time) error {
	app, err := s.private()
	if err != nil {
		return err
	}
	done, err := app.ExecContext(ctx, "UPDATE feedback SET settled = ?, settled_by = ?, settled_at = ? WHERE id = ? AND settled = ''", how, by, timeText(at), id)
	if err != nil {
		return mapError(ctx, s.appPath, err)
	}
	if n, err := done.RowsAffected(); err != nil || n > 0 {
		return mapError(ctx, s.appPath, err)
	}
	var settled string
	err = app.QueryRowContext(ctx, "SELECT settled FROM feedback WHERE id = ?", id).Scan(&settled)
	if errors.Is(err, sql.ErrNoRows) {
		return gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的反馈 (no such feedback)", id)
	}
	if err != nil {
		return mapError(ctx, s.appPath, err)
	}
	return gridmap.Errorf(gridmap.Conflict, "反馈 %d 已处理：%s (settled already)", id, settled)
}
