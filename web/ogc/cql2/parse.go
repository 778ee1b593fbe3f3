package cql2

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// Frame reads a position of the filter's coordinate system.
type Frame func(x, y string) (spatial.Point, error)

// Parse reads a filter over properties with these types. Errors say where in
// the filter, and what there is instead.
func Parse(s string, schema map[string]Type, frame Frame) (Filter, error) {
	tokens, err := lex(s)
	if err != nil {
		return Filter{}, err
	}
	if tokens[0].kind == end {
		return Filter{}, gridmap.Errorf(gridmap.Invalid, "过滤条件是空的 (empty filter)")
	}
	p := &parser{tokens: tokens, schema: schema, frame: frame}
	root, err := p.either(0)
	if err != nil {
		return Filter{}, err
	}
	if t := p.peek(); t.kind != end {
		return Filter{}, refused(t.at, "多余的 %q (unexpected)", t.raw)
	}
	return Filter{root}, nil
}

type parser struct {
	tokens []token
	i      int
	schema map[string]Type
	frame  Frame
	work   int // of what was read so far
}

// costs counts what a part of the filter takes for each feature.
func (p *parser) costs(at, work int) error {
	if p.work += work; p.work > maxWork {
		return refused(at, "条件太多，请分几次查询，或改用 IN (too many conditions: ask in several steps, or use IN)")
	}
	return nil
}

func (p *parser) peek() token { return p.tokens[p.i] }

func (p *parser) next() token {
	t := p.tokens[p.i]
	if t.kind != end {
		p.i++
	}
	return t
}

// take consumes a keyword or sign if it is next.
func (p *parser) take(what string) bool {
	if t := p.peek(); (t.kind == word || t.kind == punct) && t.text == what {
		p.i++
		return true
	}
	return false
}

func (p *parser) want(what string) error {
	if t := p.peek(); !p.take(what) {
		return refused(t.at, "此处应为 %q (want %s)", what, what)
	}
	return nil
}

// either reads terms between which OR stands; both, which binds closer, AND.
func (p *parser) either(depth int) (node, error) {
	return p.series(depth, "OR", p.both, func(terms []node) node { return or(terms) })
}

func (p *parser) both(depth int) (node, error) {
	return p.series(depth, "AND", p.factor, func(terms []node) node { return and(terms) })
}

// series reads terms with a word between them; a single one stands for itself.
func (p *parser) series(depth int, between string, term func(depth int) (node, error), all func([]node) node) (node, error) {
	var terms []node
	for {
		n, err := term(depth)
		if err != nil {
			return nil, err
		}
		terms = append(terms, n)
		if !p.take(between) {
			break
		}
	}
	if len(terms) == 1 {
		return terms[0], nil
	}
	return all(terms), nil
}

func (p *parser) factor(depth int) (node, error) {
	if depth > maxDepth {
		return nil, refused(p.peek().at, "嵌套超过 %d 层 (nested too deep)", maxDepth)
	}
	if p.take("NOT") {
		n, err := p.factor(depth + 1)
		return not{n}, err
	}
	if p.take("(") {
		n, err := p.either(depth + 1)
		if err != nil {
			return nil, err
		}
		return n, p.want(")")
	}
	return p.predicate()
}

func (p *parser) predicate() (node, error) {
	t := p.peek()
	if t.kind == word && strings.HasPrefix(t.text, "S_") && p.tokens[p.i+1].text == "(" {
		return p.spatial()
	}
	a, typ, err := p.operand()
	if err != nil {
		return nil, err
	}
	negative := p.take("NOT")
	n, err := p.rest(a, typ, t, negative)
	if err == nil && negative {
		n = not{n}
	}
	return n, err
}

