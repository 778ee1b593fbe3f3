package gridmap

// NetworkID names a network (网: 综治网, 党建网 …).
type NetworkID int64

// Network is one complete tree of grids over a jurisdiction; several may
// overlap the same ground. Exactly one of a store's networks is Main: it
// answers when none is asked for.
type Network struct {
	ID   NetworkID
	Code string // unique, stable: "main", "party", "trade" …
	Name string
	Main bool
}

// Level is a named rung of a network (街道, 社区, 网格 …). Rank 0 is the top;
// ranks have no gaps.
type Level struct {
	Network NetworkID
	Rank    int
	Code    string // unique within the network: "town", "village", "grid" …
	Name    string
}

// GridType is the kind of a grid, which decides its sizing and its rules.
type GridType string

// The types of the field. An empty type means General.
const (
	General    GridType = "general"    // 综合网格
	Dedicated  GridType = "dedicated"  // 专属网格: school, park, hospital, industry
	Commercial GridType = "commercial" // 商业网格: shopfronts
	Micro      GridType = "micro"      // 微网格
	Waterborne GridType = "waterborne" // 水上网格: ship groups; needs no polygon
)

// Name returns the official Chinese wording.
func (t GridType) Name() string {
	switch t {
	case General, "":
		return "综合网格"
	case Dedicated:
		return "专属网格"
	case Commercial:
		return "商业网格"
	case Micro:
		return "微网格"
	case Waterborne:
		return "水上网格"
	}
	return string(t)
}

// Valid tells whether the type is one of the field's, or empty.
func (t GridType) Valid() bool {
	switch t {
	case "", General, Dedicated, Commercial, Micro, Waterborne:
		return true
	}
	return false
}

// SizingProfile says how big a grid of one level and type should be: 300–500
// households, say. Unit names the count it is measured in; Weights, when
// given, replace the single count by a weighted sum (the grid's load).
type SizingProfile struct {
	Network  NetworkID
	Level    int
	Type     GridType
	Unit     string // a key of Atom.Counts: "households", "persons", "shops"
	Min      float64
	Target   float64
	Max      float64
	PerStaff bool // the figures are per full-time staff member
	Weights  map[string]float64
}
