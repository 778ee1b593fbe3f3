package gridmap

import (
	"context"
	"strings"
	"time"
	"unicode"
)

// AccountID is the identity of an account.
type AccountID int64

// Grant is a role over a part of the map: who holds it may do what the role
// may, for the grid and everything below it. Grid 0 is the whole network,
// Network 0 every network.
type Grant struct {
	Role    string    `json:"role"` // of package auth: "app", "field", "planner", "approver", "admin"
	Network NetworkID `json:"network,omitzero"`
	Grid    GridID    `json:"grid,omitzero"`
}

// Account is a person who can sign in.
type Account struct {
	ID         AccountID
	Name       string // to sign in with; unique, never given to another
	Title      string // as shown to others: 张三（规划科）
	Person     PersonID
	Password   string // encoded hash (argon2id); "" when there is none to sign in with
	Subject    string // issuer and subject at an identity provider; "" is none, unique otherwise
	Grants     []Grant
	Disabled   bool
	Failures   int       // wrong passwords in a row
	LockedTill time.Time // after too many
	CreatedAt  time.Time
	ChangedAt  time.Time
	Version    int64 // for compare-and-set
}

// Check complains about an account that could never be right.
func (a Account) Check() error {
	switch {
	case a.Name == "" || strings.TrimSpace(a.Name) != a.Name:
		return Errorf(Invalid, "账号名 %q 为空或首尾有空格 (account without a name)", a.Name)
	case len([]rune(a.Name)) > MaxAccountRunes || len([]rune(a.Title)) > MaxAccountRunes:
		return Errorf(Invalid, "账号名或显示名超过 %d 个字 (name too long)", MaxAccountRunes)
	case strings.ContainsFunc(a.Name+a.Title, unicode.IsControl):
		return Errorf(Invalid, "账号名或显示名含有控制字符 (control characters in a name)")
	}
	return nil
}

// MaxAccountRunes bounds the names of an account.
const MaxAccountRunes = 64

// Key is an API key: what is kept is the hash of its secret.
type Key struct {
	ID        string // public part, random, in every use of the key
	Hash      []byte // SHA-256 of the secret part
	Label     string
	Grants    []Grant
	PerMinute int // requests a minute; 0 is the default
	CreatedBy string
	CreatedAt time.Time
	ExpiresAt time.Time // zero: never
	RevokedAt time.Time // zero: not
	UsedAt    time.Time // to the minute
}

// Session is a signed-in browser.
type Session struct {
	Hash      []byte // SHA-256 of the cookie
	Account   AccountID
	CSRF      string
	CreatedAt time.Time
	SeenAt    time.Time // to the minute
	ExpiresAt time.Time
}

// Accounts keeps who may sign in. Both stores are one; with a GeoPackage it is
// in the private file.
type Accounts interface {
	// PutAccount keeps a new account (ID 0) or a changed one, whose Version
	// must be that which is kept; Conflict otherwise, and when the name or the
	// subject is another's. It returns the account as kept.
	PutAccount(ctx context.Context, a Account) (Account, error)
	Account(ctx context.Context, id AccountID) (Account, error)
	AccountNamed(ctx context.Context, name string) (Account, error)
	AccountOf(ctx context.Context, subject string) (Account, error)
	ListAccounts(ctx context.Context) ([]Account, error) // by name

	// PutKey keeps a new key, or a changed one of the same id. A revoked key
	// stays revoked.
	PutKey(ctx context.Context, k Key) error
	// UseKey notes when a key was last used; NotFound when there is none.
	UseKey(ctx context.Context, id string, at time.Time) error
	Key(ctx context.Context, id string) (Key, error)
	ListKeys(ctx context.Context) ([]Key, error) // the newest first

	// PutSession keeps a new session; Conflict when its hash is taken.
	PutSession(ctx context.Context, s Session) error
	// SeeSession notes that a session is in use and lasts until expires;
	// NotFound when it has ended: one that has never comes back.
	SeeSession(ctx context.Context, hash []byte, at, expires time.Time) error
	Session(ctx context.Context, hash []byte) (Session, error)
	EndSession(ctx context.Context, hash []byte) error
	EndSessions(ctx context.Context, of AccountID) error
	DropSessions(ctx context.Context, expiredBefore time.Time) error
}
