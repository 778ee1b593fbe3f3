// Package duty finds whom to call: it reads rosters, absences, modes and the
// admission list of matters, and turns the grids of a place into contacts in
// the order in which to try them, the last of which always answers.
package duty

import (
	"encoding/json"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

// Reason is why somebody is away.
type Reason string

// The reasons.
const (
	Leave    Reason = "leave"    // 请假
	Sick     Reason = "sick"     // 病假
	Training Reason = "training" // 外出、培训
)

// Absence is the body of a gridmap.AbsenceRecord: the record's Person is away
// while it is valid, at the record's Grid and below (0: at all posts), and the
// substitute, if one is named, stands in.
type Absence struct {
	Reason     Reason           `json:"reason"`
	Substitute gridmap.PersonID `json:"substitute,omitempty"`
	Note       string           `json:"note,omitempty"`
}

// Check complains about a body that could never be right.
func (a Absence) Check() error {
	switch a.Reason {
	case Leave, Sick, Training:
		return nil
	}
	return gridmap.Errorf(gridmap.Invalid, "缺勤原因 %q 应为 leave、sick 或 training (unknown reason)", a.Reason)
}

// Word is the reason as an office says it.
func (r Reason) Word() string {
	switch r {
	case Leave:
		return "请假"
	case Sick:
		return "病假"
	case Training:
		return "外出"
	}
	return string(r)
}

// Mode is 平 or 急.
type Mode string

// The two modes. Normal is what holds without a record.
const (
	Normal    Mode = "normal"    // 平时
	Emergency Mode = "emergency" // 应急
)

// Switch is the body of a gridmap.ModeRecord: at the record's grid and below
// the mode holds while the record is valid.
type Switch struct {
	Mode   Mode   `json:"mode"`
	Reason string `json:"reason"` // 防汛Ⅲ级响应
}

// Check complains about a body that could never be right.
func (s Switch) Check() error {
	if s.Mode != Normal && s.Mode != Emergency {
		return gridmap.Errorf(gridmap.Invalid, "模式 %q 应为 normal 或 emergency (unknown mode)", s.Mode)
	}
	return nil
}

// Shift is the body of a gridmap.RosterRecord: who has duty at the record's
// grid and below, at certain hours. A shift of the normal mode comes before the
// posts at its hours (夜班); one of the emergency mode takes the place of all
// normal ones while that mode holds.
type Shift struct {
	Name     string             `json:"name"` // 夜间值班
	Mode     Mode               `json:"mode,omitempty"`
	From     string             `json:"from,omitempty"`     // "18:00", local time; From = To, or none: round the clock
	To       string             `json:"to,omitempty"`       // "08:00": the next day when not after From
	Weekdays []int              `json:"weekdays,omitempty"` // 1 Monday … 7 Sunday, of the shift's start; none is every day
	Persons  []gridmap.PersonID `json:"persons,omitempty"`  // in the order in which to try them
	Phone    string             `json:"phone,omitempty"`    // of the duty desk, an office line
	Role     string             `json:"role,omitempty"`     // what they are called; Name when empty
}

// Check complains about a body that could never be right.
func (s Shift) Check() error {
	if strings.TrimSpace(s.Name) == "" {
		return gridmap.Errorf(gridmap.Invalid, "班次没有名称 (shift without a name)")
	}
	if s.Mode != "" && s.Mode != Normal && s.Mode != Emergency {
		return gridmap.Errorf(gridmap.Invalid, "班次「%s」的模式 %q 未知 (unknown mode)", s.Name, s.Mode)
	}
	for _, clock := range []string{s.From, s.To} {
		if _, ok := minutes(clock); !ok && clock != "" {
			return gridmap.Errorf(gridmap.Invalid, "班次「%s」的时刻 %q 应如 18:00 (not a time of day)", s.Name, clock)
		}
	}
	if (s.From == "") != (s.To == "") {
		return gridmap.Errorf(gridmap.Invalid, "班次「%s」的起止时刻应同时给出 (only one of from and to)", s.Name)
	}
	for _, d := range s.Weekdays {
		if d < 1 || d > 7 {
			return gridmap.Errorf(gridmap.Invalid, "班次「%s」的星期 %d 应为 1 至 7 (no such weekday)", s.Name, d)
		}
	}
	if len(s.Persons) == 0 && s.Phone == "" {
		return gridmap.Errorf(gridmap.Invalid, "班次「%s」没有人也没有电话 (a shift of nobody)", s.Name)
	}
	return nil
}

// minutes reads a time of day as minutes after midnight.
func minutes(clock string) (int, bool) {
	t, err := time.Parse("15:04", clock)
	return t.Hour()*60 + t.Minute(), err == nil
}

// Covers tells whether the shift is on at t, a local time.
func (s Shift) Covers(t time.Time) bool {
	from, _ := minutes(s.From)
	to, _ := minutes(s.To)
	now := t.Hour()*60 + t.Minute()
	switch {
	case from == to:
		return s.on(t)
	case from < to:
		return from <= now && now < to && s.on(t)
	case now >= from:
		return s.on(t)
	case now < to:
		return s.on(t.AddDate(0, 0, -1)) // it began yesterday
	}
	return false
}

func (s Shift) on(day time.Time) bool {
	if len(s.Weekdays) == 0 {
		return true
	}
	w := int(day.Weekday())
	if w == 0 {
		w = 7
	}
	for _, d := range s.Weekdays {
		if d == w {
			return true
		}
	}
	return false
}

// Matter is the body of a gridmap.MatterRecord; its Key is the matter's code. A
// matter that is not admitted (未列入准入清单) is the department's, never a grid
// worker's.
type Matter struct {
	Name       string   `json:"name"`
	Aliases    []string `json:"aliases,omitempty"` // other wordings people use
	Department string   `json:"department"`        // key of the unit it belongs to
	Class      string   `json:"class,omitempty"`   // duty class: 主责, 协助 …
	Admitted   bool     `json:"admitted"`
	Roles      []string `json:"roles,omitempty"` // who handles it, in order; none: whoever is first responsible
	SLA        SLA      `json:"sla,omitzero"`
}

// SLA is what a place promises, in minutes; 0 is no promise.
type SLA struct {
	Class     string `json:"class,omitempty"`       // 小事, 费时事, 复杂事
	OnSiteMin int    `json:"on_site_min,omitempty"` // on site
	ReplyMin  int    `json:"reply_min,omitempty"`   // answered
}

// Check complains about a body that could never be right.
func (m Matter) Check() error {
	switch {
	case strings.TrimSpace(m.Name) == "":
		return gridmap.Errorf(gridmap.Invalid, "事项没有名称 (matter without a name)")
	case !m.Admitted && m.Department == "":
		return gridmap.Errorf(gridmap.Invalid, "事项「%s」未列入准入清单，又没有主管部门 (neither admitted nor a department's)", m.Name)
	case m.SLA.OnSiteMin < 0 || m.SLA.ReplyMin < 0:
		return gridmap.Errorf(gridmap.Invalid, "事项「%s」的时限为负 (negative time limit)", m.Name)
	}
	return nil
}

// Unit is the body of a gridmap.UnitRecord: a node of another tree than the
// map's: a department, a station, a party branch. Its Key is its code.
type Unit struct {
	Tree   string `json:"tree"` // "department", "station", "party" …
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"` // key
	Phone  string `json:"phone,omitempty"`  // an office line
}

// Check complains about a body that could never be right.
func (u Unit) Check() error {
	if u.Tree == "" || strings.TrimSpace(u.Name) == "" {
		return gridmap.Errorf(gridmap.Invalid, "组织「%s」没有名称或类别 (unit without a name or a tree)", u.Name)
	}
	return nil
}

// Link is the body of a gridmap.LinkRecord: a unit over the record's grid; any
// number of units may lie over a grid, and of grids under a unit.
type Link struct {
	Unit string `json:"unit"` // key
}

// Check complains about a body that could never be right.
func (l Link) Check() error {
	if l.Unit == "" {
		return gridmap.Errorf(gridmap.Invalid, "关联没有写明组织 (link without a unit)")
	}
	return nil
}

// Liaison is the body of a gridmap.LiaisonRecord (包联): the record's Person
// looks after the record's Grid or Place and visits it every so many days.
type Liaison struct {
	Title     string `json:"title"` // 包联干部
	EveryDays int    `json:"every_days,omitempty"`
}

// Check complains about a body that could never be right.
func (l Liaison) Check() error {
	if l.EveryDays < 0 {
		return gridmap.Errorf(gridmap.Invalid, "走访间隔 %d 天为负 (negative interval)", l.EveryDays)
	}
	return nil
}

// body is what a record of some kind holds.
type body interface{ Check() error }

// Entry is a read record.
type Entry[T body] struct {
	gridmap.Record
	Body T
}

// Read reads the bodies of records; the errors name those that it left out.
func Read[T body](records []gridmap.Record) (entries []Entry[T], bad []error) {
	for _, r := range records {
		var b T
		err := json.Unmarshal(r.Body, &b)
		if err == nil {
			err = b.Check()
		}
		if err != nil {
			bad = append(bad, gridmap.Errorf(gridmap.Invalid, "%s 记录 %d %s 无法使用 (unusable record): %w", r.Kind, r.ID, r.Key, err))
			continue
		}
		entries = append(entries, Entry[T]{r, b})
	}
	return entries, bad
}
