// Package publish decides what of a person may leave the service (公开策略): for
// each field, hidden, masked, an office or virtual line, or in full, by rules
// that name the role, the part of the map, the basis and the end.
package publish

import (
	"encoding/json"
	"slices"
	"strings"

	"cloudgrid/gridmap"
)

// Show is how much of a field is shown; later is more.
type Show int

// The four ways.
const (
	Hidden Show = iota // 不公开
	Masked             // 脱敏
	Office             // 办公电话或虚拟号
	Full               // 完整公开
)

func words() []string { return []string{"hidden", "masked", "office", "full"} }

// String returns the word used in records and JSON.
func (s Show) String() string { return words()[s] }

// UnmarshalText implements encoding.TextUnmarshaler.
func (s *Show) UnmarshalText(b []byte) error {
	i := slices.Index(words(), string(b))
	if i < 0 {
		return gridmap.Errorf(gridmap.Invalid, "公开方式 %q 应为 hidden、masked、office 或 full (unknown way to show)", b)
	}
	*s = Show(i)
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (s Show) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Field is what a rule is about.
type Field string

// The fields of a person that can be published.
const (
	Name  Field = "name"
	Phone Field = "phone"
	Photo Field = "photo"
)

// Rule is the body of a gridmap.PolicyRecord. It applies to posts of the role
// and employment named (empty: any) at the grid of the record and everything
// below it (0: everywhere), for as long as the record is valid.
type Rule struct {
	Field      Field              `json:"field"`
	Role       string             `json:"role,omitempty"`
	Employment gridmap.Employment `json:"employment,omitempty"`
	Show       Show               `json:"show"`
	Basis      string             `json:"basis"`          // why it may be published: the ordinance, the consent
	Line       string             `json:"line,omitempty"` // the virtual number shown instead, for Office
}

// Check complains about a rule that could never be right.
func (r Rule) Check() error {
	switch {
	case r.Field != Name && r.Field != Phone && r.Field != Photo:
		return gridmap.Errorf(gridmap.Invalid, "公开策略的字段 %q 应为 name、phone 或 photo (unknown field)", r.Field)
	case r.Show > Masked && strings.TrimSpace(r.Basis) == "":
		return gridmap.Errorf(gridmap.Invalid, "公开策略「%s %s」没有写明依据 (publishing needs a basis)", r.Field, r.Show)
	case r.Line != "" && r.Show != Office:
		return gridmap.Errorf(gridmap.Invalid, "公开策略「%s」有虚拟号却不是 office (a line without office)", r.Field)
	}
	return nil
}

// Policy is a tenant's rules. The zero value shows names in full, phones
// masked, and photos not at all.
type Policy struct {
	rules []placed
	full  bool // phones without a rule are shown in full
}

// CheckRecord complains about a record of kind gridmap.PolicyRecord that could
// not be used; records of other kinds pass.
func CheckRecord(r gridmap.Record) error {
	if r.Kind != gridmap.PolicyRecord {
		return nil
	}
	_, bad := New([]gridmap.Record{r}, false)
	if len(bad) > 0 {
		return bad[0]
	}
	return nil
}

type placed struct {
	Rule
	grid gridmap.GridID
}

// New makes a policy of the records of kind gridmap.PolicyRecord that are valid
// now. phonesInFull is the setting for phones that no rule speaks of. A record
// that cannot be read counts as a rule that hides everything it might be
// about: publishing by mistake cannot be taken back.
func New(records []gridmap.Record, phonesInFull bool) (Policy, []error) {
	p := Policy{full: phonesInFull}
	var bad []error
	for _, r := range records {
		var rule Rule
		err := json.Unmarshal(r.Body, &rule)
		if err == nil {
			err = rule.Check()
		}
		if err != nil {
			bad = append(bad, gridmap.Errorf(gridmap.Invalid, "公开策略 %d 无法识别，相关信息暂不公开 (unreadable policy): %w", r.ID, err))
			for _, f := range []Field{Name, Phone, Photo} {
				p.rules = append(p.rules, placed{Rule{Field: f, Show: Hidden}, r.Grid})
			}
			continue
		}
		p.rules = append(p.rules, placed{rule, r.Grid})
	}
	return p, bad
}

// Post is whose fields are asked about, and where.
type Post struct {
	Role       string
	Employment gridmap.Employment
	Chain      []gridmap.GridID // the grids from the top down to that of the post
}

// Way returns how a field of the holder of a post is shown, and the virtual
// line if there is one. The rule for the deepest grid decides, among those the
// one that names the role, then the employment; between equals the one that
// shows least.
func (p Policy) Way(f Field, post Post) (Show, string) {
	best, rank, line := p.usual(f), -1, ""
	for _, r := range p.rules {
		if r.Field != f || r.Role != "" && r.Role != post.Role || r.Employment != "" && r.Employment != post.Employment {
			continue
		}
		depth := 0
		if r.grid != 0 {
			if depth = 1 + slices.Index(post.Chain, r.grid); depth == 0 {
				continue
			}
		}
		at := depth * 4
		if r.Role != "" {
			at += 2
		}
		if r.Employment != "" {
			at++
		}
		if at > rank || at == rank && r.Show < best {
			best, rank, line = r.Show, at, r.Line
		}
	}
	return best, line
}

func (p Policy) usual(f Field) Show {
	switch {
	case f == Name || f == Phone && p.full:
		return Full
	case f == Phone:
		return Masked
	}
	return Hidden
}

// PhoneOf returns the number to show for a person in a post; "" is none. The
// office's own line is shown wherever there is one, but for Hidden.
func (p Policy) PhoneOf(who gridmap.Person, post Post) (phone, office string) {
	way, line := p.Way(Phone, post)
	switch way {
	case Full:
		return who.Phone, who.OfficePhone
	case Masked:
		if who.Phone == "" {
			return "", who.OfficePhone
		}
		return gridmap.MaskPhone(who.Phone), who.OfficePhone
	case Office:
		if line != "" {
			return "", line
		}
		return "", who.OfficePhone
	case Hidden:
	}
	return "", ""
}

// NameOf returns the name to show: in full, the surname alone (张**), or "".
func (p Policy) NameOf(who gridmap.Person, post Post) string {
	way, _ := p.Way(Name, post)
	switch way {
	case Full:
		return who.Name
	case Masked, Office:
		r := []rune(who.Name)
		if len(r) == 0 {
			return ""
		}
		return string(r[0]) + strings.Repeat("*", len(r)-1)
	case Hidden:
	}
	return ""
}
