package sign

import (
	"bytes"
	"crypto/sha256"
	"math/rand/v2"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

type chacha struct{ r *rand.ChaCha8 }

func (c chacha) Read(b []byte) (int, error) { return c.r.Read(b) }

func seeded(seed string) chacha { return chacha{rand.NewChaCha8(sha256.Sum256([]byte(seed)))} }

func TestACodeIsReadHoweverItIsTyped(t *testing.T) {
	code, err := NewCode(seeded("typed"))
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{code, strings.ToLower(code), Grouped(code), " " + Grouped(code) + " ", strings.ReplaceAll(code, "1", "l")} {
		if got, ok := ParseCode(typed); !ok || got != code {
			t.Errorf("%q read as %q %v", typed, got, ok)
		}
	}
}

// One wrong character, or two neighbours swapped, is always found.
func TestEveryTypingErrorIsFound(t *testing.T) {
	random := seeded("errors")
	rapid.Check(t, func(rt *rapid.T) {
		code, err := NewCode(random)
		if err != nil {
			rt.Fatal(err)
		}
		i := rapid.IntRange(0, CodeLength-1).Draw(rt, "i")
		c := alphabet[rapid.IntRange(0, 30).Draw(rt, "c")]
		wrong := []byte(code)
		wrong[i] = c
		if _, ok := ParseCode(string(wrong)); ok != (c == code[i]) {
			rt.Fatalf("%s taken for %s", wrong, code)
		}
		if i > 0 {
			swapped := []byte(code)
			swapped[i-1], swapped[i] = swapped[i], swapped[i-1]
			if _, ok := ParseCode(string(swapped)); ok != (code[i-1] == code[i]) {
				rt.Fatalf("%s taken for %s", swapped, code)
			}
		}
	})
}

func TestCodesUseEveryCharacterAlike(t *testing.T) {
	random, count := seeded("even"), map[rune]int{}
	const codes = 31_000
	for range codes {
		code, err := NewCode(random)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range code[:randomChars] {
			count[c]++
		}
	}
	for _, c := range alphabet {
		if want := codes * randomChars / 31; count[c] < want*95/100 || count[c] > want*105/100 {
			t.Errorf("%c comes %d times of about %d", c, count[c], want)
		}
	}
	if _, err := NewCode(bytes.NewReader(nil)); err == nil {
		t.Error("a code without randomness")
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("K7Q2-9FXA-3MP")
	f.Fuzz(func(t *testing.T, text string) {
		code, ok := ParseCode(text)
		if again, same := ParseCode(code); ok && (!same || again != code) {
			t.Errorf("%q gives %q, which gives %q", text, code, again)
		}
	})
}
