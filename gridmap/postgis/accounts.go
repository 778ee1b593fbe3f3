package postgis

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ledger"
)

var _ gridmap.Accounts = (*Store)(nil)

const accountColumns = "id, name, title, person, password, coalesce(subject, ''), grants, disabled, failures, locked_till, created_at, changed_at, version"

func scanAccount(row pgx.Row) (a gridmap.Account, err error) {
	var locked, created, changed nullTime
	var grants string
	err = row.Scan(&a.ID, &a.Name, &a.Title, &a.Person, &a.Password, &a.Subject, &grants, &a.Disabled, &a.Failures, &locked, &created, &changed, &a.Version)
	a.LockedTill, a.CreatedAt, a.ChangedAt = locked.Time, created.Time, changed.Time
	if err == nil {
		err = ledger.FromJSON(grants, &a.Grants)
	}
	return a, err
}

// PutAccount implements gridmap.Accounts. Those who change accounts wait for
// each other: they are few.
func (s *Store) PutAccount(ctx context.Context, a gridmap.Account) (gridmap.Account, error) {
	if err := a.Check(); err != nil {
		return a, err
	}
	var kept gridmap.Account
	err := s.beside(ctx, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, "LOCK TABLE account_name IN SHARE ROW EXCLUSIVE MODE"); err != nil {
			return err
		}
		if err := accountFree(ctx, tx, a); err != nil {
			return err
		}
		if a.ID == 0 {
			err = tx.QueryRow(ctx, `INSERT INTO account (name, title, person, password, subject, grants, disabled, failures, locked_till, created_at, changed_at, version)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 1) RETURNING id`,
				a.Name, a.Title, int64(a.Person), a.Password, ledger.NullText(a.Subject), ledger.JSON(a.Grants), a.Disabled, a.Failures, orNull(a.LockedTill), orNull(a.CreatedAt), orNull(a.ChangedAt)).Scan(&a.ID)
		} else {
			err = tx.QueryRow(ctx, `UPDATE account SET name = $1, title = $2, person = $3, password = $4, subject = $5, grants = $6, disabled = $7, failures = $8, locked_till = $9, changed_at = $10, version = version + 1
				WHERE id = $11 AND version = $12 RETURNING id`,
				a.Name, a.Title, int64(a.Person), a.Password, ledger.NullText(a.Subject), ledger.JSON(a.Grants), a.Disabled, a.Failures, orNull(a.LockedTill), orNull(a.ChangedAt), int64(a.ID), a.Version).Scan(&a.ID)
			if errors.Is(err, pgx.ErrNoRows) {
				return accountMoved(ctx, tx, a.ID)
			}
		}
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, "INSERT INTO account_name (name, account) VALUES ($1, $2) ON CONFLICT DO NOTHING", a.Name, int64(a.ID)); err != nil {
			return err
		}
		kept, err = scanAccount(tx.QueryRow(ctx, "SELECT "+accountColumns+" FROM account WHERE id = $1", int64(a.ID)))
		return err
	})
	return kept, err
}

