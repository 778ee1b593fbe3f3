package ingest_test

import (
	"testing"

	"cloudgrid/gridmap"
)

func TestUnitsLieInBuildingsAndBuildingsInTheirOneCompound(t *testing.T) {
	s := newStore(t)
	const head = "district,road,number,compound,building,unit,lon,lat\n"
	text := head +
		"历下区,,,翠园,3栋,2单元,120.001,30\n" + // before what it lies in
		"历下区,甲路,5号,翠园,3栋,,120.001,30\n" +
		"历下区,甲路,5号,翠园,,,120.002,30\n" +
		"历下区,,,双园,1栋,,120.003,30\n" +
		"历下区,乙路,1号,双园,,,120.004,30\n" +
		"历下区,丙路,1号,双园,,,120.014,30\n" + // two of one name: which is open
		"天桥区,,,翠园,3栋,,120.1,30\n" + // another district
		"历下区,甲路,5号,,,,120.002,30\n"
	if rep := take(t, file(t, "d.csv", text), s, asPlaces); rep.Rejected != 0 || rep.Created != 8 {
		t.Fatalf("%+v", rep)
	}
	byName := map[string]gridmap.Place{}
	for _, p := range placesOf(t, s) {
		byName[p.Address.String()] = p
	}
	id := func(name string) gridmap.PlaceID {
		p, ok := byName[name]
		if !ok {
			t.Fatalf("no %s among %v", name, byName)
		}
		return p.ID
	}
	for name, want := range map[string]gridmap.PlaceID{
		"历下区翠园3栋2单元": id("历下区甲路5号翠园3栋"), "历下区甲路5号翠园3栋": id("历下区甲路5号翠园"), "历下区甲路5号翠园": 0,
		"历下区双园1栋": 0, "天桥区翠园3栋": 0, "历下区甲路5号": 0,
	} {
		if got := byName[name].Parent; got != want {
			t.Errorf("%s lies in %d, want %d", name, got, want)
		}
	}
	if rep := take(t, file(t, "d.csv", text), s, asPlaces); rep.Unchanged != 8 {
		t.Errorf("a second import changes %+v", rep)
	}
	// A building that comes later finds its compound in the store.
	take(t, file(t, "e.csv", head+"历下区,,,翠园,4栋,,120.0011,30\n"), s, asPlaces)
	for _, p := range placesOf(t, s) {
		if p.Address.Building == "4栋" && p.Parent != id("历下区甲路5号翠园") {
			t.Errorf("%+v", p)
		}
	}
}
