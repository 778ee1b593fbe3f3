package api

import (
	"math"
	"strconv"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/jsontext"
)

// appendMessage says an answer in one sentence an official would use, as the
// inside of a JSON string.
func (v *view) appendMessage(b []byte, n *atlas.Net, a *atlas.Answer) []byte {
	switch a.Status {
	case atlas.Inside:
		return jsontext.Text(append(b, "位于"...), v.link(n, a.Grid).path)
	case atlas.NearBorder:
		return v.appendNear(b, n, a)
	case atlas.Outside:
	}
	b = append(b, "不在辖区内"...)
	if a.Nearest.Grid == atlas.None {
		return b
	}
	b = jsontext.Text(append(b, "；最近的是"...), v.link(n, a.Nearest.Grid).path)
	b = appendDistance(append(b, "，约 "...), a.Nearest.DistanceM)
	return append(b, "，仅供参考，不代表由其负责"...)
}

func (v *view) appendNear(b []byte, n *atlas.Net, a *atlas.Answer) []byte {
	const named = 3 // more names than this help nobody
	b = append(b, "靠近边界，可能属于"...)
	for i, c := range a.Candidates {
		if i == named {
			b = strconv.AppendInt(append(b, "等 "...), int64(len(a.Candidates)), 10)
			b = append(b, " 处"...)
			break
		}
		if i > 0 {
			b = append(b, "或"...)
		}
		if c.Grid == atlas.None {
			b = append(b, "辖区外"...)
		} else {
			b = append(jsontext.Text(append(b, "「"...), n.Grids[c.Grid].Name), "」"...)
		}
	}
	if a.Certain == atlas.None {
		return b
	}
	return jsontext.Text(append(b, "；可以确定的是"...), v.link(n, a.Certain).path)
}

// appendDistance writes metres, or kilometres with one decimal from one on.
func appendDistance(b []byte, m float64) []byte {
	if m >= 1000 {
		return append(strconv.AppendFloat(b, m/1000, 'f', 1, 64), " 公里"...)
	}
	return append(strconv.AppendFloat(b, math.Round(m), 'f', 0, 64), " 米"...)
}
