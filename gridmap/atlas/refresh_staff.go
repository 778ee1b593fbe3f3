package atlas

import (
	"maps"
	"slices"

	"cloudgrid/gridmap"
)

// derivePosts puts the posts of every grid to rights.
func (f *refresher) derivePosts() error {
	f.carryPosts()
	edits := map[gridmap.GridID][]gridmap.PostID{} // what changed at each grid
	for id, p := range f.posts.gone {
		edits[p.Grid] = append(edits[p.Grid], id)
	}
	for id, p := range f.posts.now {
		edits[p.Grid] = append(edits[p.Grid], id)
	}
	for grid, ids := range edits {
		posts := slices.DeleteFunc(slices.Clone(f.a.postsOf(grid)), func(p Post) bool { return slices.Contains(ids, p.ID) })
		for _, id := range slices.Compact(slices.Sorted(slices.Values(ids))) {
			if p, ok := f.posts.now[id]; ok && p.Grid == grid {
				posts = append(posts, f.a.post(&p))
			}
		}
		f.setPosts(grid, posts)
	}
	if !maps.Equal(f.a.roles, f.old.roles) || f.a.shifted(f.old) {
		f.relink()
	}
	return nil
}

// postsOf returns the posts at a grid, whether the grid is there or not.
func (a *Atlas) postsOf(grid gridmap.GridID) []Post {
	if n, i := a.find(grid); n != nil {
		return n.Grids[i].Posts
	}
	return a.stray[grid]
}

// setPosts replaces the posts at a grid.
func (f *refresher) setPosts(grid gridmap.GridID, posts []Post) {
	if len(posts) == 0 {
		posts = nil
	}
	slices.SortFunc(posts, comparePosts)
	n, i := f.a.find(grid)
	if n == nil {
		f.ownStray()
		if f.a.stray[grid] = posts; posts == nil {
			delete(f.a.stray, grid)
		}
		return
	}
	f.ownGrids(n)
	n.Grids[i].Posts = posts
}

// ownStray and ownGrids copy what is still shared with the old snapshot before
// it is written to.
func (f *refresher) ownStray() {
	if !f.strayOwned {
		f.a.stray, f.strayOwned = maps.Clone(f.a.stray), true
		if f.a.stray == nil {
			f.a.stray = map[gridmap.GridID][]Post{}
		}
	}
}

func (f *refresher) ownGrids(n *Net) {
	for i, x := range f.a.nets {
		if x == n {
			n.ownGrids(f.old.nets[i])
		}
	}
}

func (n *Net) ownGrids(old *Net) {
	if len(n.Grids) > 0 && len(old.Grids) > 0 && &n.Grids[0] == &old.Grids[0] {
		n.Grids = slices.Clone(n.Grids)
	}
}

// carryPosts moves posts with the grids that came, went, or were planted anew.
func (f *refresher) carryPosts() {
	for i, n := range f.a.nets {
		if !f.replanted[i] {
			continue
		}
		for k := range n.Grids {
			g := &n.Grids[k]
			g.Posts = f.old.postsOf(g.ID)
		}
	}
	for id := range f.grids.gone {
		if n, _ := f.a.find(id); n == nil {
			if posts := f.old.postsOf(id); len(posts) > 0 {
				f.ownStray()
				f.a.stray[id] = posts
			}
		}
	}
	for id := range f.grids.now {
		if _, was := f.old.stray[id]; was {
			if n, _ := f.a.find(id); n != nil {
				f.ownStray()
				delete(f.a.stray, id)
			}
		}
	}
}

// shifted tells whether persons have other indices than they had.
func (a *Atlas) shifted(old *Atlas) bool {
	return !slices.EqualFunc(a.persons, old.persons, func(x, y gridmap.Person) bool { return x.ID == y.ID })
}

// relink looks up roles and persons of all posts again.
func (f *refresher) relink() {
	again := func(posts []Post) []Post {
		posts = slices.Clone(posts)
		for i := range posts {
			posts[i] = f.a.linked(posts[i])
		}
		slices.SortFunc(posts, comparePosts)
		return posts
	}
	for _, n := range f.a.nets {
		for i := range n.Grids {
			if len(n.Grids[i].Posts) > 0 {
				f.ownGrids(n)
				n.Grids[i].Posts = again(n.Grids[i].Posts)
			}
		}
	}
	f.ownStray()
	for id, posts := range f.a.stray {
		f.a.stray[id] = again(posts)
	}
}
