package auth

import (
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"cloudgrid/gridmap"
)

// Cost is what a password hash costs to make, and so to guess.
type Cost struct {
	MemoryKiB uint32
	Passes    uint32
	Threads   uint8
}

// DefaultCost is the first of the settings that OWASP's password storage cheat
// sheet calls equivalent for argon2id (19 MiB, 2 passes, 1 thread): about 30 ms
// on an office server, so that a few people signing in at once do not slow the
// map.
func DefaultCost() Cost { return Cost{MemoryKiB: 19 << 10, Passes: 2, Threads: 1} }

// Sizes in bytes.
const (
	SaltBytes = 16
	hashBytes = 32
)

// Bounds of a password: NIST SP 800-63B wants at least 8 characters and length
// before rules of composition.
const (
	MinPasswordRunes = 10
	maxPasswordBytes = 256
)

// HashPassword returns password hashed by argon2id (RFC 9106), with its cost
// and salt in the text: $argon2id$v=19$m=19456,t=2,p=1$SALT$HASH.
func HashPassword(password string, salt []byte, c Cost) string {
	sum := argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, c.Threads, hashBytes)
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, c.MemoryKiB, c.Passes, c.Threads, b64.EncodeToString(salt), b64.EncodeToString(sum))
}

// VerifyPassword tells whether password is the one that encoded was made of,
// and what that cost; false for a text that is no such hash. Comparing takes
// the same time wherever they differ.
func VerifyPassword(encoded, password string) (ok bool, c Cost) {
	c, salt, want, ok := decode(encoded)
	if !ok || len(password) > maxPasswordBytes {
		return false, c
	}
	got := argon2.IDKey([]byte(password), salt, c.Passes, c.MemoryKiB, c.Threads, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1, c
}

// decode reads what HashPassword wrote. A cost that would stop the server is
// not believed.
func decode(encoded string) (c Cost, salt, sum []byte, ok bool) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprint("v=", argon2.Version) {
		return c, nil, nil, false
	}
	if n, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.MemoryKiB, &c.Passes, &c.Threads); err != nil || n != 3 {
		return Cost{}, nil, nil, false
	}
	if c.MemoryKiB < 8 || c.MemoryKiB > 1<<20 || c.Passes < 1 || c.Passes > 16 || c.Threads < 1 {
		return Cost{}, nil, nil, false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	sum, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || err2 != nil || len(salt) < 8 || len(sum) < 16 || len(sum) > 64 {
		return Cost{}, nil, nil, false
	}
	return c, salt, sum, true
}

// CheckPassword complains about a new password that is too easy to guess.
func CheckPassword(password, name string) error {
	runes := utf8.RuneCountInString(password)
	lower := strings.ToLower(password)
	switch {
	case !utf8.ValidString(password):
		return gridmap.Errorf(gridmap.Invalid, "口令含有无效字符 (the password is not UTF-8)")
	case runes < MinPasswordRunes:
		return gridmap.Errorf(gridmap.Invalid, "口令至少 %d 个字符 (the password is too short)", MinPasswordRunes)
	case len(password) > maxPasswordBytes:
		return gridmap.Errorf(gridmap.Invalid, "口令超过 %d 字节 (the password is too long)", maxPasswordBytes)
	case name != "" && strings.Contains(lower, strings.ToLower(name)):
		return gridmap.Errorf(gridmap.Invalid, "口令不能含有账号名 (the password holds the name)")
	case distinct(lower) < 5 || common(lower):
		return gridmap.Errorf(gridmap.Invalid, "口令太容易猜到 (the password is too easy to guess)")
	}
	return nil
}

func distinct(s string) int {
	seen := make(map[rune]bool)
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// common tells whether a password is one of those that are tried first: a run
// of the keyboard or the digits, or a word of the product.
func common(lower string) bool {
	const runs = "01234567890123456789 98765432109876543210 qwertyuiopasdfghjklzxcvbnm qwertyuiop1234567890 1qaz2wsx3edc4rfv 1q2w3e4r5t6y7u8i abcdefghijklmnopqrstuvwxyz"
	core := strings.Trim(lower, "!@#.")
	if strings.Contains(runs, core) {
		return true
	}
	for _, word := range []string{"password", "cloudgrid", "admin", "wangge", "yungge"} {
		rest := strings.Trim(strings.ReplaceAll(core, word, ""), "!@#.")
		if strings.Contains(core, word) && (len(rest) < 4 || strings.Contains(runs, rest)) {
			return true
		}
	}
	return false
}
