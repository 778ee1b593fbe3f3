package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/spatial/topology"
)

// checkWarnings lists what a store may well have on purpose, and a planner
// should look at all the same.
func checkWarnings(ctx context.Context, s gridmap.Store, a *atlas.Atlas, now time.Time) ([]atlas.Complaint, error) {
	list := []atlas.Complaint{}
	for _, n := range a.Nets() {
		list = append(list, gridsInParts(n)...)
		list = append(list, gridsWithoutStaff(n)...)
	}
	err := s.View(ctx, func(r gridmap.Reader) error {
		orphans, err := gridmap.OrphanPosts(ctx, r, now)
		for _, p := range orphans {
			list = append(list, warning("orphan_post", "", "任职 %d：人员 %d 所在网格 %d 已撤销，请改派或结束任职 (posted to a grid that is gone)", p.ID, p.Person, p.Grid))
		}
		return err
	})
	return append(list, danglingRecords(a)...), err
}

func warning(kind, network, format string, args ...any) atlas.Complaint {
	return atlas.Complaint{Kind: kind, Severity: atlas.Warning, Network: network, Message: fmt.Sprintf(format, args...)}
}

// gridsInParts names the leaf grids whose atoms do not all hang together by a
// shared border. Water is often cut by other grids, and may be.
func gridsInParts(n *atlas.Net) (list []atlas.Complaint) {
	t, _, owner := n.Ground()
	parts := make([]int, len(n.Grids))
	seen := make([]bool, len(owner))
	second := make([]int32, len(n.Grids)) // a face of the second part
	for f, g := range owner {
		if g == atlas.None || seen[f] || len(t.FaceArcs(topology.FaceID(f))) == 0 {
			continue
		}
		if parts[g]++; parts[g] == 2 {
			second[g] = int32(f)
		}
		seen[f] = true
		for todo := []int32{int32(f)}; len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for _, id := range t.FaceArcs(topology.FaceID(at)) {
				arc := t.Arc(id)
				for _, o := range []int32{int32(arc.Left), int32(arc.Right)} {
					if o >= 0 && int(o) < len(owner) && !seen[o] && owner[o] == g {
						seen[o] = true
						todo = append(todo, o)
					}
				}
			}
		}
	}
	for i, count := range parts {
		g := &n.Grids[i]
		if count < 2 || len(g.Children) > 0 || g.Type == gridmap.Waterborne {
			continue
		}
		c := warning("contiguity", n.Network.Code, "网格 %s「%s」不连通，分成 %d 块 (in %d parts)", g.Code, g.Name, count, count)
		c.Grids = []string{g.Code}
		c.Lon, c.Lat = t.FaceBox(topology.FaceID(second[i])).Min.LonLat()
		list = append(list, c)
	}
	return list
}

// gridsWithoutStaff names, in one warning, the leaf grids that nobody is
// posted to, and that only those above answer for.
func gridsWithoutStaff(n *atlas.Net) []atlas.Complaint {
	const shown = 5
	var codes []string
	for i := range n.Grids {
		g := &n.Grids[i]
		staffed := false
		for _, p := range g.Posts {
			staffed = staffed || p.Person != atlas.Vacant
		}
		if !staffed && len(g.Children) == 0 {
			codes = append(codes, g.Code)
		}
	}
	if len(codes) == 0 {
		return nil
	}
	c := warning("no_own_staff", n.Network.Code, "%d 个末级网格没有自己的人员，由上级兜底：%s (leaf grids without staff of their own)",
		len(codes), strings.Join(codes[:min(shown, len(codes))], "、")+more(len(codes) > shown))
	c.Grids = codes
	return []atlas.Complaint{c}
}

func more(is bool) string {
	if is {
		return " …"
	}
	return ""
}

// danglingRecords names the records that point at what is not there.
func danglingRecords(a *atlas.Atlas) (list []atlas.Complaint) {
	for _, r := range duty.Records(a) {
		if err := duty.CheckReferences(a, []gridmap.Record{r}); err != nil {
			list = append(list, warning("reference", "", "%v（记录 %d）", err, r.ID))
		}
	}
	return list
}
