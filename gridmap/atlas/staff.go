package atlas

import (
	"cmp"
	"slices"

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

	person gridmap.PersonID // also where that person is not there now
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

// Role finds a role by its code; an unknown one is called by its code and
// comes last.
func (a *Atlas) Role(code string) gridmap.Role {
	if role, known := a.roles[code]; known {
		return role
	}
	return gridmap.Role{Code: code, Name: code, Order: 1 << 20}
}

// PersonOf finds a person by identity; false when there is none at the
// snapshot's time.
func (a *Atlas) PersonOf(id gridmap.PersonID) (gridmap.Person, bool) {
	i, found := slices.BinarySearchFunc(a.persons, id, func(x gridmap.Person, id gridmap.PersonID) int { return cmp.Compare(x.ID, id) })
	if !found {
		return gridmap.Person{}, false
	}
	return a.persons[i], true
}

// post makes a post of its row, with the roles and persons of the snapshot.
func (a *Atlas) post(p *gridmap.Post) Post {
	return a.linked(Post{ID: p.ID, Role: gridmap.Role{Code: p.Role}, Rank: p.Rank, Employment: p.Employment, person: p.Person})
}

// linked looks up a post's role and person.
func (a *Atlas) linked(p Post) Post {
	p.Role, p.Person = a.Role(p.Role.Code), Vacant
	i, found := slices.BinarySearchFunc(a.persons, p.person, func(x gridmap.Person, id gridmap.PersonID) int { return cmp.Compare(x.ID, id) })
	if found {
		p.Person = int32(i)
	}
	return p
}

// find returns the network and index of a grid; nil and None where it is in no
// network now.
func (a *Atlas) find(id gridmap.GridID) (*Net, int32) {
	for _, n := range a.nets {
		if i := n.Index(id); i != None {
			return n, i
		}
	}
	return nil, None
}

// Stray returns the posts whose grid is not there at the snapshot's time, by
// grid; read-only.
func (a *Atlas) Stray() map[gridmap.GridID][]Post { return a.stray }
