package crs

import (
	"fmt"
	"strconv"
	"strings"
)

// node is one KEYWORD["text", 1.5, OTHER[…]] of a WKT definition. Numbers and
// bare words are kept as nodes without children.
type node struct {
	word   string // upper-cased keyword, or the bare number or word
	quoted bool   // word was a "string" and keeps its case
	kids   []node
}

// Limits for definitions from strangers.
const (
	maxWKTBytes = 64 << 10
	maxWKTDepth = 32
)

// parseWKT reads one definition. Both bracket styles are taken.
func parseWKT(s string) (node, error) {
	if len(s) > maxWKTBytes {
		return node{}, fmt.Errorf("definition of %d bytes is too long for a coordinate system", len(s))
	}
	p := wktParser{rest: strings.TrimPrefix(s, "\ufeff")}
	n, err := p.node(0)
	if err != nil {
		return node{}, err
	}
	if p.skip(); p.rest != "" {
		return node{}, fmt.Errorf("text after the end of the definition: %.20q", p.rest)
	}
	return n, nil
}

type wktParser struct{ rest string }

func (p *wktParser) skip() { p.rest = strings.TrimLeft(p.rest, " \t\r\n\x00") }

func (p *wktParser) node(depth int) (node, error) {
	if depth > maxWKTDepth {
		return node{}, fmt.Errorf("definition nested deeper than %d", maxWKTDepth)
	}
	p.skip()
	if strings.HasPrefix(p.rest, `"`) {
		return p.quoted()
	}
	end := strings.IndexAny(p.rest, "[](),\" \t\r\n")
	if end < 0 {
		end = len(p.rest)
	}
	n := node{word: strings.ToUpper(p.rest[:end])}
	if n.word == "" {
		return node{}, fmt.Errorf("a keyword or value is missing before %.20q", p.rest)
	}
	p.rest = p.rest[end:]
	p.skip()
	if p.rest == "" || p.rest[0] != '[' && p.rest[0] != '(' {
		return n, nil
	}
	p.rest = p.rest[1:]
	for {
		kid, err := p.node(depth + 1)
		if err != nil {
			return node{}, err
		}
		n.kids = append(n.kids, kid)
		p.skip()
		if p.rest == "" {
			return node{}, fmt.Errorf("the bracket of %s is never closed", n.word)
		}
		c := p.rest[0]
		p.rest = p.rest[1:]
		switch c {
		case ',':
		case ']', ')':
			return n, nil
		default:
			return node{}, fmt.Errorf("unexpected %q in %s", c, n.word)
		}
	}
}

func (p *wktParser) quoted() (node, error) {
	end := strings.IndexByte(p.rest[1:], '"')
	if end < 0 {
		return node{}, fmt.Errorf("a quoted name is never closed: %.20q", p.rest)
	}
	n := node{word: p.rest[1 : 1+end], quoted: true}
	p.rest = p.rest[end+2:]
	return n, nil
}

// child returns the first child with one of the keywords.
func (n node) child(words ...string) (node, bool) {
	for _, k := range n.kids {
		for _, w := range words {
			if k.word == w && !k.quoted {
				return k, true
			}
		}
	}
	return node{}, false
}

// name is the quoted string that a WKT object begins with.
func (n node) name() string {
	if len(n.kids) > 0 && n.kids[0].quoted {
		return n.kids[0].word
	}
	return ""
}

// number is the i-th child as a number.
func (n node) number(i int) (float64, bool) {
	if i >= len(n.kids) {
		return 0, false
	}
	v, err := strconv.ParseFloat(n.kids[i].word, 64)
	return v, err == nil
}

// epsg is the code in AUTHORITY["EPSG","4547"] or ID["EPSG",4547].
func (n node) epsg() (int, bool) {
	a, ok := n.child("AUTHORITY", "ID")
	if !ok || len(a.kids) < 2 || !strings.EqualFold(a.kids[0].word, "EPSG") {
		return 0, false
	}
	code, err := strconv.Atoi(a.kids[1].word)
	return code, err == nil
}

// squash keeps only lower-case letters and digits, so that the many spellings
// of one name compare equal.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r > 127:
			return r
		}
		return -1
	}, s)
}
