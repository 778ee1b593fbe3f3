package gridmap

import "strings"

// PersonID is the identity of a person on the staff.
type PersonID int64

// Person is one version of a staff member. Phone is private: it leaves the
// service only as the publication policy allows. OfficePhone is a line of the
// office, not of the person.
type Person struct {
	ID          PersonID
	Code        string // staff number, unique where given
	Name        string
	Phone       string
	OfficePhone string
	Attrs       map[string]string
	Span
}

// Check complains about a version that could never be right.
func (p Person) Check() error {
	switch {
	case p.ID <= 0:
		return Errorf(Invalid, "人员「%s」没有编号 (person without an id)", p.Name)
	case strings.TrimSpace(p.Name) == "":
		return Errorf(Invalid, "人员 %d 没有姓名 (person without a name)", p.ID)
	}
	return p.Span.Check()
}

// Role is what a post is called (网格员, 网格长, 民警 …): configuration. Order
// sorts the staff of a grid and is the order in which a caller should try them.
type Role struct {
	Code  string
	Name  string
	Order int
}

// Employment of a post.
type Employment string

// The two kinds; empty is unknown.
const (
	FullTime Employment = "full_time" // 专职
	PartTime Employment = "part_time" // 兼职
)

// PostID is the identity of a post.
type PostID int64

// Post is one version of a role held at a grid (岗位). Rank 1 is the one first
// responsible (主责), 2 the first substitute (B 岗) and so on. A post without a
// person is vacant.
type Post struct {
	ID         PostID
	Grid       GridID
	Role       string // Role.Code
	Person     PersonID
	Rank       int
	Employment Employment
	Span
}

// Check complains about a version that could never be right.
func (p Post) Check() error {
	switch {
	case p.ID <= 0 || p.Grid <= 0:
		return Errorf(Invalid, "岗位 %d 不属于任何网格 (post without a grid)", p.ID)
	case p.Role == "":
		return Errorf(Invalid, "岗位 %d 没有角色 (post without a role)", p.ID)
	case p.Rank < 1:
		return Errorf(Invalid, "岗位 %d 的顺位 %d 小于 1 (bad rank)", p.ID, p.Rank)
	case p.Employment != "" && p.Employment != FullTime && p.Employment != PartTime:
		return Errorf(Invalid, "岗位 %d 的用工方式 %q 未知 (unknown employment)", p.ID, p.Employment)
	}
	return p.Span.Check()
}
