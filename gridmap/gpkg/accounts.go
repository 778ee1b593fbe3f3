package gpkg

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

var _ gridmap.Accounts = (*Store)(nil)

const accountColumns = "id, name, title, person, password, coalesce(subject, ''), grants, disabled, failures, locked_till, created_at, changed_at, version"

func scanAccount(row interface{ Scan(...any) error }) (a gridmap.Account, err error) {
	var locked, created, changed nullTime
	var grants string
	err = row.Scan(&a.ID, &a.Name, &a.Title, &a.Person, &a.Password, &a.Subject, &grants, &a.Disabled, &a.Failures, &locked, &created, &changed, &a.Version)
	a.LockedTill, a.CreatedAt, a.ChangedAt = locked.Time, created.Time, changed.Time
	if err == nil {
		err = ledger.FromJSON(grants, &a.Grants)
	}
	return a, err
}

// PutAccount implements gridmap.Accounts.
func (s *Store) PutAccount(ctx context.Context, a gridmap.Account) (gridmap.Account, error) {
	if err := a.Check(); err != nil {
		return a, err
	}
	var kept gridmap.Account
	err := s.inPrivate(ctx, func(conn *sql.Conn) (err error) {
		if err := accountFree(ctx, conn, a); err != nil {
			return err
		}
		if a.ID == 0 {
			err = conn.QueryRowContext(ctx, `INSERT INTO account (name, title, person, password, subject, grants, disabled, failures, locked_till, created_at, changed_at, version)
				VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1) RETURNING id`,
				a.Name, a.Title, int64(a.Person), a.Password, ledger.NullText(a.Subject), ledger.JSON(a.Grants), a.Disabled, a.Failures, timeText(a.LockedTill), timeText(a.CreatedAt), timeText(a.ChangedAt)).Scan(&a.ID)
		} else {
			err = conn.QueryRowContext(ctx, `UPDATE account SET name = ?, title = ?, person = ?, password = ?, subject = ?, grants = ?, disabled = ?, failures = ?, locked_till = ?, changed_at = ?, version = version + 1
				WHERE id = ? AND version = ? RETURNING id`,
				a.Name, a.Title, int64(a.Person), a.Password, ledger.NullText(a.Subject), ledger.JSON(a.Grants), a.Disabled, a.Failures, timeText(a.LockedTill), timeText(a.ChangedAt), int64(a.ID), a.Version).Scan(&a.ID)
			if errors.Is(err, sql.ErrNoRows) {
				return accountMoved(ctx, conn, a.ID)
			}
		}
		if err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, "INSERT OR IGNORE INTO account_name (name, account) VALUES (?, ?)", a.Name, int64(a.ID)); err != nil {
			return err
		}
		kept, err = scanAccount(conn.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM account WHERE id = ?", int64(a.ID)))
		return err
	})
	return kept, err
}

// accountFree is Conflict when the name or the subject is another's.
func accountFree(ctx context.Context, conn *sql.Conn, a gridmap.Account) error {
	var taken int
	err := conn.QueryRowContext(ctx, "SELECT (SELECT count(*) FROM account_name WHERE name = ?1 AND account <> ?2) + 2 * (SELECT count(*) FROM account WHERE subject = ?3 AND id <> ?2)",
		a.Name, int64(a.ID), ledger.NullText(a.Subject)).Scan(&taken)
	switch {
	case err != nil:
		return err
	case taken&1 != 0:
		return gridmap.Errorf(gridmap.Conflict, "账号名 %q 已有人用或用过 (the name is or was another's)", a.Name)
	case taken != 0:
		return gridmap.Errorf(gridmap.Conflict, "此统一身份已属于另一账号 (the identity is another account's)")
	}
	return nil
}

func accountMoved(ctx context.Context, conn *sql.Conn, id gridmap.AccountID) error {
	var there bool
	if err := conn.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM account WHERE id = ?)", int64(id)).Scan(&there); err != nil {
		return err
	}
	if !there {
		return gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的账号 (no such account)", id)
	}
	return gridmap.Errorf(gridmap.Conflict, "账号刚被别人改过，请重新打开再改 (somebody else changed the account meanwhile)")
}

func (s *Store) accountWhere(ctx context.Context, where string, arg any) (gridmap.Account, error) {
	app, err := s.private()
	if err != nil {
		return gridmap.Account{}, err
	}
	a, err := scanAccount(app.QueryRowContext(ctx, "SELECT "+accountColumns+" FROM account WHERE "+where, arg))
	return a, s.found(ctx, err, "没有这个账号 (no such account)")
}

// Account implements gridmap.Accounts.
func (s *Store) Account(ctx context.Context, id gridmap.AccountID) (gridmap.Account, error) {
	return s.accountWhere(ctx, "id = ?", int64(id))
}

// AccountNamed implements gridmap.Accounts.
func (s *Store) AccountNamed(ctx context.Context, name string) (gridmap.Account, error) {
	return s.accountWhere(ctx, "name = ?", name)
}

// AccountOf implements gridmap.Accounts.
func (s *Store) AccountOf(ctx context.Context, subject string) (gridmap.Account, error) {
	return s.accountWhere(ctx, "subject = ?", subject)
}

// ListAccounts implements gridmap.Accounts.
func (s *Store) ListAccounts(ctx context.Context) ([]gridmap.Account, error) {
	app, err := s.private()
	if err != nil {
		return nil, err
	}
	return collect(query(ctx, s.appPath, app, func(rows *sql.Rows) (gridmap.Account, error) { return scanAccount(rows) },
		"SELECT "+accountColumns+" FROM account ORDER BY name"))
}

