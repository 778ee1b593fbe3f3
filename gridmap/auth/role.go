// Package auth says who may do what, and what a password, a key and a session
// are worth. It is pure: time and randomness are passed in, nothing is kept but
// by the rate limiter.
package auth

import (
	"slices"

	"cloudgrid/gridmap"
)

// The roles. Everybody has Public; the others are granted.
const (
	Public   = "public"   // anybody
	App      = "app"      // a program of another office: reads in bulk, follows changes
	Field    = "field"    // walks the ground: visits, photos, remarks
	Planner  = "planner"  // redraws grids, keeps records, staff and signs
	Approver = "approver" // returns, approves and publishes what planners submit
	Admin    = "admin"    // everything, and accounts, keys and the audit
)

// Roles are those that can be granted, with their names for people.
func Roles() []RoleName {
	return []RoleName{{App, "应用"}, {Field, "一线人员"}, {Planner, "编制人员"}, {Approver, "审批人员"}, {Admin, "管理员"}}
}

// RoleName is a role and what people call it.
type RoleName struct{ Role, Name string }

// Action is something that can be allowed.
type Action string

// The actions.
const (
	Read       Action = "read"        // the published map: answers, grids, tiles, pages
	Report     Action = "report"      // say that an answer was wrong, comment on a public notice
	Follow     Action = "follow"      // the feed of changes
	Look       Action = "look"        // what is not public but not personal: load, drafts, signs' state
	Remark     Action = "remark"      // comments on plans
	Visit      Action = "visit"       // a sign seen, a photo, a visit
	ReadPeople Action = "read_people" // personal data: what residents wrote, phones in full
	Edit       Action = "edit"        // drafts: operations, submitting
	Keep       Action = "keep"        // records, signs, staff, feedback: changes beside plans
	Approve    Action = "approve"     // return, approve, announce
	Publish    Action = "publish"     // a plan becomes an edition
	Import     Action = "import"      // a file becomes an edition, without a plan that others look at
	Own        Action = "own"         // one's own account: password, sign-out
	Manage     Action = "manage"      // accounts and keys
	Audit      Action = "audit"       // read and export the audit
	Operate    Action = "operate"     // profiles and what else shows the inside
)

// rule is a line of the table of rights.
type rule struct {
	roles  []string // besides Admin, who may do everything
	whole  bool     // only a grant over everything counts: it cannot be scoped
	person bool     // only a signed-in person: no key, whatever it was granted
}

// rules is the table of rights; an action that is not in it is nobody's.
func rules() map[Action]rule {
	inside := []string{Field, Planner, Approver}
	return map[Action]rule{
		Read:       {roles: []string{Public}},
		Report:     {roles: []string{Public}},
		Follow:     {roles: []string{App, Field, Planner, Approver}},
		Look:       {roles: inside},
		Remark:     {roles: inside},
		Visit:      {roles: []string{Field, Planner}},
		ReadPeople: {roles: []string{Planner, Approver}},
		Edit:       {roles: []string{Planner}},
		Keep:       {roles: []string{Planner}},
		Approve:    {roles: []string{Approver}, person: true},
		Publish:    {roles: []string{Approver}, person: true},
		Import:     {whole: true, person: true},
		Own:        {roles: []string{App, Field, Planner, Approver}, person: true},
		Manage:     {whole: true, person: true},
		Audit:      {whole: true},
		Operate:    {whole: true},
	}
}

// table is rules, made once: a value that nobody changes.
var table = rules()

// Actions lists every action, in order of name.
func Actions() []Action {
	var all []Action
	for a := range table {
		all = append(all, a)
	}
	slices.Sort(all)
	return all
}

// known tells whether a role can be granted.
func known(role string) bool {
	return slices.ContainsFunc(Roles(), func(r RoleName) bool { return r.Role == role })
}

// CheckGrants complains about grants that say nothing or too much.
func CheckGrants(grants []gridmap.Grant) error {
	const most = 100
	if len(grants) > most {
		return gridmap.Errorf(gridmap.Invalid, "授权有 %d 条，超过 %d 条 (too many grants)", len(grants), most)
	}
	for _, g := range grants {
		switch {
		case !known(g.Role):
			return gridmap.Errorf(gridmap.Invalid, "没有角色 %q，应为 app、field、planner、approver 或 admin (unknown role)", g.Role)
		case g.Network < 0 || g.Grid < 0:
			return gridmap.Errorf(gridmap.Invalid, "授权范围 %d/%d 无效 (bad scope)", g.Network, g.Grid)
		case g.Grid != 0 && g.Network == 0:
			return gridmap.Errorf(gridmap.Invalid, "授权到网格 %d 须同时写明所在的网 (a grid needs its network)", g.Grid)
		case g.Role == Admin && g.Network != 0:
			return gridmap.Errorf(gridmap.Invalid, "管理员不能只管一部分，请改用 planner 或 approver (an admin cannot be scoped)")
		}
	}
	return nil
}
