package demodata

import (
	"strings"
	"unicode"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/district"
	"cloudgrid/spatial"
	"cloudgrid/spatial/measure"
)

// otherNames are what people say for some names of the map.
var otherNames = map[string][]string{
	"东方明珠电视塔":                         {"东方明珠", "东方明珠塔"},
	"上海中心大厦":                          {"上海中心"},
	"Shanghai World Financial Center": {"上海环球金融中心", "环球金融中心"},
	"和平饭店北楼":                          {"和平饭店"},
	"人民英雄纪念塔":                         {"人民英雄纪念碑"},
	"第一八佰伴":                           {"八佰伴"},
}

// putPlaces writes named buildings, compounds and points of interest, and the
// address points, each once.
func (b *bund) putPlaces() error {
	var places []gridmap.Place
	seen := map[string][]spatial.Point{}
	add := func(kind, name, street, number string, at spatial.Point) {
		face := b.faceAt(at)
		if !readable(name) {
			name = ""
		}
		if name == "" && street == "" || face < 0 || near(seen[name+street+number], at) {
			return
		}
		key := name + street + number
		seen[key] = append(seen[key], at)
		p := gridmap.Place{
			Kind: kind, Name: name, Point: at, HasPoint: true, Source: "OpenStreetMap", Status: "in_use",
			Address: gridmap.Address{City: "上海市", District: b.districtOf(face), Road: street, Number: houseNumber(number)},
		}
		for _, n := range otherNames[name] {
			p.Aliases = append(p.Aliases, gridmap.Alias{Name: n, Kind: "alias"})
		}
		places = append(places, p)
	}
	for _, f := range b.src.buildings {
		if f.Name != "" {
			add("building", f.Name, f.Street, f.Number, district.Inside(f.Ground))
		}
	}
	for _, f := range b.src.landuse {
		if f.Kind == "residential" {
			add("compound", f.Name, "", "", district.Inside(f.Ground))
		}
	}
	for _, f := range b.src.pois {
		kind := "building"
		if shopKinds[f.Kind] {
			kind = "shop"
		}
		if _, twice := seen[f.Name]; !twice || kind == "shop" {
			add(kind, f.Name, "", "", f.At)
		}
	}
	for _, f := range b.src.addresses {
		add("door", "", f.Street, f.Number, f.At)
	}
	first, err := b.w.NewIDs(b.ctx, len(places))
	if err != nil {
		return err
	}
	for i := range places {
		places[i].ID = gridmap.PlaceID(first + int64(i))
	}
	return b.w.PutPlaces(b.ctx, places...)
}

// near tells whether one of the places is within 80 m.
func near(places []spatial.Point, at spatial.Point) bool {
	for _, p := range places {
		if measure.NearM(p, at) < 80 {
			return true
		}
	}
	return false
}

// readable tells whether a name is written in Han characters or Latin letters.
func readable(name string) bool {
	for _, r := range name {
		if unicode.IsLetter(r) && !unicode.Is(unicode.Han, r) && !unicode.Is(unicode.Latin, r) {
			return false
		}
	}
	return name != ""
}

func (b *bund) districtOf(face int32) string {
	g := b.owner[face]
	for b.grids[g].Parent != district.None {
		g = b.grids[g].Parent
	}
	return bundStreets[g].district
}

func houseNumber(n string) string {
	if n == "" || strings.HasSuffix(n, "号") {
		return n
	}
	return n + "号"
}
