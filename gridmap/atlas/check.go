package atlas

import (
	"fmt"

	"cloudgrid/gridmap"
	"cloudgrid/spatial/topology"
)

// Severity of a complaint: an Error makes an answer wrong or impossible, a
// Warning is worth a planner's look.
type Severity string

// The two severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Complaint is one thing that is wrong with a map. Lon and Lat are WGS84
// degrees, where to zoom to; both 0 where there is no place.
type Complaint struct {
	Kind     string   `json:"kind"`
	Severity Severity `json:"severity"`
	Network  string   `json:"network,omitempty"`
	Grids    []string `json:"grids,omitempty"` // codes
	Atoms    []string `json:"atoms,omitempty"` // codes
	Lon      float64  `json:"lon,omitempty"`
	Lat      float64  `json:"lat,omitempty"`
	AreaM2   float64  `json:"area_m2,omitempty"`
	Message  string   `json:"message"`
}

// Check lists what is wrong with the map: overlaps and gaps between atoms,
// grids without ground or staff, atoms that the main network leaves out.
func (a *Atlas) Check() []Complaint {
	list := []Complaint{}
	for i, n := range a.nets {
		list = append(list, n.checkGround(a)...)
		list = append(list, n.checkGrids(a)...)
		if i == 0 {
			list = append(list, n.checkLeftOut(a)...)
		}
	}
	return list
}

// checkGround reports what building the coverage found.
func (n *Net) checkGround(a *Atlas) (list []Complaint) {
	for _, p := range n.ground.problems {
		c := Complaint{Kind: p.Kind.String(), Severity: Error, Network: n.Network.Code, AreaM2: p.AreaM2}
		switch p.Kind {
		case topology.Hole, topology.SelfTouch:
			continue // often meant, and harmless
		case topology.Disconnected, topology.Sliver, topology.Spike, topology.Hairline:
			c.Severity = Warning
		default:
		}
		c.Lon, c.Lat = p.At.LonLat()
		for _, f := range p.Faces {
			c.Atoms = append(c.Atoms, a.atoms[n.ground.atoms[f]].Code)
			c.Grids = append(c.Grids, n.Grids[n.leafOf[f]].Code)
		}
		c.Message = fmt.Sprintf("%s：单元 %v，面积 %.1f m²，位置 %s", problemNames[p.Kind], c.Atoms, p.AreaM2, p.At)
		list = append(list, c)
	}
	return list
}

var problemNames = map[topology.Kind]string{
	topology.Overlap: "重叠", topology.Duplicate: "重复", topology.Contained: "包含", topology.SelfCrossing: "自相交",
	topology.Spike: "尖刺", topology.InvalidRing: "无效环", topology.UnclosedRing: "未闭合", topology.Gap: "缝隙",
	topology.Disconnected: "多块", topology.Sliver: "碎片", topology.NoGround: "无面积", topology.Hairline: "发丝缝", topology.Broken: "拓扑错误",
}

// checkGrids reports grids that nobody can be sent to, or by.
func (n *Net) checkGrids(a *Atlas) (list []Complaint) {
	add := func(i int32, kind string, s Severity, message string) {
		g := &n.Grids[i]
		c := Complaint{Kind: kind, Severity: s, Network: n.Network.Code, Grids: []string{g.Code}, Message: message}
		if !g.Box.Empty() {
			c.Lon, c.Lat = n.Label(a, i).LonLat()
		}
		list = append(list, c)
	}
	for i := range n.Grids {
		i := int32(i)
		g := &n.Grids[i]
		if g.Foreign {
			continue
		}
		if g.Atoms == 0 && g.Type != gridmap.Waterborne {
			add(i, "empty", Error, fmt.Sprintf("网格 %s「%s」没有任何单元", g.Code, g.Name))
		}
		if len(g.Children) == 0 && !n.staffed(i) {
			add(i, "unstaffed", Warning, fmt.Sprintf("网格 %s「%s」及其上级均无在岗人员", g.Code, g.Name))
		}
	}
	return list
}

// staffed tells whether a grid or one above it has a post that somebody holds.
func (n *Net) staffed(i int32) bool {
	for ; i != None; i = n.Grids[i].Parent {
		for _, p := range n.Grids[i].Posts {
			if p.Person != Vacant {
				return true
			}
		}
	}
	return false
}

// checkLeftOut reports atoms that belong to no grid of any network.
func (n *Net) checkLeftOut(a *Atlas) (list []Complaint) {
	claimed := make([]bool, len(a.atoms))
	for _, net := range a.nets {
		for _, atom := range net.ground.atoms {
			claimed[atom] = true
		}
	}
	for i, ok := range claimed {
		if !ok && !a.atoms[i].Foreign {
			list = append(list, Complaint{
				Kind: "unassigned", Severity: Error, Network: n.Network.Code, Atoms: []string{a.atoms[i].Code},
				Message: fmt.Sprintf("单元 %s 不属于任何网格", a.atoms[i].Code),
			})
		}
	}
	return list
}

// Leaves counts the grids without grids below them.
func (n *Net) Leaves() int {
	count := 0
	for i := range n.Grids {
		if len(n.Grids[i].Children) == 0 {
			count++
		}
	}
	return count
}
