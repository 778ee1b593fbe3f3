package demodata

import (
	"context"
	"fmt"

	"cloudgrid/gridmap"
)

// roster invents people. They are called by their post and a number, and every
// telephone number starts with 000.
type roster struct {
	next    int64
	persons []gridmap.Person
	posts   []gridmap.Post
}

func newRoster(ctx context.Context, w gridmap.Writer, ids int) (*roster, error) {
	first, err := w.NewIDs(ctx, ids)
	return &roster{next: first}, err
}

func (r *roster) id() int64 { r.next++; return r.next - 1 }

// hire adds a person; office is for a line of the office, not of a person.
func (r *roster) hire(title string, n int, office bool) gridmap.PersonID {
	name := fmt.Sprintf("%s-%04d", title, n)
	p := gridmap.Person{ID: gridmap.PersonID(r.id()), Code: name, Name: name}
	if office {
		p.OfficePhone = fmt.Sprintf("000-%04d", n)
	} else {
		p.Phone = fmt.Sprintf("000-0000-%04d", n)
	}
	r.persons = append(r.persons, p)
	return p.ID
}

func (r *roster) post(g gridmap.GridID, role string, who gridmap.PersonID, rank int, e gridmap.Employment) {
	r.posts = append(r.posts, gridmap.Post{ID: gridmap.PostID(r.id()), Grid: g, Role: role, Person: who, Rank: rank, Employment: e})
}

// staffGrid gives the n-th of the lowest grids one or two 网格员, and a 网格长
// whom it shares with two others.
func (r *roster) staffGrid(g gridmap.GridID, n int) {
	workers := n + n/2 + 1
	r.post(g, "grid_worker", r.hire("网格员", workers, false), 1, gridmap.FullTime)
	if n%2 == 1 {
		r.post(g, "grid_worker", r.hire("网格员", workers+1, false), 2, gridmap.PartTime)
	}
	if n%3 == 0 {
		r.hire("网格长", n/3+1, false)
	}
	r.post(g, "grid_head", r.headOf(n/3+1), 1, gridmap.FullTime)
}

func (r *roster) headOf(n int) gridmap.PersonID {
	code := fmt.Sprintf("网格长-%04d", n)
	for i := len(r.persons) - 1; i >= 0; i-- {
		if r.persons[i].Code == code {
			return r.persons[i].ID
		}
	}
	return 0
}

func (r *roster) put(ctx context.Context, w gridmap.Writer) error {
	if err := w.PutPersons(ctx, r.persons...); err != nil {
		return err
	}
	return w.PutPosts(ctx, r.posts...)
}
