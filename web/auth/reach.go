package auth

import (
	"context"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/who"
)

// Reach is the part of the map within which somebody may do something: what
// lists are filtered by. The zero Reach reaches nothing.
type Reach struct {
	everything bool
	actor      who.Actor
	action     rights.Action
	policy     Policy
	known      map[gridmap.GridID]bool               // asked before
	posts      map[gridmap.PersonID][]gridmap.GridID // where people have posts; nil: not looked up yet
}

// Reacher tells how far who asks in a context may do an action. A nil Reacher
// is of a server where nobody's rights end at a border.
type Reacher func(context.Context, rights.Action) *Reach

// Of is the reach of who asks in a context.
func (f Reacher) Of(ctx context.Context, action rights.Action) *Reach {
	if f == nil {
		return unbounded(ctx)
	}
	return f(ctx, action)
}

// unbounded reaches everything for whoever is somebody, and nothing for the
// public.
func unbounded(ctx context.Context) *Reach { return &Reach{everything: !who.From(ctx).Public()} }

// Reach implements Reacher: where nobody signs in, the people of this machine
// reach everything.
func (g *Gate) Reach(ctx context.Context, action rights.Action) *Reach {
	if !g.On() {
		return unbounded(ctx)
	}
	return Policy{Maps: g.Maps}.Reach(ctx, action)
}

// Reach is how far the actor of ctx may do action. It is for one request, and
// not for several goroutines at once.
func (p Policy) Reach(ctx context.Context, action rights.Action) *Reach {
	actor := who.From(ctx)
	if rights.Can(AskerOf(actor), action, rights.Thing{}) != nil {
		return &Reach{}
	}
	r := &Reach{actor: actor, action: action, policy: p, known: map[gridmap.GridID]bool{}}
	r.everything = p.May(r.actor, action, everyNetwork) == nil
	return r
}

// Everything tells whether no border counts.
func (r *Reach) Everything() bool { return r.everything }

// Main tells whether all of the main network is reached: what is asked of
// things that are in no grid.
func (r *Reach) Main() bool {
	if r.everything || r.policy.Maps == nil {
		return r.everything
	}
	n := r.policy.Maps.Current().Main()
	return n != nil && r.policy.May(r.actor, r.action, n.Network.ID) == nil
}

// Grid tells whether a grid, of whatever network, is reached. For 0, which is
// no grid, it is Main.
func (r *Reach) Grid(id gridmap.GridID) bool {
	if r.everything {
		return true
	}
	if id == 0 || r.policy.Maps == nil {
		return r.Main()
	}
	ok, asked := r.known[id]
	if !asked {
		ok = r.policy.mayGrid(r.actor, r.action, id) == nil
		r.known[id] = ok
	}
	return ok
}

// Place tells whether the grid of the main network that a place is in is
// reached.
func (r *Reach) Place(id gridmap.PlaceID) bool {
	return r.everything || r.policy.Maps != nil && r.policy.mayPlace(r.actor, r.action, id) == nil
}

// Person tells whether a grid is reached at which somebody has a post now.
func (r *Reach) Person(id gridmap.PersonID) bool {
	if r.Main() {
		return true
	}
	if r.policy.Maps == nil {
		return false
	}
	if r.posts == nil {
		r.posts = postsOf(r.policy.Maps.Current())
	}
	for _, grid := range r.posts[id] {
		if r.Grid(grid) {
			return true
		}
	}
	return false
}

// postsOf lists the grids at which people have posts.
func postsOf(m *atlas.Atlas) map[gridmap.PersonID][]gridmap.GridID {
	at := map[gridmap.PersonID][]gridmap.GridID{}
	for _, n := range m.Nets() {
		for i := range n.Grids {
			for _, p := range n.Grids[i].Posts {
				if p.Person != atlas.Vacant {
					id := m.Person(p.Person).ID
					at[id] = append(at[id], n.Grids[i].ID)
				}
			}
		}
	}
	return at
}
