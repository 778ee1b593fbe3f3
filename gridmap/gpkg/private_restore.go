package gpkg

import (
	"context"
	"database/sql"
	"strings"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

// addPrivate inserts rows into a table of the private file that is being
// filled.
func addPrivate[T any](ctx context.Context, w *writer, table, columns string, values []T, bind func(T) []any) error {
	text := "INSERT INTO " + table + " (" + columns + ") VALUES (?" + strings.Repeat(", ?", strings.Count(columns, ",")) + ")"
	stmt, err := w.filling.PrepareContext(ctx, text)
	if err != nil {
		return mapError(ctx, w.store.appPath, err)
	}
	defer func() { _ = stmt.Close() }()
	for _, v := range values {
		if _, err := stmt.ExecContext(context.WithoutCancel(ctx), bind(v)...); err != nil {
			return mapError(ctx, w.store.appPath, err)
		}
	}
	return nil
}

// AddReceipts implements ledger.RawPrivate.
func (w *writer) AddReceipts(ctx context.Context, receipts []gridmap.Receipt) error {
	return addPrivate(ctx, w, "receipt", receiptColumns, receipts, func(r gridmap.Receipt) []any {
		return []any{r.ID, timeText(r.At), r.Question, r.Answer, r.Edition, int64(r.Seq)}
	})
}

// AddFeedback implements ledger.RawPrivate.
func (w *writer) AddFeedback(ctx context.Context, feedback []gridmap.Feedback) error {
	return addPrivate(ctx, w, "feedback", feedbackColumns, feedback, func(f gridmap.Feedback) []any {
		return []any{f.ID, f.Receipt, timeText(f.At), string(f.Kind), f.Text, int64(f.Place), f.Settled, f.SettledBy, timeText(f.SettledAt)}
	})
}

// AddEvents implements ledger.RawPrivate.
func (w *writer) AddEvents(ctx context.Context, events []gridmap.Event) error {
	return addPrivate(ctx, w, "event", happeningColumns, events, func(e gridmap.Event) []any {
		return []any{e.ID, timeText(e.At), e.Actor, e.Kind, e.Key, int64(e.Grid), string(e.Body)}
	})
}

// AddTallies implements ledger.RawPrivate.
func (w *writer) AddTallies(ctx context.Context, tallies []gridmap.KindTally) error {
	return addPrivate(ctx, w, "tally", tallyColumns, tallies, func(c gridmap.KindTally) []any {
		return []any{c.Kind, c.Key, c.Day.UTC().Format(time.DateOnly), c.N}
	})
}

// AddAttachments implements ledger.RawPrivate.
func (w *writer) AddAttachments(ctx context.Context, files []gridmap.Attachment) error {
	return addPrivate(ctx, w, "attachment", attachmentColumns, files, func(a gridmap.Attachment) []any {
		return []any{a.ID, timeText(a.At), a.Actor, a.Type, a.Data}
	})
}

// AddAccounts implements ledger.RawPrivate.
func (w *writer) AddAccounts(ctx context.Context, accounts []gridmap.Account) error {
	const columns = "id, name, title, person, password, subject, grants, disabled, failures, locked_till, created_at, changed_at, version"
	return addPrivate(ctx, w, "account", columns, accounts, func(a gridmap.Account) []any {
		return []any{
			int64(a.ID), a.Name, a.Title, int64(a.Person), a.Password, ledger.NullText(a.Subject), ledger.JSON(a.Grants), a.Disabled, a.Failures,
			timeText(a.LockedTill), timeText(a.CreatedAt), timeText(a.ChangedAt), a.Version,
		}
	})
}

// AddAccountNames implements ledger.RawPrivate.
func (w *writer) AddAccountNames(ctx context.Context, names []gridmap.AccountName) error {
	return addPrivate(ctx, w, "account_name", "name, account", names, func(n gridmap.AccountName) []any { return []any{n.Name, int64(n.Account)} })
}

// AddKeys implements ledger.RawPrivate.
func (w *writer) AddKeys(ctx context.Context, keys []gridmap.Key) error {
	return addPrivate(ctx, w, "api_key", keyColumns, keys, func(k gridmap.Key) []any {
		return []any{
			k.ID, k.Hash, k.Label, ledger.JSON(k.Grants), k.PerMinute, k.CreatedBy,
			timeText(k.CreatedAt), timeText(k.ExpiresAt), timeText(k.RevokedAt), timeText(k.UsedAt),
		}
	})
}

// clearPrivate takes back what a restore put into the private file, which was
// empty before.
func (s *Store) clearPrivate(ctx context.Context) error {
	return s.inPrivate(ctx, func(conn *sql.Conn) error {
		for _, table := range []string{"feedback", "receipt", "event", "tally", "attachment", "session", "account_name", "account", "api_key"} {
			if _, err := conn.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		return nil
	})
}
