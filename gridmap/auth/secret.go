package auth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"encoding/base64"
	"io"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

// keyPrefix begins every API key, so that a scanner for leaked secrets, and a
// person, knows one.
const keyPrefix = "cg_"

// lowerBase32 has no letter that is taken for another.
var lowerBase32 = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

// Lengths of the two parts of a key, in characters: 60 and 160 bits.
const (
	keyIDLen     = 12
	keySecretLen = 32
)

// NewKey makes an API key, cg_ID_SECRET: the text is shown once, the id and the
// hash are kept.
func NewKey(random io.Reader) (text, id string, hash []byte, err error) {
	raw := make([]byte, 28)
	if _, err := io.ReadFull(random, raw); err != nil {
		return "", "", nil, err
	}
	id = lowerBase32.EncodeToString(raw[:8])[:keyIDLen]
	secret := lowerBase32.EncodeToString(raw[8:])
	return keyPrefix + id + "_" + secret, id, HashSecret(secret), nil
}

// ParseKey takes a key apart; false for a text that is none.
func ParseKey(text string) (id, secret string, ok bool) {
	rest, ok := strings.CutPrefix(text, keyPrefix)
	if !ok || len(rest) != keyIDLen+1+keySecretLen || rest[keyIDLen] != '_' {
		return "", "", false
	}
	id, secret = rest[:keyIDLen], rest[keyIDLen+1:]
	return id, secret, plain(id) && plain(secret)
}

func plain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '2' || c > '9') {
			return false
		}
	}
	return true
}

// HashSecret hashes a secret that a machine made: with 160 random bits there is
// nothing to guess, so that one SHA-256 will do.
func HashSecret(secret string) []byte {
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}

// SameSecret compares a secret with a kept hash, in the same time wherever they
// differ.
func SameSecret(hash []byte, secret string) bool {
	return len(hash) > 0 && subtle.ConstantTimeCompare(hash, HashSecret(secret)) == 1
}

// CheckKey tells whether a kept key may be used now with this secret. All that
// is wrong is said in the same words: which of it is nobody's business but the
// admin's.
func CheckKey(k gridmap.Key, secret string, now time.Time) error {
	same := SameSecret(k.Hash, secret)
	if !same || !k.RevokedAt.IsZero() || !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt) {
		return BadKey()
	}
	return nil
}

// BadKey is said of a key that opens nothing, whatever the reason.
func BadKey() error {
	return gridmap.Errorf(gridmap.Forbidden, "密钥无效、已到期或已吊销 (the key is unknown, expired or revoked)")
}

// NewToken makes a secret of 256 bits for a cookie, a form or a link.
func NewToken(random io.Reader) (string, error) {
	raw := make([]byte, 32)
	_, err := io.ReadFull(random, raw)
	return base64.RawURLEncoding.EncodeToString(raw), err
}

// How long a session lasts: a working day without use, a week at most.
const (
	SessionIdle = 12 * time.Hour
	SessionMost = 7 * 24 * time.Hour
)

// LinkedMost is how long a session of an account that belongs to an identity
// provider lasts at most, unless something else is said: an office day. Only
// when its owner signs in again is the provider asked what it says of them now.
const LinkedMost = 8 * time.Hour

// SessionEnd is when a session that was made at created and used at used ends,
// unless it is used again; it lasts no longer than most.
func SessionEnd(created, used time.Time, most time.Duration) time.Time {
	end := used.Add(SessionIdle)
	if last := created.Add(most); end.After(last) {
		return last
	}
	return end
}

// Wrong passwords that lock nothing, and how long the next ones do: the wait
// doubles from a minute to a quarter of an hour, so that a guesser gets about
// a hundred tries a day and the owner is never shut out for long.
const (
	freeFailures = 5
	firstLock    = time.Minute
	longestLock  = 15 * time.Minute
)

// LockFor is how long an account is locked after so many wrong passwords in a
// row.
func LockFor(failures int) time.Duration {
	if failures < freeFailures {
		return 0
	}
	lock := firstLock
	for i := freeFailures; i < failures && lock < longestLock; i++ {
		lock *= 2
	}
	return min(lock, longestLock)
}
