package plans

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/plan"
	"cloudgrid/spatial"
)

// PlanItem is a plan.
type PlanItem struct {
	ID          int64      `json:"id"`
	Name        string     `json:"name"`
	Network     string     `json:"network" doc:"code"`
	NetworkID   int64      `json:"network_id"`
	Scope       []int64    `json:"scope" doc:"grids whose ground it may change; none is the whole network"`
	State       string     `json:"state" enum:"draft,submitted,returned,approved,announced,published,abandoned"`
	StateName   string     `json:"state_name"`
	Rev         int64      `json:"rev" doc:"of the last operation; 0 before the first"`
	BaseEdition int64      `json:"base_edition"`
	BaseSeq     int64      `json:"base_seq"`
	BaseAt      time.Time  `json:"base_at" doc:"the valid time of the map that it is over"`
	EffectiveAt *time.Time `json:"effective_at,omitempty"`
	NoticeUntil *time.Time `json:"notice_until,omitempty" doc:"when its public notice ends"`
	Edition     int64      `json:"edition,omitempty" doc:"that it was published as"`
	Note        string     `json:"note"`
	CreatedBy   string     `json:"created_by"`
	CreatedAt   time.Time  `json:"created_at"`
	ChangedAt   time.Time  `json:"changed_at"`
}

func (s *Service) planItem(p gridmap.Plan) PlanItem {
	item := PlanItem{
		ID: int64(p.ID), Name: p.Name, NetworkID: int64(p.Network), Scope: []int64{}, State: string(p.State), StateName: plan.StateName(p.State),
		Rev: p.Rev, BaseEdition: p.BaseEdition, BaseSeq: int64(p.BaseSeq), BaseAt: p.BaseAt, Edition: p.Edition, Note: p.Note,
		CreatedBy: p.CreatedBy, CreatedAt: p.CreatedAt, ChangedAt: p.ChangedAt,
	}
	for _, g := range p.Scope {
		item.Scope = append(item.Scope, int64(g))
	}
	if !p.EffectiveAt.IsZero() {
		item.EffectiveAt = &p.EffectiveAt
	}
	if !p.NoticeUntil.IsZero() {
		item.NoticeUntil = &p.NoticeUntil
	}
	for _, n := range s.maps.Current().Nets() {
		if n.Network.ID == p.Network {
			item.Network = n.Network.Code
		}
	}
	return item
}

// planGridItem is a grid of a draft.
type planGridItem struct {
	ID          int64             `json:"id"`
	Code        string            `json:"code"`
	Name        string            `json:"name"`
	Type        string            `json:"type"`
	TypeName    string            `json:"type_name"`
	Attrs       map[string]string `json:"attrs,omitempty"`
	Level       int               `json:"level"`
	Parent      int64             `json:"parent"`
	Leaf        bool              `json:"leaf"`
	New         bool              `json:"new"`
	Retired     bool              `json:"retired"`
	Changed     bool              `json:"changed"`
	Locked      bool              `json:"locked"`
	LockedBy    string            `json:"locked_by,omitempty"`
	Capacity    int               `json:"capacity"`
	Staff       int               `json:"staff"`
	Atoms       int               `json:"atoms"`
	Households  int64             `json:"households"`
	Counts      []int64           `json:"counts"`
	Load        float64           `json:"load"`
	Min         float64           `json:"min"`
	Target      float64           `json:"target"`
	Max         float64           `json:"max"`
	Unit        string            `json:"unit"`
	Ratio       float64           `json:"ratio"`
	Status      string            `json:"status"`
	Deviation   float64           `json:"deviation"`
	AreaM2      float64           `json:"area_m2"`
	PerimeterM  float64           `json:"perimeter_m"`
	Compactness float64           `json:"compactness"`
	Box         []float64         `json:"box"`
	Label       []float64         `json:"label"`
	Colour      int               `json:"colour"`
	Masked      bool              `json:"masked,omitempty" doc:"beyond what you may look at: its figures are left out"`
}

func planGridItemOf(g plan.GridState) planGridItem {
	item := planGridItem{
		ID: int64(g.ID), Code: g.Code, Name: g.Name, Type: string(typeOf(g.Type)), TypeName: g.Type.Name(), Attrs: g.Attrs, Level: g.Level,
		Parent: int64(g.Parent), Leaf: g.Leaf, New: g.New, Retired: g.Retired, Changed: g.Changed, Locked: g.Locked, LockedBy: g.Lock,
		Capacity: g.Capacity, Staff: g.People, Atoms: g.Atoms, Households: g.Households, Counts: g.Counts,
		Load: rounded(g.Load, 100), Min: g.Min, Target: g.Target, Max: g.Max, Unit: g.Unit, Ratio: rounded(g.Ratio, 1e4), Status: string(g.Status),
		Deviation: rounded(g.Deviation, 1e4), AreaM2: rounded(g.AreaM2, 1), PerimeterM: rounded(g.PerimeterM, 1), Compactness: rounded(g.Compactness, 1e3),
		Box: []float64{}, Label: []float64{}, Colour: int(g.Colour),
	}
	if !g.Box.Empty() {
		item.Box, item.Label = boxItem(g.Box), pointItem(g.Label)
	}
	return item
}

func typeOf(t gridmap.GridType) gridmap.GridType {
	if t == "" {
		return gridmap.General
	}
	return t
}

func rounded(x, steps float64) float64 { return math.Round(x*steps) / steps }

