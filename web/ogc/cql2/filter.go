package cql2

import (
	"strings"

	"cloudgrid/spatial"
)

// Type of a property.
type Type int

// The types.
const (
	Text Type = iota
	Number
	Bool
	Geometry
)

// Value is that of a property; the zero Value is null.
type Value struct {
	Known  bool
	Type   Type
	Text   string
	Number float64
	Bool   bool
}

// Feature is what a filter is asked of.
type Feature interface {
	// Property returns the value of a property of the schema.
	Property(name string) Value
	// Meets tells whether the feature's geometry shares a point with a shape.
	Meets(s Shape) bool
}

// Shape is the geometry of a filter: points, lines or polygons, one of them.
type Shape struct {
	Points   []spatial.Point
	Lines    [][]spatial.Point
	Polygons spatial.MultiPolygon
}

// Filter picks features. The zero Filter picks all.
type Filter struct{ root node }

// Pick tells whether the filter holds for a feature. As in SQL, what compares
// with null is neither true nor false, and does not pick.
func (f Filter) Pick(x Feature) bool { return f.root == nil || f.root.eval(x) == yes }

// answer is true, false or unknown.
type answer int8

const (
	no answer = iota
	unknown
	yes
)

func truth(b bool) answer {
	if b {
		return yes
	}
	return no
}

type node interface{ eval(Feature) answer }

type (
	and  []node
	or   []node
	not  struct{ of node }
	none struct{ of operand } // IS NULL

	compare struct {
		a, b operand
		op   string
	}
	like struct {
		a       operand
		pattern []rune
	}
	between struct{ a, low, high operand }
	in      struct {
		a    operand
		list []operand
	}
	meets struct{ shape Shape }
	flag  struct{ of operand } // a bare boolean
)

// operand gives a value.
type operand struct {
	name string // of a property; "" for a constant
	val  Value
	fold bool // CASEI
}

func (o operand) of(x Feature) Value {
	v := o.val
	if o.name != "" {
		v = x.Property(o.name)
	}
	if o.fold {
		v.Text = strings.ToLower(v.Text)
	}
	return v
}

func (n and) eval(x Feature) answer {
	least := yes
	for _, c := range n {
		if least = min(least, c.eval(x)); least == no {
			break
		}
	}
	return least
}

func (n or) eval(x Feature) answer {
	most := no
	for _, c := range n {
		if most = max(most, c.eval(x)); most == yes {
			break
		}
	}
	return most
}

func (n not) eval(x Feature) answer { return yes - n.of.eval(x) }

func (n none) eval(x Feature) answer { return truth(!n.of.of(x).Known) }

func (n flag) eval(x Feature) answer {
	v := n.of.of(x)
	if !v.Known {
		return unknown
	}
	return truth(v.Bool)
}

func (n meets) eval(x Feature) answer { return truth(x.Meets(n.shape)) }

func (n compare) eval(x Feature) answer {
	a, b := n.a.of(x), n.b.of(x)
	if !a.Known || !b.Known {
		return unknown
	}
	c := order(a, b)
	switch n.op {
	case "=":
		return truth(c == 0)
	case "<>":
		return truth(c != 0)
	case "<":
		return truth(c < 0)
	case "<=":
		return truth(c <= 0)
	case ">":
		return truth(c > 0)
	}
	return truth(c >= 0)
}

// order compares two values of one type.
func order(a, b Value) int {
	switch a.Type {
	case Number:
		switch {
		case a.Number < b.Number:
			return -1
		case a.Number > b.Number:
			return 1
		}
		return 0
	case Bool:
		return int(truth(a.Bool)) - int(truth(b.Bool))
	case Text, Geometry:
	}
	return strings.Compare(a.Text, b.Text)
}

func (n between) eval(x Feature) answer {
	v, low, high := n.a.of(x), n.low.of(x), n.high.of(x)
	if !v.Known || !low.Known || !high.Known {
		return unknown
	}
	return truth(order(v, low) >= 0 && order(v, high) <= 0)
}

func (n in) eval(x Feature) answer {
	v := n.a.of(x)
	if !v.Known {
		return unknown
	}
	for _, o := range n.list {
		if order(v, o.of(x)) == 0 {
			return yes
		}
	}
	return no
}

func (n like) eval(x Feature) answer {
	v := n.a.of(x)
	if !v.Known {
		return unknown
	}
	return truth(matches([]rune(v.Text), n.pattern))
}

// matches tells whether a text is like a pattern of % (any run) and _ (any one
// character), \ taking the next as it is. Its time is at most the product of the
// lengths: going back to the last % only is enough.
func matches(s, p []rune) bool {
	i, j, star, back := 0, 0, -1, 0
	for i < len(s) {
		literal := j < len(p) && p[j] == '\\' && j+1 < len(p)
		switch {
		case literal && p[j+1] == s[i]:
			i, j = i+1, j+2
		case !literal && j < len(p) && p[j] == '%':
			star, back = j, i
			j++
		case !literal && j < len(p) && (p[j] == '_' || p[j] == s[i]):
			i, j = i+1, j+1
		case star >= 0:
			back++
			i, j = back, star+1
		default:
			return false
		}
	}
	for j < len(p) && p[j] == '%' {
		j++
	}
	return j == len(p)
}
