package postgis

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

const (
	receiptColumns    = "id, at, question, answer, edition, seq"
	feedbackColumns   = "id, receipt, at, kind, text, place, settled, settled_by, settled_at"
	happeningColumns  = "id, at, actor, kind, key, grid, body"
	tallyColumns      = "kind, key, day, n"
	attachmentColumns = "id, at, actor, type, data"
	accountAll        = "id, name, title, person, password, subject, grants, disabled, failures, locked_till, created_at, changed_at, version"
)

// AllReceipts implements gridmap.PrivateArchive.
func (r *reader) AllReceipts(ctx context.Context) iter.Seq2[gridmap.Receipt, error] {
	return query(ctx, r, func(rows pgx.Rows) (v gridmap.Receipt, err error) {
		var at nullTime
		err = rows.Scan(&v.ID, &at, &v.Question, &v.Answer, &v.Edition, &v.Seq)
		v.At = at.Time
		return v, err
	}, "SELECT "+receiptColumns+` FROM receipt ORDER BY id COLLATE "C"`)
}

// AllFeedback implements gridmap.PrivateArchive.
func (r *reader) AllFeedback(ctx context.Context) iter.Seq2[gridmap.Feedback, error] {
	return query(ctx, r, func(rows pgx.Rows) (f gridmap.Feedback, err error) {
		var at, settled nullTime
		err = rows.Scan(&f.ID, &f.Receipt, &at, &f.Kind, &f.Text, &f.Place, &f.Settled, &f.SettledBy, &settled)
		f.At, f.SettledAt = at.Time, settled.Time
		return f, err
	}, "SELECT "+feedbackColumns+" FROM feedback ORDER BY id")
}

// AllEvents implements gridmap.PrivateArchive.
func (r *reader) AllEvents(ctx context.Context) iter.Seq2[gridmap.Event, error] {
	return query(ctx, r, func(rows pgx.Rows) (e gridmap.Event, err error) {
		var at nullTime
		var body string
		err = rows.Scan(&e.ID, &at, &e.Actor, &e.Kind, &e.Key, &e.Grid, &body)
		if e.At = at.Time; body != "" {
			e.Body = []byte(body)
		}
		return e, err
	}, "SELECT "+happeningColumns+" FROM event ORDER BY id")
}

// AllTallies implements gridmap.PrivateArchive.
func (r *reader) AllTallies(ctx context.Context) iter.Seq2[gridmap.KindTally, error] {
	return query(ctx, r, func(rows pgx.Rows) (c gridmap.KindTally, err error) {
		err = rows.Scan(&c.Kind, &c.Key, &c.Day, &c.N)
		return c, err
	}, "SELECT "+tallyColumns+` FROM tally ORDER BY kind COLLATE "C", key COLLATE "C", day`)
}

// AllAttachments implements gridmap.PrivateArchive. They are fetched one by
// one: a batch of them would not fit into memory.
func (r *reader) AllAttachments(ctx context.Context) iter.Seq2[gridmap.Attachment, error] {
	ids := query(ctx, r, func(rows pgx.Rows) (id string, err error) {
		err = rows.Scan(&id)
		return id, err
	}, `SELECT id FROM attachment ORDER BY id COLLATE "C"`)
	return func(yield func(gridmap.Attachment, error) bool) {
		for id, err := range ids {
			var a gridmap.Attachment
			if err == nil {
				var at nullTime
				err = mapError(ctx, r.store.name, r.tx.QueryRow(ctx, "SELECT "+attachmentColumns+" FROM attachment WHERE id = $1", id).
					Scan(&a.ID, &at, &a.Actor, &a.Type, &a.Data))
				a.At = at.Time
			}
			if !yield(a, err) || err != nil {
				return
			}
		}
	}
}

// AllAccounts implements gridmap.PrivateArchive.
func (r *reader) AllAccounts(ctx context.Context) iter.Seq2[gridmap.Account, error] {
	return query(ctx, r, func(rows pgx.Rows) (gridmap.Account, error) { return scanAccount(rows) },
		"SELECT "+accountColumns+" FROM account ORDER BY id")
}

// AllAccountNames implements gridmap.PrivateArchive.
func (r *reader) AllAccountNames(ctx context.Context) iter.Seq2[gridmap.AccountName, error] {
	return query(ctx, r, func(rows pgx.Rows) (n gridmap.AccountName, err error) {
		err = rows.Scan(&n.Name, &n.Account)
		return n, err
	}, `SELECT name, account FROM account_name ORDER BY name COLLATE "C"`)
}