func pointItem(p spatial.Point) []float64 {
	lon, lat := p.LonLat()
	return []float64{lon, lat}
}

func boxItem(b spatial.Box) []float64 {
	if b.Empty() {
		return []float64{}
	}
	return append(pointItem(b.Min), pointItem(b.Max)...)
}

func lineItem(line []spatial.Point) [][]float64 {
	out := make([][]float64, len(line))
	for i, p := range line {
		out[i] = pointItem(p)
	}
	return out
}

// planAtomsItem is atoms by column, all of one length but pinned.
type planAtomsItem struct {
	ID         []gridmap.AtomID `json:"id"`
	Code       []string         `json:"code"`
	Owner      []gridmap.GridID `json:"owner"`
	Base       []gridmap.GridID `json:"base"`
	Households []int64          `json:"households"`
	Load       []float64        `json:"load"`
	Lon        []float64        `json:"lon"`
	Lat        []float64        `json:"lat"`
	Kind       []string         `json:"kind"`
	Pinned     []gridmap.AtomID `json:"pinned" doc:"ids"`
}

func planAtomsItemOf(t plan.AtomTable) planAtomsItem {
	item := planAtomsItem{
		ID: t.ID, Code: t.Code, Owner: t.Owner, Base: t.Base, Households: t.Households, Load: t.Load, Kind: t.Kind,
		Lon: make([]float64, len(t.ID)), Lat: make([]float64, len(t.ID)), Pinned: []gridmap.AtomID{},
	}
	for i, p := range t.Point {
		item.Lon[i], item.Lat[i] = p.LonLat()
		if t.Pinned[i] {
			item.Pinned = append(item.Pinned, t.ID[i])
		}
	}
	return item
}

// planFindingItem is a problem of a draft.
type planFindingItem struct {
	Kind     string           `json:"kind"`
	Severity string           `json:"severity" enum:"error,warning"`
	Message  string           `json:"message"`
	Grids    []gridmap.GridID `json:"grids"`
	Atoms    []gridmap.AtomID `json:"atoms"`
	At       []float64        `json:"at,omitempty"`
	Fix      *planFixItem     `json:"fix,omitempty" doc:"what can be done; only where problems are listed"`
}

// planFixItem is what can be done about a problem.
type planFixItem struct {
	Text string            `json:"text"`
	Ops  []json.RawMessage `json:"ops" doc:"operations that put it right, without ids; preview and submit them as any"`
	Wish *plan.Wish        `json:"wish,omitempty" doc:"a proposal to ask for"`
}

func planFixItemOf(f plan.Fix) (*planFixItem, error) {
	if f.Text == "" {
		return nil, nil
	}
	item := &planFixItem{Text: f.Text, Ops: []json.RawMessage{}, Wish: f.Wish}
	for _, op := range f.Ops {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(op.Body, &members); err != nil {
			return nil, err
		}
		members["kind"] = json.RawMessage(strconv.Quote(op.Kind))
		text, err := json.Marshal(members)
		if err != nil {
			return nil, err
		}
		item.Ops = append(item.Ops, text)
	}
	return item, nil
}

func planFindingItems(list []plan.Finding) []planFindingItem {
	items := []planFindingItem{}
	for _, f := range list {
		item := planFindingItem{Kind: f.Kind, Severity: string(f.Severity), Message: f.Message, Grids: orEmpty(f.Grids), Atoms: orEmpty(f.Atoms)}
		if f.At != nil {
			item.At = pointItem(*f.At)
		}
		items = append(items, item)
	}
	return items
}

// orEmpty keeps null out of answers.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// planOwnersItem says which atoms belong where now.
type planOwnersItem struct {
	ID         []gridmap.AtomID `json:"id"`
	Owner      []gridmap.GridID `json:"owner"`
	Households []int64          `json:"households"`
	Load       []float64        `json:"load"`
	Pinned     []bool           `json:"pinned"`
}

// planEffectsItem is what leads from one revision of a board to another.
type planEffectsItem struct {
	From    int64             `json:"from" doc:"the revision that it leads from: who has an older one lacks what came between, and reads the board anew"`
	Rev     int64             `json:"rev"`
	Reload  bool              `json:"reload,omitempty" doc:"the base was moved: anything may differ"`
	Grids   []planGridItem    `json:"grids" doc:"as they are now"`
	Atoms   planOwnersItem    `json:"atoms" doc:"that changed hands, count or pin, new ones too"`
	Removed []gridmap.GridID  `json:"removed_grids" doc:"retired, or not there any more"`
	Ground  planGroundItem    `json:"ground"`
	New     planAtomsItem     `json:"new_atoms"`
	Gone    []gridmap.AtomID  `json:"gone_atoms" doc:"not there any more: a split was undone"`
	Found   []planFindingItem `json:"problems" doc:"of the grids touched"`
}

type planGroundItem struct {
	Faces []gridmap.AtomID `json:"faces" doc:"atoms whose shape differs"`
	Box   []float64        `json:"box" doc:"around all that differs"`
}

// codeOf is the code of a grid in a snapshot's networks.
func netByCode(a *atlas.Atlas, code string) (*atlas.Net, error) {
	n := a.Main()
	if code != "" {
		n = a.Net(code)
	}
	if n == nil {
		return nil, gridmap.Errorf(gridmap.NotFound, "没有网 %q，或存储里还没有数据 (no such network, or nothing imported yet)", code)
	}
	return n, nil
}
