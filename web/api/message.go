package api

import (
	"fmt"

	"cloudgrid/gridmap/atlas"
)

// message says an answer in one sentence an official would use.
func message(n *atlas.Net, a *atlas.Answer) string {
	switch a.Status {
	case atlas.Inside:
		return "位于" + pathName(n, a.Grid)
	case atlas.NearBorder:
		return nearMessage(n, a)
	case atlas.Outside:
	}
	if a.Nearest.Grid == atlas.None {
		return "不在辖区内"
	}
	return fmt.Sprintf("不在辖区内；最近的是%s，约 %s，仅供参考，不代表由其负责", pathName(n, a.Nearest.Grid), metres(a.Nearest.DistanceM))
}

func nearMessage(n *atlas.Net, a *atlas.Answer) string {
	s := "靠近边界，可能属于"
	for i, c := range a.Candidates {
		if i == 3 {
			s += fmt.Sprintf("等 %d 个网格", len(a.Candidates))
			break
		}
		if i > 0 {
			s += "或"
		}
		if c.Grid == atlas.None {
			s += "辖区外"
		} else {
			s += "「" + n.Grids[c.Grid].Name + "」"
		}
	}
	if a.Certain == atlas.None {
		return s
	}
	return s + "；可以确定的是" + pathName(n, a.Certain)
}

// pathName is the names from the top down, as an address is written.
func pathName(n *atlas.Net, i int32) string {
	s := ""
	for _, k := range n.Chain(make([]int32, 0, 8), i) {
		s += n.Grids[k].Name
	}
	return s
}

func metres(m float64) string {
	if m >= 1000 {
		return fmt.Sprintf("%.1f 公里", m/1000)
	}
	return fmt.Sprintf("%.0f 米", m)
}
