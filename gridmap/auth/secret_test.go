package auth_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/auth"
)

// cheap is enough to test with.
var cheap = auth.Cost{MemoryKiB: 8, Passes: 1, Threads: 1}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestAPasswordIsVerifiedByItsHashAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		password := rapid.StringN(0, 40, 200).Draw(t, "password")
		other := rapid.StringN(0, 40, 200).Draw(t, "other")
		salt := rapid.SliceOfN(rapid.Byte(), auth.SaltBytes, auth.SaltBytes).Draw(t, "salt")
		encoded := auth.HashPassword(password, salt, cheap)
		if ok, c := auth.VerifyPassword(encoded, password); !ok || c != cheap {
			t.Fatalf("%q does not verify", password)
		}
		if ok, _ := auth.VerifyPassword(encoded, other); ok != (other == password) {
			t.Fatalf("%q verifies as %q", other, password)
		}
		if strings.Contains(encoded, password) && len(password) > 6 {
			t.Fatal("the hash shows the password")
		}
	})
}

func TestAHashSaysItsAlgorithmCostAndSalt(t *testing.T) {
	encoded := auth.HashPassword("password", []byte("somesaltsomesalt"), auth.Cost{MemoryKiB: 64, Passes: 2, Threads: 1})
	if !strings.HasPrefix(encoded, "$argon2id$v=19$m=64,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$") {
		t.Error(encoded)
	}
}

func TestATextThatIsNoHashVerifiesNothing(t *testing.T) {
	good := auth.HashPassword("correct horse", make([]byte, 16), cheap)
	for name, text := range map[string]string{
		"empty": "", "plain": "correct horse", "bcrypt": "$2a$10$abcdefghijklmnopqrstuv", "another algorithm": strings.Replace(good, "argon2id", "argon2i", 1),
		"another version": strings.Replace(good, "v=19", "v=16", 1), "much memory": strings.Replace(good, "m=8", "m=4294967295", 1),
		"no passes": strings.Replace(good, "t=1", "t=0", 1), "many passes": strings.Replace(good, "t=1", "t=4294967295", 1),
		"no threads": strings.Replace(good, "p=1", "p=0", 1), "cut off": good[:len(good)-40], "an empty sum": good[:strings.LastIndex(good, "$")+1],
	} {
		if ok, _ := auth.VerifyPassword(text, "correct horse"); ok {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func FuzzVerifyPassword(f *testing.F) {
	f.Add(auth.HashPassword("a", make([]byte, 16), cheap), "a")
	f.Add("$argon2id$v=19$m=8,t=1,p=1$$", "")
	f.Fuzz(func(t *testing.T, encoded, password string) {
		if strings.Contains(encoded, "m=") && !strings.Contains(encoded, "m=8,t=1,") {
			return // whatever it costs, it is slow here
		}
		auth.VerifyPassword(encoded, password)
	})
}

func TestPasswordsThatAreTriedFirstAreRefused(t *testing.T) {
	for _, bad := range []string{
		"", "short", "123456789", "1234567890", "0987654321", "qwertyuiop", "aaaaaaaaaaaa", "password123", "Admin12345!", "admin@123456", "cloudgrid1234",
		"abcdefghij", "zhangsan-2026", strings.Repeat("长", 100), "good\xffpassword",
	} {
		if err := auth.CheckPassword(bad, "zhangsan"); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, good := range []string{"correct horse battery", "无影山北路的早点铺真好吃", "Tr0ub4dor&3xy", "春眠不觉晓处处闻啼鸟"} {
		if err := auth.CheckPassword(good, "zhangsan"); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestAKeyComesApartAsItWasMade(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		text, id, hash, err := auth.NewKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		gotID, secret, ok := auth.ParseKey(text)
		if !ok || gotID != id || !auth.SameSecret(hash, secret) || auth.SameSecret(hash, secret+"a") || seen[id] {
			t.Fatalf("%s: %s %s %v", text, gotID, secret, ok)
		}
		seen[id] = true
		if bytes.Contains(hash, []byte(secret)) || len(text) != 48 {
			t.Fatalf("%s %x", text, hash)
		}
	}
	if _, _, _, err := auth.NewKey(strings.NewReader("too little")); err == nil {
		t.Error("a key without randomness")
	}
	if auth.SameSecret(nil, "") {
		t.Error("no hash is opened by no secret")
	}
}

func FuzzParseKey(f *testing.F) {
	text, _, _, _ := auth.NewKey(strings.NewReader(strings.Repeat("x", 28)))
	f.Add(text)
	f.Add("cg__")
	f.Fuzz(func(t *testing.T, text string) {
		if id, secret, ok := auth.ParseKey(text); ok && "cg_"+id+"_"+secret != text {
			t.Fatalf("%q came apart as %q and %q", text, id, secret)
		}
	})
}

func TestAKeyOpensUntilItExpiresOrIsRevoked(t *testing.T) {
	k := gridmap.Key{ID: "k", Hash: auth.HashSecret("s")}
	expired, revoked, future := k, k, k
	expired.ExpiresAt, revoked.RevokedAt, future.ExpiresAt = noon, noon.Add(-time.Hour), noon.Add(time.Second)
	said := map[string]bool{}
	for name, c := range map[string]struct {
		k      gridmap.Key
		secret string
		want   bool
	}{
		"good": {k, "s", true}, "not yet expired": {future, "s", true}, "wrong": {k, "x", false}, "expired": {expired, "s", false}, "revoked": {revoked, "s", false}, "none": {gridmap.Key{}, "", false},
	} {
		err := auth.CheckKey(c.k, c.secret, noon)
		if allowed(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil {
			said[err.Error()] = true
		}
	}
	if len(said) != 1 {
		t.Errorf("what is wrong with a key is told: %v", said)
	}
}

func TestASessionEndsByDisuseAndInAWeek(t *testing.T) {
	if got := auth.SessionEnd(noon, noon.Add(time.Hour), auth.SessionMost); !got.Equal(noon.Add(time.Hour + auth.SessionIdle)) {
		t.Error(got)
	}
	if got := auth.SessionEnd(noon, noon.Add(auth.SessionMost-time.Minute), auth.SessionMost); !got.Equal(noon.Add(auth.SessionMost)) {
		t.Error(got)
	}
}

func TestLocksGrowToAQuarterOfAnHour(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: 0, 4: 0, 5: time.Minute, 6: 2 * time.Minute, 8: 8 * time.Minute, 9: 15 * time.Minute, 1 << 30: 15 * time.Minute} {
		if got := auth.LockFor(failures); got != want {
			t.Errorf("%d: %v, want %v", failures, got, want)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("no randomness") }

func TestATokenWithoutRandomnessIsNoToken(t *testing.T) {
	if _, err := auth.NewToken(broken{}); err == nil {
		t.Error("made a token of nothing")
	}
	a, err := auth.NewToken(rand.Reader)
	b, err2 := auth.NewToken(rand.Reader)
	if err != nil || err2 != nil || a == b || len(a) != 43 {
		t.Error(a, b, err, err2)
	}
}