const keyColumns = "id, hash, label, grants, per_minute, created_by, created_at, expires_at, revoked_at, used_at"

func scanKey(row interface{ Scan(...any) error }) (k gridmap.Key, err error) {
	var created, expires, revoked, used nullTime
	var grants string
	err = row.Scan(&k.ID, &k.Hash, &k.Label, &grants, &k.PerMinute, &k.CreatedBy, &created, &expires, &revoked, &used)
	k.CreatedAt, k.ExpiresAt, k.RevokedAt, k.UsedAt = created.Time, expires.Time, revoked.Time, used.Time
	if err == nil {
		err = ledger.FromJSON(grants, &k.Grants)
	}
	return k, err
}

// PutKey implements gridmap.Accounts.
func (s *Store) PutKey(ctx context.Context, k gridmap.Key) error {
	app, err := s.private()
	if err != nil {
		return err
	}
	_, err = app.ExecContext(ctx, "INSERT INTO api_key ("+keyColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, label = excluded.label, grants = excluded.grants, per_minute = excluded.per_minute,
		expires_at = excluded.expires_at, revoked_at = coalesce(api_key.revoked_at, excluded.revoked_at)`,
		k.ID, k.Hash, k.Label, ledger.JSON(k.Grants), k.PerMinute, k.CreatedBy, timeText(k.CreatedAt), timeText(k.ExpiresAt), timeText(k.RevokedAt), timeText(k.UsedAt))
	return mapError(ctx, s.appPath, err)
}

// UseKey implements gridmap.Accounts.
func (s *Store) UseKey(ctx context.Context, id string, at time.Time) error {
	app, err := s.private()
	if err != nil {
		return err
	}
	done, err := app.ExecContext(ctx, "UPDATE api_key SET used_at = ? WHERE id = ?", timeText(at), id)
	return s.oneRow(ctx, done, err, gridmap.NotFound, "没有这个密钥 (no such key)")
}

// Key implements gridmap.Accounts.
func (s *Store) Key(ctx context.Context, id string) (gridmap.Key, error) {
	app, err := s.private()
	if err != nil {
		return gridmap.Key{}, err
	}
	k, err := scanKey(app.QueryRowContext(ctx, "SELECT "+keyColumns+" FROM api_key WHERE id = ?", id))
	return k, s.found(ctx, err, "没有这个密钥 (no such key)")
}

// ListKeys implements gridmap.Accounts.
func (s *Store) ListKeys(ctx context.Context) ([]gridmap.Key, error) {
	app, err := s.private()
	if err != nil {
		return nil, err
	}
	return collect(query(ctx, s.appPath, app, func(rows *sql.Rows) (gridmap.Key, error) { return scanKey(rows) },
		"SELECT "+keyColumns+" FROM api_key ORDER BY created_at DESC, id"))
}

// PutSession implements gridmap.Accounts.
func (s *Store) PutSession(ctx context.Context, v gridmap.Session) error {
	app, err := s.private()
	if err != nil {
		return err
	}
	done, err := app.ExecContext(ctx, "INSERT INTO session (hash, account, csrf, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
		v.Hash, int64(v.Account), v.CSRF, timeText(v.CreatedAt), timeText(v.SeenAt), timeText(v.ExpiresAt))
	return s.oneRow(ctx, done, err, gridmap.Conflict, "会话已存在 (the session is there already)")
}

// SeeSession implements gridmap.Accounts.
func (s *Store) SeeSession(ctx context.Context, hash []byte, at, expires time.Time) error {
	app, err := s.private()
	if err != nil {
		return err
	}
	done, err := app.ExecContext(ctx, "UPDATE session SET seen_at = ?, expires_at = ? WHERE hash = ?", timeText(at), timeText(expires), hash)
	return s.oneRow(ctx, done, err, gridmap.NotFound, "会话已结束 (the session has ended)")
}

// Session implements gridmap.Accounts.
func (s *Store) Session(ctx context.Context, hash []byte) (v gridmap.Session, err error) {
	app, err := s.private()
	if err != nil {
		return v, err
	}
	var created, seen, expires nullTime
	err = app.QueryRowContext(ctx, "SELECT hash, account, csrf, created_at, seen_at, expires_at FROM session WHERE hash = ?", hash).
		Scan(&v.Hash, &v.Account, &v.CSRF, &created, &seen, &expires)
	v.CreatedAt, v.SeenAt, v.ExpiresAt = created.Time, seen.Time, expires.Time
	return v, s.found(ctx, err, "会话已结束 (the session has ended)")
}

// EndSession implements gridmap.Accounts.
func (s *Store) EndSession(ctx context.Context, hash []byte) error {
	return s.dropSessions(ctx, "hash = ?", hash)
}

// EndSessions implements gridmap.Accounts.
func (s *Store) EndSessions(ctx context.Context, of gridmap.AccountID) error {
	return s.dropSessions(ctx, "account = ?", int64(of))
}

// DropSessions implements gridmap.Accounts.
func (s *Store) DropSessions(ctx context.Context, expiredBefore time.Time) error {
	return s.dropSessions(ctx, "expires_at < ?", timeText(expiredBefore))
}

func (s *Store) dropSessions(ctx context.Context, where string, arg any) error {
	app, err := s.private()
	if err != nil {
		return err
	}
	_, err = app.ExecContext(ctx, "DELETE FROM session WHERE "+where, arg)
	return mapError(ctx, s.appPath, err)
}
