package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
)

// The kinds of operations that change a board. A log holds others as well
// (undo, redo, rebase), which are the business of who folds it.
const (
	ReassignAtoms = "reassign_atoms"
	Cut           = "cut"
	Merge         = "merge"
	CreateGrid    = "create_grid"
	RetireGrid    = "retire_grid"
	MoveVertex    = "move_vertex"
	MoveNode      = "move_node"
	InsertVertex  = "insert_vertex"
	DeleteVertex  = "delete_vertex"
	ReshapeArc    = "reshape_arc"
	SplitAtom     = "split_atom"
	SetAttrs      = "set_attrs"
	SetLock       = "set_lock"
	ApplyProposal = "apply_proposal"
)

// Kinds lists the kinds that Apply knows.
func Kinds() []string {
	return []string{
		ReassignAtoms, Cut, Merge, CreateGrid, RetireGrid, MoveVertex, MoveNode, InsertVertex,
		DeleteVertex, ReshapeArc, SplitAtom, SetAttrs, SetLock, ApplyProposal,
	}
}

// lonLat is a point as JSON writes it: [lon, lat] in degrees.
type lonLat spatial.Point

// UnmarshalJSON reads [lon, lat] to the nearest lattice point.
func (p *lonLat) UnmarshalJSON(data []byte) error {
	var xy []float64
	if err := json.Unmarshal(data, &xy); err != nil || len(xy) != 2 {
		return errors.New("坐标应写作 [经度, 纬度] (a position is [lon, lat])")
	}
	at, err := spatial.FromLonLat(xy[0], xy[1])
	*p = lonLat(at)
	return err
}

// MarshalJSON writes the seven decimals of the lattice.
func (p lonLat) MarshalJSON() ([]byte, error) {
	lon, lat := spatial.Point(p).LonLat()
	return json.Marshal([2]float64{lon, lat})
}

// maxLine is how many points a line may have.
const maxLine = 10_000

type line []lonLat

// UnmarshalJSON reads [[lon, lat], …].
func (l *line) UnmarshalJSON(data []byte) error {
	var pts []lonLat
	if err := json.Unmarshal(data, &pts); err != nil {
		return err
	}
	if len(pts) > maxLine {
		return errors.New("线的折点太多 (too many points in a line)")
	}
	*l = pts
	return nil
}

func asLine(pts []spatial.Point) line {
	out := make(line, len(pts))
	for i, p := range pts {
		out[i] = lonLat(p)
	}
	return out
}

func (l line) points() []spatial.Point {
	out := make([]spatial.Point, len(l))
	for i, p := range l {
		out[i] = spatial.Point(p)
	}
	return slices.Compact(out)
}

// The bodies, as PLANS describe them on the wire. What the board fills in is
// marked so; a body with it filled in means the same on any board.
type (
	reassignBody struct {
		Atoms []gridmap.AtomID `json:"atoms"`
		To    gridmap.GridID   `json:"to"`
	}
	mergeBody struct {
		Into  gridmap.GridID   `json:"into"`
		Grids []gridmap.GridID `json:"grids"`
		Keep  bool             `json:"keep,omitzero"` // Into keeps its identity whatever it counts; filled in
	}
	createBody struct {
		Parent gridmap.GridID    `json:"parent"`
		Code   string            `json:"code"` // filled in
		Name   string            `json:"name"` // filled in
		Type   gridmap.GridType  `json:"type,omitzero"`
		Attrs  map[string]string `json:"attrs,omitempty"`
		Atoms  []gridmap.AtomID  `json:"atoms,omitempty"`
	}
	retireBody struct {
		Grid gridmap.GridID `json:"grid"`
		To   gridmap.GridID `json:"to,omitzero"`
	}
	attrsBody struct {
		Grid     gridmap.GridID    `json:"grid"`
		Name     *string           `json:"name,omitempty"`
		Code     *string           `json:"code,omitempty"`
		Type     *gridmap.GridType `json:"type,omitempty"`
		Attrs    map[string]string `json:"attrs,omitempty"` // those named are set; "" takes one away
		Capacity *int              `json:"capacity,omitempty"`
	}
	lockBody struct {
		Grids  []gridmap.GridID `json:"grids,omitempty"`
		Atoms  []gridmap.AtomID `json:"atoms,omitempty"`
		Locked bool             `json:"locked"`
	}
)

// envelope are the members of an operation that are not of its body.
var envelope = []string{"id", "kind", "rev", "actor", "plan", "crs", "undone", "summary", sentMember}

// read decodes the body of an operation, refusing members that its kind does
// not have: a misspelt one would change the meaning in silence.
func read(op gridmap.PlanOp, into any) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(op.Body, &members); err != nil {
		return gridmap.Errorf(gridmap.Invalid, "操作 %s 的内容不是 JSON 对象 (the body is no JSON object)", op.Kind)
	}
	for _, name := range envelope {
		delete(members, name)
	}
	body, err := json.Marshal(members)
	if err != nil {
		return gridmap.Errorf(gridmap.Invalid, "操作 %s 的内容读不懂：%v", op.Kind, err)
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		return gridmap.Errorf(gridmap.Invalid, "操作 %s 的内容读不懂：%s (bad body)", op.Kind, strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}
