package demodata

import (
	"context"
	"strconv"
	"strings"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/district"
	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// BundSource says of the Bund what is real and what is not.
const BundSource = "建筑、道路、水面与地名 © OpenStreetMap 贡献者（ODbL 1.0）；岸线为手绘；街道、社区、网格划分及户数、人口、商铺、事件、人员均为虚构示例"

// Bund writes the Bund and Lujiazui in Shanghai as one edition: buildings and
// the ground around them as atoms, streets, communities and grids over them as
// the engine draws them, named places and addresses. Only buildings, streets,
// water and names are real. The same program writes the same map.
func Bund(ctx context.Context, store gridmap.Store, now time.Time) error {
	tree, err := makeBund(ctx)
	if err != nil {
		return err
	}
	none := int64(0) // refuse when somebody else was quicker
	commit := gridmap.Commit{
		Base: &none, At: now, Actor: "demo", Action: "import", Note: "外滩示例数据 Bund demo",
		Edit:  &gridmap.Edition{Name: "示例版次 demo", EffectiveAt: now},
		Audit: []gridmap.AuditEntry{{At: now, Actor: "demo", Action: "import", Thing: "demo:bund"}},
	}
	_, err = store.Update(ctx, commit, func(w gridmap.Writer) error {
		b := &bund{bundTree: tree, ctx: ctx, w: w}
		for _, step := range []func() error{b.frame, b.putGrids, b.putAtoms, b.putStaff, b.putPlaces, b.putLayers} {
			if err := step(); err != nil {
				return err
			}
		}
		return nil
	})
	return err
}

// makeBund draws the whole map, from the extract alone.
func makeBund(ctx context.Context) (*bundTree, error) {
	src, err := readBund()
	if err != nil {
		return nil, err
	}
	ground, err := tileBund(src)
	if err != nil {
		return nil, err
	}
	return divideBund(ctx, ground)
}

// bund is one run of the writer.
type bund struct {
	*bundTree
	ctx context.Context
	w   gridmap.Writer
	ids []gridmap.GridID // by grid of the tree
}

func (b *bund) frame() error {
	err := b.w.PutSettings(b.ctx, gridmap.Settings{
		Title:      "上海外滩与陆家嘴网格（示例）",
		SourceLine: BundSource,
		DataDate:   time.Date(2019, 7, 1, 0, 0, 0, 0, time.UTC), // by the newest number of an object in it
		Hotline:    "12345",
	})
	if err != nil {
		return err
	}
	if err := b.w.PutNetwork(b.ctx, gridmap.Network{ID: mainNet, Code: "main", Name: "综合网格", Main: true}); err != nil {
		return err
	}
	err = b.w.PutLevels(b.ctx, mainNet, []gridmap.Level{
		{Network: mainNet, Rank: 0, Code: "street", Name: "街道"},
		{Network: mainNet, Rank: 1, Code: "community", Name: "社区"},
		{Network: mainNet, Rank: 2, Code: "grid", Name: "网格"},
	})
	if err != nil {
		return err
	}
	for _, r := range []gridmap.Role{
		{Code: "grid_worker", Name: "网格员", Order: 1},
		{Code: "grid_head", Name: "网格长", Order: 2},
		{Code: "station_head", Name: "工作站站长", Order: 3},
		{Code: "duty_line", Name: "值班室", Order: 9},
	} {
		if err := b.w.PutRole(b.ctx, r); err != nil {
			return err
		}
	}
	return b.w.PutProfile(b.ctx, gridmap.SizingProfile{
		Network: mainNet, Level: 2, Unit: "households", Min: gridMin, Target: gridTarget, Max: gridMax,
	})
}

// riverBlue is how many numbers are left out before the grids: colours follow
// from the numbers, and by these the map paints the river blue.
const riverBlue = 3

func (b *bund) putGrids() error {
	first, err := b.w.NewIDs(b.ctx, riverBlue+len(b.grids))
	if err != nil {
		return err
	}
	shapes := b.shapes()
	grids := make([]gridmap.Grid, len(b.grids))
	b.ids = make([]gridmap.GridID, len(b.grids))
	for i, g := range b.grids {
		b.ids[i] = gridmap.GridID(first + riverBlue + int64(i))
		kind := g.Type
		if kind == "" {
			kind = gridmap.General
		}
		grids[i] = gridmap.Grid{
			ID: b.ids[i], Network: mainNet, Level: g.Level, Code: g.Code, Name: g.Name, Type: kind, Shape: shapes[i],
			Attrs: map[string]string{"synthetic": "示例划分"},
		}
		if g.Parent != district.None {
			grids[i].Parent = b.ids[g.Parent]
		}
	}
	return b.w.PutGrids(b.ctx, grids...)
}

// shapes is the ground of every grid, of all levels.
func (b *bund) shapes() []spatial.MultiPolygon {
	shapes := make([]spatial.MultiPolygon, len(b.grids))
	owner := append([]int32(nil), b.owner...)
	for level := 2; level >= 0; level-- {
		t := b.topo.Dissolve(owner, len(b.grids))
		for i, g := range b.grids {
			if g.Level == level {
				shapes[i] = t.FacePolygon(topology.FaceID(i))
			}
		}
		for f, o := range owner {
			owner[f] = b.grids[o].Parent
		}
	}
	return shapes
}

func (b *bund) putAtoms() error {
	first, err := b.w.NewIDs(b.ctx, len(b.atoms))
	if err != nil {
		return err
	}
	beside := b.mainRoads()
	atoms := make([]gridmap.Atom, len(b.atoms))
	members := make([]gridmap.Membership, len(b.atoms))
	for f := range b.atoms {
		a := &b.atoms[f]
		id := gridmap.AtomID(first + int64(f))
		atoms[f] = gridmap.Atom{
			ID: id, Code: atomCode(f), Name: a.Name, Kind: a.kind(), Shape: b.shape[f],
			Counts: map[string]int64{"households": a.Households, "persons": a.Persons, "shops": a.Shops, "events": a.Events},
			Attrs:  b.attrs(a),
		}
		if roads := beside[int32(f)]; len(roads) > 0 {
			atoms[f].Attrs[district.ArterialTo] = strings.Join(roads, "|")
		}
		members[f] = gridmap.Membership{Atom: id, Network: mainNet, Grid: b.ids[b.owner[f]]}
	}
	if err := b.w.PutAtoms(b.ctx, atoms...); err != nil {
		return err
	}
	return b.w.PutMemberships(b.ctx, members...)
}

func (a *bundAtom) kind() string {
	switch {
	case a.Water:
		return "water"
	case len(a.Buildings) > 0:
		return "building"
	}
	return "plot"
}

func (b *bund) attrs(a *bundAtom) map[string]string {
	attrs := map[string]string{"synthetic": "households, persons, shops, events"}
	var osm []string
	for _, i := range a.Buildings {
		osm = append(osm, strconv.FormatInt(b.src.buildings[i].OSM, 10))
	}
	if len(osm) > 0 {
		attrs["osm_buildings"] = strings.Join(osm, "|")
	}
	if a.HandedOver {
		attrs["handed_over"] = "新交付小区（虚构）"
	}
	return attrs
}

// mainRoads lists, by face, the codes of the neighbours across a main road.
func (b *bund) mainRoads() map[int32][]string {
	beside := map[int32][]string{}
	for _, m := range b.marks {
		if m.Arterial {
			beside[m.A] = append(beside[m.A], atomCode(int(m.B)))
		}
	}
	return beside
}

func (b *bund) putStaff() error {
	r, err := newRoster(b.ctx, b.w, 6*len(b.grids))
	if err != nil {
		return err
	}
	var count [3]int
	for i, g := range b.grids {
		n := count[g.Level]
		count[g.Level]++
		switch g.Level {
		case 0:
			r.post(b.ids[i], "duty_line", r.hire("值班室", n+1, true), 1, gridmap.FullTime)
		case 1:
			r.post(b.ids[i], "station_head", r.hire("站长", n+1, false), 1, gridmap.FullTime)
		default:
			r.staffGrid(b.ids[i], n)
		}
	}
	return r.put(b.ctx, b.w)
}
