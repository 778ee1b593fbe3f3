package gridmap

import (
	"strings"
	"time"

	"cloudgrid/spatial"
)

// PlaceID is the identity of a place.
type PlaceID int64

// Address is a standard address by its components, each as written, without
// the parts that are not known.
type Address struct {
	Province, City, District, Town, Community string // 省 市 区县 街道 社区
	Road, Section, Lane, Alley, SubAlley      string // 路 段 巷/弄 弄/支弄 …
	Number                                    string // 门牌号, with sub-number: "12之3"
	Compound, Building, Unit                  string // 小区/院/大厦, 栋/幢/号楼, 单元
}

// String writes the address from large to small, as it is written in China.
func (a Address) String() string {
	return a.Province + a.City + a.District + a.Town + a.Community +
		a.Road + a.Section + a.Lane + a.Alley + a.SubAlley + a.Number +
		a.Compound + a.Building + a.Unit
}

// Alias is another name of a place, with the time it was in use.
type Alias struct {
	Name string    `json:"name"`
	Kind string    `json:"kind"` // "alias", "short", "former"
	From time.Time `json:"from,omitzero"`
	To   time.Time `json:"to,omitzero"`
}

// Place is one version of an addressable thing with a point (标准地址): compound,
// building, door plate, shop, device.
type Place struct {
	ID        PlaceID
	Code      string // unique among places where given
	Kind      string // "door", "compound", "building", "shop", "device", "sign"
	Name      string // its own name, where it has one
	Address   Address
	Point     spatial.Point
	HasPoint  bool
	AccuracyM float64 // of Point; 0 is unknown
	Atom      AtomID  // 0 is: by the point
	Parent    PlaceID // the compound of a building, the building of a door; 0 is none
	Source    string
	Status    string // "", "in_use", "planned", "demolished"
	Aliases   []Alias
	Attrs     map[string]string
	Span
}

// Check complains about a version that could never be right.
func (p Place) Check() error {
	switch {
	case p.ID <= 0:
		return Errorf(Invalid, "地址「%s%s」没有编号 (place without an id)", p.Address, p.Name)
	case strings.TrimSpace(p.Name) == "" && p.Address == (Address{}):
		return Errorf(Invalid, "地址 %d 既无名称也无地址 (place without a name or an address)", p.ID)
	case p.AccuracyM < 0:
		return Errorf(Invalid, "地址 %d 的精度为负 (negative accuracy)", p.ID)
	case p.Parent == p.ID:
		return Errorf(Invalid, "地址 %d 是自己的上级 (a place that is its own parent)", p.ID)
	}
	return p.Span.Check()
}
