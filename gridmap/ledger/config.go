package ledger

import (
	"context"
	"slices"
	"strings"

	"cloudgrid/gridmap"
)

// CheckSettings complains about settings that a store could not keep.
func CheckSettings(s *gridmap.Settings) error {
	s.DataDate = Trim(s.DataDate)
	return checkText("设置", nil, s.Title, s.SourceLine, s.MapReviewNo, s.Hotline)
}

// CheckNetwork complains about a network that breaks a rule, given all others.
func CheckNetwork(n gridmap.Network, all []gridmap.Network) error {
	switch {
	case n.ID <= 0:
		return gridmap.Errorf(gridmap.Invalid, "网 %q 没有编号 (network without an id)", n.Code)
	case strings.TrimSpace(n.Code) == "" || strings.TrimSpace(n.Name) == "":
		return gridmap.Errorf(gridmap.Invalid, "网 %d 没有编码或名称 (network without a code or a name)", n.ID)
	}
	for _, o := range all {
		if o.Code == n.Code && o.ID != n.ID {
			return gridmap.Errorf(gridmap.Conflict, "网编码 %s 已属于网 %d「%s」(network code is taken)", n.Code, o.ID, o.Name)
		}
	}
	return checkText("网 "+n.Code, nil, n.Code, n.Name)
}

// checkMain complains unless exactly one of the networks, if any, is the main
// one. A store asks at the end of a change set.
func checkMain(all []gridmap.Network) error {
	mains := 0
	for _, n := range all {
		if n.Main {
			mains++
		}
	}
	if len(all) > 0 && mains != 1 {
		return gridmap.Errorf(gridmap.Invalid, "%d 个网中有 %d 个主网, 应恰有一个 (exactly one network must be the main one)", len(all), mains)
	}
	return nil
}

// CheckLevels complains about levels of a network that do not make a ladder.
// It returns them by rank.
func CheckLevels(n gridmap.NetworkID, levels []gridmap.Level, networks []gridmap.Network) ([]gridmap.Level, error) {
	if !slices.ContainsFunc(networks, func(o gridmap.Network) bool { return o.ID == n }) {
		return nil, gridmap.Errorf(gridmap.Invalid, "没有网 %d (no such network)", n)
	}
	levels = slices.Clone(levels)
	slices.SortFunc(levels, func(a, b gridmap.Level) int { return a.Rank - b.Rank })
	codes := make(map[string]bool, len(levels))
	for i, l := range levels {
		switch {
		case l.Network != n && l.Network != 0:
			return nil, gridmap.Errorf(gridmap.Invalid, "层级「%s」属于网 %d, 不属于网 %d (level of another network)", l.Name, l.Network, n)
		case l.Rank != i:
			return nil, gridmap.Errorf(gridmap.Invalid, "网 %d 的层级应为 0, 1, 2 …, 缺第 %d 级 (ranks must have no gap or repeat)", n, i)
		case strings.TrimSpace(l.Code) == "" || strings.TrimSpace(l.Name) == "":
			return nil, gridmap.Errorf(gridmap.Invalid, "网 %d 第 %d 层级没有编码或名称 (level without a code or a name)", n, i)
		case codes[l.Code]:
			return nil, gridmap.Errorf(gridmap.Conflict, "网 %d 的层级编码 %s 重复 (level code twice)", n, l.Code)
		}
		codes[l.Code] = true
		levels[i].Network = n
		if err := checkText("层级", nil, l.Code, l.Name); err != nil {
			return nil, err
		}
	}
	return levels, nil
}

// CheckRole complains about a role without a code or a name.
func CheckRole(r gridmap.Role) error {
	if strings.TrimSpace(r.Code) == "" || strings.TrimSpace(r.Name) == "" {
		return gridmap.Errorf(gridmap.Invalid, "角色 %q「%s」没有编码或名称 (role without a code or a name)", r.Code, r.Name)
	}
	return checkText("角色", nil, r.Code, r.Name)
}

// CheckProfile complains about a sizing profile that nothing could meet.
func (w *Writer) CheckProfile(ctx context.Context, p gridmap.SizingProfile) error {
	levels, err := w.levels(ctx)
	if err != nil {
		return err
	}
	switch {
	case !levels[levelKey{p.Network, p.Level}]:
		return gridmap.Errorf(gridmap.Invalid, "规模标准: 网 %d 没有第 %d 层级 (the network has no such level)", p.Network, p.Level)
	case !p.Type.Valid():
		return gridmap.Errorf(gridmap.Invalid, "规模标准的网格类型 %q 未知 (unknown type)", p.Type)
	case !(p.Min >= 0 && p.Min <= p.Target && p.Target <= p.Max): // also refuses NaN
		return gridmap.Errorf(gridmap.Invalid, "规模标准应满足 0 ≤ 下限 ≤ 目标 ≤ 上限, 现为 %v, %v, %v (want 0 ≤ min ≤ target ≤ max)", p.Min, p.Target, p.Max)
	}
	for k := range p.Weights {
		if badText(k) {
			return gridmap.Errorf(gridmap.Invalid, "规模标准的权重名 %q 不是合法文字 (not valid text)", k)
		}
	}
	return checkText("规模标准", nil, p.Unit)
}