// rest reads what follows the first operand.
func (p *parser) rest(a operand, typ Type, first token, negative bool) (node, error) {
	t := p.peek()
	switch {
	case p.take("LIKE"):
		if typ != Text {
			return nil, refused(first.at, "LIKE 只用于文字 (LIKE is for text)")
		}
		pattern, pt, err := p.operand()
		if err != nil {
			return nil, err
		}
		if pt != Text || pattern.name != "" {
			return nil, refused(t.at, "LIKE 之后应为文字 (LIKE wants a text)")
		}
		v := pattern.of(nil)
		return like{a, []rune(v.Text)}, p.costs(t.at, likeWork)
	case p.take("BETWEEN"):
		low, err := p.same(typ)
		if err != nil {
			return nil, err
		}
		if err := p.want("AND"); err != nil {
			return nil, err
		}
		high, err := p.same(typ)
		return between{a, low, high}, err
	case p.take("IN"):
		return p.list(a, typ)
	case negative:
		return nil, refused(t.at, "NOT 之后应为 LIKE、BETWEEN 或 IN (want LIKE, BETWEEN or IN)")
	case p.take("IS"):
		isNot := p.take("NOT")
		if err := p.want("NULL"); err != nil {
			return nil, err
		}
		if isNot {
			return not{none{a}}, nil
		}
		return none{a}, nil
	case t.kind == punct && strings.Contains("= <> < <= > >=", t.text) && t.text != "":
		p.i++
		b, err := p.same(typ)
		return compare{a, b, t.text}, err
	case typ == Bool:
		return flag{a}, nil
	}
	return nil, refused(t.at, "此处应为比较符 (want a comparison)")
}

func (p *parser) list(a operand, typ Type) (node, error) {
	if err := p.want("("); err != nil {
		return nil, err
	}
	n := in{a: a}
	for {
		o, err := p.same(typ)
		if err != nil {
			return nil, err
		}
		if n.list = append(n.list, o); len(n.list) > maxItems {
			return nil, refused(p.peek().at, "IN 超过 %d 项 (too many items)", maxItems)
		}
		if !p.take(",") {
			return n, p.want(")")
		}
	}
}

// same reads an operand of a type.
func (p *parser) same(typ Type) (operand, error) {
	t := p.peek()
	o, got, err := p.operand()
	if err == nil && got != typ {
		return o, refused(t.at, "类型不同，不能比较 (types differ)")
	}
	return o, err
}

func (p *parser) operand() (operand, Type, error) {
	t := p.next()
	switch t.kind {
	case text:
		return operand{val: Value{Known: true, Type: Text, Text: t.text}}, Text, nil
	case number:
		v, err := strconv.ParseFloat(t.text, 64)
		if err != nil {
			return operand{}, 0, refused(t.at, "%q 不是数字 (not a number)", t.raw)
		}
		return operand{val: Value{Known: true, Type: Number, Number: v}}, Number, nil
	case quotedName:
		return p.property(t)
	case word:
		return p.word(t)
	case end, punct:
	}
	return operand{}, 0, refused(t.at, "此处应为属性或值 (want a property or a value)")
}

func (p *parser) word(t token) (operand, Type, error) {
	switch t.text {
	case "TRUE", "FALSE":
		return operand{val: Value{Known: true, Type: Bool, Bool: t.text == "TRUE"}}, Bool, nil
	case "CASEI":
		if !p.take("(") {
			break
		}
		o, typ, err := p.operand()
		if err == nil && typ != Text {
			err = refused(t.at, "CASEI 只用于文字 (CASEI is for text)")
		}
		if err != nil {
			return o, typ, err
		}
		o.fold = true
		if err := p.costs(t.at, foldWork); err != nil {
			return o, typ, err
		}
		return o, Text, p.want(")")
	case "DATE", "TIMESTAMP": // compared as texts: both are written from large to small
		if !p.take("(") {
			break
		}
		v := p.next()
		if v.kind != text {
			return operand{}, 0, refused(v.at, "此处应为加引号的时间 (want a quoted time)")
		}
		return operand{val: Value{Known: true, Type: Text, Text: v.text}}, Text, p.want(")")
	}
	return p.property(t)
}

func (p *parser) property(t token) (operand, Type, error) {
	typ, ok := p.schema[t.raw]
	if !ok {
		return operand{}, 0, refused(t.at, "没有属性 %q；现有：%s (no such property)", t.raw, strings.Join(slices.Sorted(maps.Keys(p.schema)), ", "))
	}
	return operand{name: t.raw}, typ, p.costs(t.at, 1)
}
