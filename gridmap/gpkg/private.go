package gpkg

import (
	"context"
	"database/sql"
	"iter"
	"os"
	"path/filepath"
	"time"

	"cloudgrid/gridmap"
)

// privateState is what the private archive is read from: the connection that is
// filling the private file, or a copy of the file.
type privateState struct {
	from  queryer // nil: the map came alone
	close func()
	asked bool
	err   error
}

// beside returns what to read the private kinds from. The first call copies the
// private file: reading it for as long as a View may last would keep everybody
// from writing to it, and two readings must show the same.
func (r *reader) beside(ctx context.Context) (queryer, error) {
	p := &r.private
	if p.asked || r.store.app == nil {
		return p.from, p.err
	}
	p.asked = true
	folder, err := os.MkdirTemp("", "cloudgrid-private-*") // only its owner may read it
	if err != nil {
		p.err = err
		return nil, err
	}
	p.close = func() { _ = os.RemoveAll(folder) }
	path := filepath.Join(folder, "app.db")
	if _, err := r.store.app.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		p.err = mapError(ctx, r.store.appPath, err)
		return nil, p.err
	}
	db := openFile(path, true)
	p.from = db
	p.close = func() { _, _ = db.Close(), os.RemoveAll(folder) }
	return p.from, nil
}

// leave ends what beside began.
func (r *reader) leave() {
	if r.private.close != nil {
		r.private.close()
	}
}

func privateRows[T any](ctx context.Context, r *reader, scan func(*sql.Rows) (T, error), text string) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		from, err := r.beside(ctx)
		if err != nil {
			var zero T
			yield(zero, err)
			return
		}
		if from != nil {
			query(ctx, r.store.appPath, from, scan, text)(yield)
		}
	}
}

const (
	receiptColumns    = "id, at, question, answer, edition, seq"
	feedbackColumns   = "id, receipt, at, kind, text, place, settled, settled_by, settled_at"
	happeningColumns  = "id, at, actor, kind, key, grid, body"
	tallyColumns      = "kind, key, day, n"
	attachmentColumns = "id, at, actor, type, data"
)

func scanReceipt(row interface{ Scan(...any) error }) (r gridmap.Receipt, err error) {
	var at nullTime
	err = row.Scan(&r.ID, &at, &r.Question, &r.Answer, &r.Edition, &r.Seq)
	r.At = at.Time
	return r, err
}

func scanFeedback(rows *sql.Rows) (f gridmap.Feedback, err error) {
	var at, settled nullTime
	err = rows.Scan(&f.ID, &f.Receipt, &at, &f.Kind, &f.Text, &f.Place, &f.Settled, &f.SettledBy, &settled)
	f.At, f.SettledAt = at.Time, settled.Time
	return f, err
}

func scanHappening(rows *sql.Rows) (e gridmap.Event, err error) {
	var at nullTime
	var body string
	err = rows.Scan(&e.ID, &at, &e.Actor, &e.Kind, &e.Key, &e.Grid, &body)
	if e.At = at.Time; body != "" {
		e.Body = []byte(body)
	}
	return e, err
}

func scanAttachment(row interface{ Scan(...any) error }) (a gridmap.Attachment, err error) {
	var at nullTime
	err = row.Scan(&a.ID, &at, &a.Actor, &a.Type, &a.Data)
	a.At = at.Time
	return a, err
}

// AllReceipts implements gridmap.PrivateArchive.
func (r *reader) AllReceipts(ctx context.Context) iter.Seq2[gridmap.Receipt, error] {
	return privateRows(ctx, r, func(rows *sql.Rows) (gridmap.Receipt, error) { return scanReceipt(rows) },
		"SELECT "+receiptColumns+" FROM receipt ORDER BY id")
}

// AllFeedback implements gridmap.PrivateArchive.
func (r *reader) AllFeedback(ctx context.Context) iter.Seq2[gridmap.Feedback, error] {
	return privateRows(ctx, r, scanFeedback, "SELECT "+feedbackColumns+" FROM feedback ORDER BY id")
}

// AllEvents implements gridmap.PrivateArchive.
func (r *reader) AllEvents(ctx context.Context) iter.Seq2[gridmap.Event, error] {
	return privateRows(ctx, r, scanHappening, "SELECT "+happeningColumns+" FROM event ORDER BY id")
}

// AllTallies implements gridmap.PrivateArchive.
func (r *reader) AllTallies(ctx context.Context) iter.Seq2[gridmap.KindTally, error] {
	return privateRows(ctx, r, func(rows *sql.Rows) (c gridmap.KindTally, err error) {
		var day string
		if err = rows.Scan(&c.Kind, &c.Key, &day, &c.N); err == nil {
			c.Day, err = time.Parse(time.DateOnly, day)
		}
		return c, err
	}, "SELECT "+tallyColumns+" FROM tally ORDER BY kind, key, day")
}

// AllAttachments implements gridmap.PrivateArchive.
func (r *reader) AllAttachments(ctx context.Context) iter.Seq2[gridmap.Attachment, error] {
	return privateRows(ctx, r, func(rows *sql.Rows) (gridmap.Attachment, error) { return scanAttachment(rows) },
		"SELECT "+attachmentColumns+" FROM attachment ORDER BY id")
}

// AllAccounts implements gridmap.PrivateArchive.
func (r *reader) AllAccounts(ctx context.Context) iter.Seq2[gridmap.Account, error] {
	return privateRows(ctx, r, func(rows *sql.Rows) (gridmap.Account, error) { return scanAccount(rows) },
		"SELECT "+accountColumns+" FROM account ORDER BY id")
}

// AllAccountNames implements gridmap.PrivateArchive.
func (r *reader) AllAccountNames(ctx context.Context) iter.Seq2[gridmap.AccountName, error] {
	return privateRows(ctx, r, func(rows *sql.Rows) (n gridmap.AccountName, err error) {
		err = rows.Scan(&n.Name, &n.Account)
		return n, err
	}, "SELECT name, account FROM account_name ORDER BY name")
}

// AllKeys implements gridmap.PrivateArchive.
func (r *reader) AllKeys(ctx context.Context) iter.Seq2[gridmap.Key, error] {
	return privateRows(ctx, r, func(rows *sql.Rows) (gridmap.Key, error) { return scanKey(rows) },
		"SELECT "+keyColumns+" FROM api_key ORDER BY id")
}
