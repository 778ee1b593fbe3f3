package plan

import (
	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
)

// A server of a scope (atlas.LoadScope) knows of the counties around it only a
// rim. Plans made on it change its own counties and nothing of the rim, whose
// grids it does not know whole.

// inScope complains about a grid that a plan cannot be limited to.
func inScope(a *atlas.Atlas, net *atlas.Net, id gridmap.GridID) error {
	i := net.Index(id)
	switch {
	case i != atlas.None:
		return a.HereGrid(net, i)
	case !a.Scope().Whole():
		return gridmap.Errorf(gridmap.Elsewhere, "方案范围中的网格 %d 不在本服务器的范围内，或不存在；本服务器只服务 %s (grid %d is out of this server's scope, or nowhere)", id, a.Scope(), id)
	}
	return gridmap.Errorf(gridmap.NotFound, "方案范围中的网格 %d 不在网「%s」中 (no grid %d in the network)", id, net.Network.Name, id)
}

// ownGround is Elsewhere when an operation wrote what is not the scope's.
func (bs *base) ownGround(f Footprint) error {
	if bs.atlas.Scope().Whole() {
		return nil
	}
	for _, k := range f.Reads {
		i := bs.net.Index(gridmap.GridID(k.ID))
		if k.Kind == GridKey && bs.atlas.Partial(bs.net, i) && len(bs.net.Grids[i].Children) == 0 {
			return gridmap.Errorf(gridmap.Elsewhere, "网格 %s 不属于任何区县，其土地可能超出本服务器的范围 %s，须在服务全部的服务器上调整 (grid %s lies in no county: change it on a server of everything)", bs.net.Grids[i].Code, bs.atlas.Scope(), bs.net.Grids[i].Code)
		}
	}
	for _, k := range f.Writes {
		switch k.Kind {
		case GridKey, AttrsKey, LockKey:
			if i := bs.net.Index(gridmap.GridID(k.ID)); i != atlas.None {
				if err := bs.atlas.HereGrid(bs.net, i); err != nil {
					return err
				}
			}
		case MemberKey, GroundKey:
			if k.ID == 0 || bs.atlas.ForeignAtom(gridmap.AtomID(k.ID)) {
				return gridmap.Errorf(gridmap.Elsewhere, "这一操作改动了区县范围以外的土地，须在服务范围更大的服务器上进行；本服务器只服务 %s (this changes ground outside the scope of this server, %s: do it on one of a wider scope)", bs.atlas.Scope(), bs.atlas.Scope())
			}
		case CodeKey:
		}
	}
	return nil
}

// orElsewhere says of what a server of a scope does not find that it may be in
// another county.
func (bs *base) orElsewhere(err error) error {
	if s := bs.atlas.Scope(); !s.Whole() && gridmap.CodeOf(err) == gridmap.NotFound {
		return gridmap.Errorf(gridmap.Elsewhere, "%w；或在其他区县，本服务器只服务 %s (or in another county: this server's scope is %s)", err, s, s)
	}
	return err
}