// AllKeys implements gridmap.PrivateArchive.
func (r *reader) AllKeys(ctx context.Context) iter.Seq2[gridmap.Key, error] {
	return query(ctx, r, func(rows pgx.Rows) (gridmap.Key, error) { return scanKey(rows) },
		"SELECT "+keyColumns+` FROM api_key ORDER BY id COLLATE "C"`)
}

func names(columns string) []string { return strings.Split(columns, ", ") }

// AddReceipts implements ledger.RawPrivate.
func (w *writer) AddReceipts(ctx context.Context, receipts []gridmap.Receipt) error {
	return copyIn(ctx, w.reader, "receipt", names(receiptColumns), receipts, func(r gridmap.Receipt) ([]any, error) {
		return []any{r.ID, r.At, r.Question, r.Answer, r.Edition, int64(r.Seq)}, nil
	})
}

// AddFeedback implements ledger.RawPrivate.
func (w *writer) AddFeedback(ctx context.Context, feedback []gridmap.Feedback) error {
	return copyIn(ctx, w.reader, "feedback", names(feedbackColumns), feedback, func(f gridmap.Feedback) ([]any, error) {
		return []any{f.ID, f.Receipt, f.At, string(f.Kind), f.Text, int64(f.Place), f.Settled, f.SettledBy, orNull(f.SettledAt)}, nil
	})
}

// AddEvents implements ledger.RawPrivate.
func (w *writer) AddEvents(ctx context.Context, events []gridmap.Event) error {
	return copyIn(ctx, w.reader, "event", names(happeningColumns), events, func(e gridmap.Event) ([]any, error) {
		return []any{e.ID, e.At, e.Actor, e.Kind, e.Key, int64(e.Grid), string(e.Body)}, nil
	})
}

// AddTallies implements ledger.RawPrivate.
func (w *writer) AddTallies(ctx context.Context, tallies []gridmap.KindTally) error {
	return copyIn(ctx, w.reader, "tally", names(tallyColumns), tallies, func(c gridmap.KindTally) ([]any, error) {
		return []any{c.Kind, c.Key, c.Day, c.N}, nil
	})
}

// AddAttachments implements ledger.RawPrivate.
func (w *writer) AddAttachments(ctx context.Context, files []gridmap.Attachment) error {
	return copyIn(ctx, w.reader, "attachment", names(attachmentColumns), files, func(a gridmap.Attachment) ([]any, error) {
		return []any{a.ID, a.At, a.Actor, a.Type, a.Data}, nil
	})
}

// AddAccounts implements ledger.RawPrivate.
func (w *writer) AddAccounts(ctx context.Context, accounts []gridmap.Account) error {
	return copyIn(ctx, w.reader, "account", names(accountAll), accounts, func(a gridmap.Account) ([]any, error) {
		return []any{
			int64(a.ID), a.Name, a.Title, int64(a.Person), a.Password, ledger.NullText(a.Subject), ledger.JSON(a.Grants), a.Disabled, a.Failures,
			orNull(a.LockedTill), orNull(a.CreatedAt), orNull(a.ChangedAt), a.Version,
		}, nil
	})
}

// AddAccountNames implements ledger.RawPrivate.
func (w *writer) AddAccountNames(ctx context.Context, all []gridmap.AccountName) error {
	return copyIn(ctx, w.reader, "account_name", names("name, account"), all, func(n gridmap.AccountName) ([]any, error) {
		return []any{n.Name, int64(n.Account)}, nil
	})
}

// AddKeys implements ledger.RawPrivate.
func (w *writer) AddKeys(ctx context.Context, keys []gridmap.Key) error {
	return copyIn(ctx, w.reader, "api_key", names(keyColumns), keys, func(k gridmap.Key) ([]any, error) {
		return []any{
			k.ID, k.Hash, k.Label, ledger.JSON(k.Grants), k.PerMinute, k.CreatedBy,
			orNull(k.CreatedAt), orNull(k.ExpiresAt), orNull(k.RevokedAt), orNull(k.UsedAt),
		}, nil
	})
}

// settleIdentities has numbers go on after those that were restored.
func (w *writer) settleIdentities(ctx context.Context) error {
	var errs []error
	for _, table := range []string{"feedback", "event", "account"} {
		errs = append(errs, w.exec(ctx, "SELECT setval(pg_get_serial_sequence('"+table+"', 'id'), max(id)) FROM "+table+" HAVING max(id) IS NOT NULL"))
	}
	return errors.Join(errs...)
}
