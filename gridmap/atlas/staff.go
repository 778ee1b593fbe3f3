package atlas

import (
	"cmp"

	"cloudgrid/gridmap"
)

// Vacant is the person index of a post that nobody holds.
const Vacant int32 = -1

// Post is a role held at a grid.
type Post struct {
	ID         gridmap.PostID
	Role       gridmap.Role
	Person     int32 // index for Atlas.Person, or Vacant
	Rank       int   // 1 is first responsible
	Employment gridmap.Employment
}

// comparePosts puts posts in the order in which a caller should try them: by
// role, then rank; ids make it total.
func comparePosts(a, b Post) int {
	return cmp.Or(
		cmp.Compare(a.Role.Order, b.Role.Order),
		cmp.Compare(a.Role.Code, b.Role.Code),
		cmp.Compare(a.Rank, b.Rank),
		cmp.Compare(a.ID, b.ID),
	)
}

// Person returns who holds a post; the zero Person when it is vacant. The
// phone in it is private: see gridmap.Settings.PublishPhones.
func (a *Atlas) Person(i int32) gridmap.Person {
	if i == Vacant {
		return gridmap.Person{}
	}
	return a.persons[i]
}
