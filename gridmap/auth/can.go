package auth

import (
	"slices"
	"strconv"

	"cloudgrid/gridmap"
)

// Asker is who asks. The zero Asker is the public.
type Asker struct {
	Grants []gridmap.Grant
	Person bool // a signed-in account, or one machine's own planner; not a key
	Signed bool // anybody in particular, be it a person or a key
}

// Thing is what an action is done to. The zero Thing is no part of the map:
// only the action counts.
type Thing struct {
	Network gridmap.NetworkID
	// Chains are grids, each followed by its ancestors up to the top. Without
	// any, the thing is the whole network.
	Chains [][]gridmap.GridID
}

// Can tells whether who may do action to thing; the error says why not.
//
// For a part of the map, each of its grids must be covered by a grant whose
// role may do the action: one over everything, over its network, or over the
// grid or an ancestor. For no part of the map, any grant with the role will do,
// unless the action is one that cannot be scoped.
func Can(who Asker, action Action, thing Thing) error {
	r, ok := table[action]
	switch {
	case !ok:
		return gridmap.Errorf(gridmap.Forbidden, "没有 %q 这种权限 (no such right)", action)
	case slices.Contains(r.roles, Public):
		return nil
	case !who.Signed:
		return gridmap.Errorf(gridmap.Forbidden, "请先登录 (sign in first)")
	case r.person && !who.Person:
		return gridmap.Errorf(gridmap.Forbidden, "此操作须由本人登录后进行，不能用密钥 (a person must do this, not a key)")
	case action == Own: // whoever signed in owns an account, whatever was granted
		return nil
	}
	grants := holding(who.Grants, r)
	if len(grants) == 0 {
		return gridmap.Errorf(gridmap.Forbidden, "您的角色不能%s (your roles may not: %s)", actionName(action), action)
	}
	if thing.Network == 0 && len(thing.Chains) == 0 {
		return nil
	}
	if len(thing.Chains) == 0 && !slices.ContainsFunc(grants, func(g gridmap.Grant) bool { return covers(g, thing.Network, nil) }) {
		return gridmap.Errorf(gridmap.Forbidden, "您只能%s所辖的部分，不能是整个网 (only within your own part, not the whole network)", actionName(action))
	}
	for _, chain := range thing.Chains {
		if !slices.ContainsFunc(grants, func(g gridmap.Grant) bool { return covers(g, thing.Network, chain) }) {
			return gridmap.Errorf(gridmap.Forbidden, "网格 %s 不在您的管辖范围内 (outside of what you were granted)", first(chain))
		}
	}
	return nil
}

// holding returns the grants whose role may do what r is the rule of.
func holding(grants []gridmap.Grant, r rule) []gridmap.Grant {
	var out []gridmap.Grant
	for _, g := range grants {
		if r.whole && (g.Network != 0 || g.Grid != 0) {
			continue
		}
		if g.Role == Admin || slices.Contains(r.roles, g.Role) {
			out = append(out, g)
		}
	}
	return out
}

// covers tells whether a grant reaches a grid, given with its ancestors; the
// whole network when there is none.
func covers(g gridmap.Grant, network gridmap.NetworkID, chain []gridmap.GridID) bool {
	if g.Network != 0 && g.Network != network {
		return false
	}
	return g.Grid == 0 || slices.Contains(chain, g.Grid)
}

func first(chain []gridmap.GridID) string {
	if len(chain) == 0 {
		return "?"
	}
	return strconv.FormatInt(int64(chain[0]), 10)
}

// actionName is an action as it stands in a sentence.
func actionName(a Action) string {
	names := map[Action]string{
		Follow: "订阅变更", Look: "查看内部资料", Remark: "写批注", Visit: "登记走访", ReadPeople: "查看个人信息", Edit: "编制方案", Keep: "修改资料",
		Approve: "审批方案", Publish: "发布方案", Manage: "管理账号", Audit: "查看审计", Operate: "运维",
	}
	if n, ok := names[a]; ok {
		return n
	}
	return string(a)
}

// FourEyes complains when a plan would be approved or published by whoever
// submitted it.
func FourEyes(submitter, approver string) error {
	if submitter == "" {
		return gridmap.Errorf(gridmap.Forbidden, "不知道方案由谁送审，不能批准 (nobody is known to have submitted it)")
	}
	if submitter == approver {
		return gridmap.Errorf(gridmap.Forbidden, "方案由您本人送审，须由另一人批准和发布 (four eyes: another person must approve what you submitted)")
	}
	return nil
}
