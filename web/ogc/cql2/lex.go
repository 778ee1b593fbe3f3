// Package cql2 reads filters in the text form of OGC CQL2 (OGC 21-065r2) and
// tells which features they pick: Basic CQL2, with LIKE, BETWEEN, IN, CASEI and
// S_INTERSECTS beside it. A filter is bound to the properties there are, so that
// a misspelt one is an error and not an empty answer.
package cql2

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cloudgrid/gridmap"
)

// Bounds of a filter: it comes from strangers.
const (
	MaxBytes = 8 << 10
	maxDepth = 32
	maxItems = 1000 // of IN, and of the points of a geometry

	// maxWork bounds what a filter may take for each feature, as anybody may ask:
	// to look at a property is 1.
	maxWork       = 300
	foldWork      = 5
	likeWork      = 15
	intersectWork = 25
)

// kind of a token.
type kind int

const (
	end kind = iota
	word
	quotedName
	text
	number
	punct
)

// token is a piece of the filter; at is its place, in bytes.
type token struct {
	kind kind
	text string // upper case for a word that may be a keyword: see raw
	raw  string
	at   int
}

func refused(at int, format string, args ...any) error {
	return gridmap.Errorf(gridmap.Invalid, "过滤条件第 %d 字节处："+format, append([]any{at + 1}, args...)...)
}

// lex cuts a filter into tokens.
func lex(s string) ([]token, error) {
	if len(s) > MaxBytes {
		return nil, gridmap.Errorf(gridmap.Invalid, "过滤条件有 %d 字节，超过 %d (filter too long)", len(s), MaxBytes)
	}
	if !utf8.ValidString(s) {
		return nil, gridmap.Errorf(gridmap.Invalid, "过滤条件不是 UTF-8 (filter is not UTF-8)")
	}
	var out []token
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
			continue
		case r == '\'' || r == '"':
			body, next, err := quoted(s, i)
			if err != nil {
				return nil, err
			}
			k := text
			if r == '"' {
				k = quotedName
			}
			out = append(out, token{k, body, body, i})
			i = next
		case r >= '0' && r <= '9' || r == '.' || (r == '-' || r == '+') && i+1 < len(s) && (s[i+1] >= '0' && s[i+1] <= '9' || s[i+1] == '.'):
			j := i + 1
			for j < len(s) && (s[j] >= '0' && s[j] <= '9' || s[j] == '.' || s[j] == 'e' || s[j] == 'E' || (s[j] == '-' || s[j] == '+') && (s[j-1] == 'e' || s[j-1] == 'E')) {
				j++
			}
			out = append(out, token{number, s[i:j], s[i:j], i})
			i = j
		case unicode.IsLetter(r) || r == '_':
			j := i
			for j < len(s) {
				r, size := utf8.DecodeRuneInString(s[j:])
				if !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_' && r != '.' && r != ':' {
					break
				}
				j += size
			}
			out = append(out, token{word, strings.ToUpper(s[i:j]), s[i:j], i})
			i = j
		case strings.HasPrefix(s[i:], "<>") || strings.HasPrefix(s[i:], "<=") || strings.HasPrefix(s[i:], ">="):
			out = append(out, token{punct, s[i : i+2], s[i : i+2], i})
			i += 2
		case strings.ContainsRune("=<>(),", r):
			out = append(out, token{punct, string(r), string(r), i})
			i += size
		default:
			return nil, refused(i, "多余的字符 %q (unexpected character)", r)
		}
	}
	return append(out, token{kind: end, at: len(s)}), nil
}

// quoted reads a quoted text from its first quote on; a doubled quote is one.
func quoted(s string, from int) (body string, next int, err error) {
	q := s[from]
	var b strings.Builder
	for i := from + 1; i < len(s); i++ {
		if s[i] != q {
			b.WriteByte(s[i])
			continue
		}
		if i+1 < len(s) && s[i+1] == q {
			b.WriteByte(q)
			i++
			continue
		}
		return b.String(), i + 1, nil
	}
	return "", 0, refused(from, "引号没有结束 (the quote does not end)")
}