// accountFree is Conflict when the name or the subject is another's.
func accountFree(ctx context.Context, tx pgx.Tx, a gridmap.Account) error {
	var taken int
	err := tx.QueryRow(ctx, "SELECT (SELECT count(*) FROM account_name WHERE name = $1 AND account <> $2) + 2 * (SELECT count(*) FROM account WHERE subject = $3 AND id <> $2)",
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

func accountMoved(ctx context.Context, tx pgx.Tx, id gridmap.AccountID) error {
	var there bool
	if err := tx.QueryRow(ctx, "SELECT EXISTS (SELECT FROM account WHERE id = $1)", int64(id)).Scan(&there); err != nil {
		return err
	}
	if !there {
		return gridmap.Errorf(gridmap.NotFound, "没有编号为 %d 的账号 (no such account)", id)
	}
	return gridmap.Errorf(gridmap.Conflict, "账号刚被别人改过，请重新打开再改 (somebody else changed the account meanwhile)")
}

func (s *Store) accountWhere(ctx context.Context, where string, arg any) (gridmap.Account, error) {
	a, err := scanAccount(s.one().QueryRow(ctx, "SELECT "+accountColumns+" FROM account WHERE "+where, arg))
	return a, s.found(ctx, err, "没有这个账号 (no such account)")
}

// Account implements gridmap.Accounts.
func (s *Store) Account(ctx context.Context, id gridmap.AccountID) (gridmap.Account, error) {
	return s.accountWhere(ctx, "id = $1", int64(id))
}

// AccountNamed implements gridmap.Accounts.
func (s *Store) AccountNamed(ctx context.Context, name string) (gridmap.Account, error) {
	return s.accountWhere(ctx, "name = $1", name)
}

// AccountOf implements gridmap.Accounts.
func (s *Store) AccountOf(ctx context.Context, subject string) (gridmap.Account, error) {
	return s.accountWhere(ctx, "subject = $1", subject)
}

// ListAccounts implements gridmap.Accounts.
func (s *Store) ListAccounts(ctx context.Context) ([]gridmap.Account, error) {
	rows, err := s.one().Query(ctx, "SELECT "+accountColumns+` FROM account ORDER BY name COLLATE "C"`)
	if err != nil {
		return nil, mapError(ctx, s.name, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (gridmap.Account, error) { return scanAccount(row) })
	return list, mapError(ctx, s.name, err)
}

const keyColumns = "id, hash, label, grants, per_minute, created_by, created_at, expires_at, revoked_at, used_at"

func scanKey(row pgx.Row) (k gridmap.Key, err error) {
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
	return s.run(ctx, "INSERT INTO api_key ("+keyColumns+`) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		ON CONFLICT (id) DO UPDATE SET hash = excluded.hash, label = excluded.label, grants = excluded.grants, per_minute = excluded.per_minute,
		expires_at = excluded.expires_at, revoked_at = coalesce(api_key.revoked_at, excluded.revoked_at)`,
		k.ID, k.Hash, k.Label, ledger.JSON(k.Grants), k.PerMinute, k.CreatedBy, orNull(k.CreatedAt), orNull(k.ExpiresAt), orNull(k.RevokedAt), orNull(k.UsedAt))
}

// UseKey implements gridmap.Accounts.
func (s *Store) UseKey(ctx context.Context, id string, at time.Time) error {
	return s.oneRow(ctx, gridmap.NotFound, "没有这个密钥 (no such key)", "UPDATE api_key SET used_at = $1 WHERE id = $2", at, id)
}

// Key implements gridmap.Accounts.
func (s *Store) Key(ctx context.Context, id string) (gridmap.Key, error) {
	k, err := scanKey(s.one().QueryRow(ctx, "SELECT "+keyColumns+" FROM api_key WHERE id = $1", id))
	return k, s.found(ctx, err, "没有这个密钥 (no such key)")
}

// ListKeys implements gridmap.Accounts.
func (s *Store) ListKeys(ctx context.Context) ([]gridmap.Key, error) {
	rows, err := s.one().Query(ctx, "SELECT "+keyColumns+` FROM api_key ORDER BY created_at DESC NULLS LAST, id COLLATE "C"`)
	if err != nil {
		return nil, mapError(ctx, s.name, err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (gridmap.Key, error) { return scanKey(row) })
	return list, mapError(ctx, s.name, err)
}

// PutSession implements gridmap.Accounts.
func (s *Store) PutSession(ctx context.Context, v gridmap.Session) error {
	return s.oneRow(ctx, gridmap.Conflict, "会话已存在 (the session is there already)",
		"INSERT INTO session (hash, account, csrf, created_at, seen_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
		v.Hash, int64(v.Account), v.CSRF, orNull(v.CreatedAt), orNull(v.SeenAt), v.ExpiresAt)
}

// SeeSession implements gridmap.Accounts.
func (s *Store) SeeSession(ctx context.Context, hash []byte, at, expires time.Time) error {
	return s.oneRow(ctx, gridmap.NotFound, "会话已结束 (the session has ended)", "UPDATE session SET seen_at = $1, expires_at = $2 WHERE hash = $3", at, expires, hash)
}

// Session implements gridmap.Accounts.
func (s *Store) Session(ctx context.Context, hash []byte) (v gridmap.Session, err error) {
	var created, seen, expires nullTime
	err = s.one().QueryRow(ctx, "SELECT hash, account, csrf, created_at, seen_at, expires_at FROM session WHERE hash = $1", hash).
		Scan(&v.Hash, &v.Account, &v.CSRF, &created, &seen, &expires)
	v.CreatedAt, v.SeenAt, v.ExpiresAt = created.Time, seen.Time, expires.Time
	return v, s.found(ctx, err, "会话已结束 (the session has ended)")
}

// EndSession implements gridmap.Accounts.
func (s *Store) EndSession(ctx context.Context, hash []byte) error {
	return s.run(ctx, "DELETE FROM session WHERE hash = $1", hash)
}

// EndSessions implements gridmap.Accounts.
func (s *Store) EndSessions(ctx context.Context, of gridmap.AccountID) error {
	return s.run(ctx, "DELETE FROM session WHERE account = $1", int64(of))
}

// DropSessions implements gridmap.Accounts.
func (s *Store) DropSessions(ctx context.Context, expiredBefore time.Time) error {
	return s.run(ctx, "DELETE FROM session WHERE expires_at < $1", expiredBefore)
}
