// Package demodata fills a store with the maps that `cloudgrid demo` shows.
// The data is embedded; the staff is made up and visibly so.
package demodata

import (
	"compress/gzip"
	"context"
	"embed"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

//go:embed taichung bund/*.gz
var files embed.FS

// taichungUnit is a base unit as its file has it.
type taichungUnit struct {
	Properties struct {
		Code       string `json:"codebase"`
		TownID     string `json:"town_id"`
		Town       string `json:"town"`
		Households int64  `json:"households"`
		Population int64  `json:"population"`
		Village    string `json:"village"`
		VillCode   string `json:"villcode"`
	} `json:"properties"`
	Geometry struct {
		Coordinates [][][2]float64 `json:"coordinates"`
	} `json:"geometry"`
}

// Taichung writes five districts of Taichung as one edition: base units as
// atoms, villages (里) as leaf grids, districts (區) above them, door plates of
// two districts as places.
func Taichung(ctx context.Context, store gridmap.Store, now time.Time) error {
	units, err := readUnits("taichung/taichung_core_base_units.geojson.gz")
	if err != nil {
		return err
	}
	var doors []gridmap.Place
	for _, name := range []string{"taichung/taichung_6600100.csv.gz", "taichung/taichung_6600200.csv.gz"} {
		d, err := readDoors(name)
		if err != nil {
			return err
		}
		doors = append(doors, d...)
	}
	none := int64(0) // refuse when somebody else was quicker
	commit := gridmap.Commit{
		Base: &none, At: now, Actor: "demo", Action: "import", Note: "台中示例数据 Taichung demo",
		Edit:  &gridmap.Edition{Name: "示例版次 demo", EffectiveAt: now},
		Audit: []gridmap.AuditEntry{{At: now, Actor: "demo", Action: "import", Thing: "demo:taichung"}},
	}
	_, err = store.Update(ctx, commit, func(w gridmap.Writer) error {
		t := &taichung{ctx: ctx, w: w, grids: map[string]gridmap.GridID{}}
		for _, step := range []func() error{
			t.frame, func() error { return t.tree(units) }, func() error { return t.atoms(units) },
			t.staff, func() error { return t.places(doors) },
		} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

const mainNet gridmap.NetworkID = 1

// taichung is one run of the writer.
type taichung struct {
	ctx   context.Context
	w     gridmap.Writer
	order []gridmap.Grid
	grids map[string]gridmap.GridID // by code
}

func (t *taichung) frame() error {
	err := t.w.PutSettings(t.ctx, gridmap.Settings{
		Title:      "台中市五区网格（示例）",
		SourceLine: "SEGIS 统计区、台中市政府门牌，政府资料开放授权条款 1.0；人员为虚构",
		DataDate:   time.Date(2021, 9, 20, 0, 0, 0, 0, time.UTC),
		Hotline:    "1999",
	})
	if err != nil {
		return err
	}
	if err := t.w.PutNetwork(t.ctx, gridmap.Network{ID: mainNet, Code: "main", Name: "综合网格", Main: true}); err != nil {
		return err
	}
	err = t.w.PutLevels(t.ctx, mainNet, []gridmap.Level{
		{Network: mainNet, Rank: 0, Code: "town", Name: "区"},
		{Network: mainNet, Rank: 1, Code: "village", Name: "里（网格）"},
	})
	if err != nil {
		return err
	}
	for _, r := range []gridmap.Role{
		{Code: "grid_worker", Name: "网格员", Order: 1},
		{Code: "grid_head", Name: "网格长", Order: 2},
		{Code: "duty_line", Name: "值班室", Order: 9},
	} {
		if err := t.w.PutRole(t.ctx, r); err != nil {
			return err
		}
	}
	return t.w.PutProfile(t.ctx, gridmap.SizingProfile{Network: mainNet, Level: 1, Unit: "households", Min: 1000, Target: 2000, Max: 3000})
}

func (t *taichung) tree(units []taichungUnit) error {
	add := func(level int, code, name, parent string) error {
		if _, seen := t.grids[code]; seen {
			return nil
		}
		id, err := t.w.NewIDs(t.ctx, 1)
		if err != nil {
			return err
		}
		t.grids[code] = gridmap.GridID(id)
		t.order = append(t.order, gridmap.Grid{
			ID: gridmap.GridID(id), Network: mainNet, Level: level, Parent: t.grids[parent], Code: code, Name: name, Type: gridmap.General,
		})
		return nil
	}
	for _, u := range units {
		if err := add(0, u.Properties.TownID, u.Properties.Town, ""); err != nil {
			return err
		}
	}
	for _, u := range units {
		if p := u.Properties; p.VillCode != "" {
			if err := add(1, p.VillCode, p.Village, p.VillCode[:8]); err != nil {
				return err
			}
		}
	}
	return t.w.PutGrids(t.ctx, t.order...)
}

func (t *taichung) atoms(units []taichungUnit) error {
	first, err := t.w.NewIDs(t.ctx, len(units))
	if err != nil {
		return err
	}
	var atoms []gridmap.Atom
	var members []gridmap.Membership
	for i, u := range units {
		shape, err := polygon(u.Geometry.Coordinates)
		if err != nil {
			return fmt.Errorf("unit %s: %w", u.Properties.Code, err)
		}
		id := gridmap.AtomID(first + int64(i))
		atoms = append(atoms, gridmap.Atom{
			ID: id, Code: u.Properties.Code, Kind: "block", Shape: shape,
			Counts: map[string]int64{"households": u.Properties.Households, "persons": u.Properties.Population},
		})
		grid, ok := t.grids[u.Properties.VillCode]
		if !ok { // ground of no village falls to its district
			grid = t.grids[u.Properties.TownID]
		}
		members = append(members, gridmap.Membership{Atom: id, Network: mainNet, Grid: grid})
	}
	if err := t.w.PutAtoms(t.ctx, atoms...); err != nil {
		return err
	}
	return t.w.PutMemberships(t.ctx, members...)
}

// staff invents people for every village; every district has a duty room.
func (t *taichung) staff() error {
	r, err := newRoster(t.ctx, t.w, 6*len(t.order))
	if err != nil {
		return err
	}
	villages := 0
	for i, g := range t.order {
		if g.Level == 0 {
			r.post(g.ID, "duty_line", r.hire("值班室", i+1, true), 1, gridmap.FullTime)
			continue
		}
		r.staffGrid(g.ID, villages)
		villages++
	}
	return r.put(t.ctx, t.w)
}

// compounds are made up, like the staff, so that a compound and its nickname
// can be looked for: the official plates have none.
var compounds = []struct{ name, alias, at string }{
	{"示例花园", "老糖厂宿舍", "大誠街"}, {"示例新村", "眷村", "民權路"}, {"示例大厦", "圆楼", "中山路"},
}

// withCompounds adds the made-up compounds, each at the first plate of a road.
func withCompounds(doors []gridmap.Place) []gridmap.Place {
	for _, c := range compounds {
		for _, d := range doors {
			if d.Address.Road != c.at || d.Address.Lane != "" {
				continue
			}
			d.Kind, d.Name, d.Source = "compound", c.name+"（虚构）", "虚构"
			d.Address.Number, d.Address.Compound = "", c.name
			d.Aliases = []gridmap.Alias{{Name: c.alias, Kind: "alias"}}
			doors = append(doors, d)
			break
		}
	}
	return doors
}

func (t *taichung) places(doors []gridmap.Place) error {
	doors = withCompounds(doors)
	first, err := t.w.NewIDs(t.ctx, len(doors))
	if err != nil {
		return err
	}
	for i := range doors {
		doors[i].ID = gridmap.PlaceID(first + int64(i))
	}
	return t.w.PutPlaces(t.ctx, doors...)
}

func readUnits(name string) ([]taichungUnit, error) {
	r, err := unpack(name)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Features []taichungUnit `json:"features"`
	}
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return doc.Features, nil
}

func polygon(rings [][][2]float64) (spatial.MultiPolygon, error) {
	var p spatial.Polygon
	for _, coords := range rings {
		if len(coords) < 4 {
			return nil, errors.New("a ring with fewer than four points")
		}
		r := make(spatial.Ring, 0, len(coords)-1)
		for _, c := range coords[:len(coords)-1] {
			q, err := spatial.FromLonLat(c[0], c[1])
			if err != nil {
				return nil, err
			}
			r = append(r, q)
		}
		p = append(p, r)
	}
	return spatial.MultiPolygon{p}, nil
}

// readDoors reads door plates. Columns: city, town, village, neighbor, street,
// area, lane, alley, number, x3826, y3826, lon, lat.
func readDoors(name string) ([]gridmap.Place, error) {
	r, err := unpack(name)
	if err != nil {
		return nil, err
	}
	rows := csv.NewReader(r)
	rows.FieldsPerRecord, rows.ReuseRecord = 13, true
	if _, err := rows.Read(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	var doors []gridmap.Place
	for line := 2; ; line++ {
		f, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return doors, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		lon, err1 := strconv.ParseFloat(f[11], 64)
		lat, err2 := strconv.ParseFloat(f[12], 64)
		p, err3 := spatial.FromLonLat(lon, lat)
		if err := errors.Join(err1, err2, err3); err != nil {
			return nil, fmt.Errorf("%s line %d: %w", name, line, err)
		}
		doors = append(doors, gridmap.Place{
			Kind: "door", Point: p, HasPoint: true, Source: "门牌", Status: "in_use",
			Address: gridmap.Address{
				City: f[0], District: f[1], Community: f[2], Road: f[4], Lane: f[5] + f[6], Alley: f[7], Number: f[8],
			},
		})
	}
}

func unpack(name string) (io.Reader, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	return gzip.NewReader(f)
}
