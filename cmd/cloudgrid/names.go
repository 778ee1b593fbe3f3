package main

import (
	"context"
	"time"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// storeNames tells codes from ids by reading a store: the grids only when one
// is asked for.
type storeNames struct {
	networks map[gridmap.NetworkID]string
	grids    func() map[gridmap.GridID]grantedGrid
}

type grantedGrid struct {
	network gridmap.NetworkID
	code    string
}

var _ rights.Names = (*storeNames)(nil)

// namesIn reads what grants are about. The first error in reading grids is left
// in fault.
func namesIn(ctx context.Context, s gridmap.Store, fault *error) (*storeNames, error) {
	v := &storeNames{networks: make(map[gridmap.NetworkID]string)}
	err := s.View(ctx, func(r gridmap.Reader) error {
		list, err := r.Networks(ctx)
		for _, n := range list {
			v.networks[n.ID] = n.Code
		}
		return err
	})
	var read map[gridmap.GridID]grantedGrid
	v.grids = func() map[gridmap.GridID]grantedGrid {
		if read != nil {
			return read
		}
		read = make(map[gridmap.GridID]grantedGrid)
		*fault = s.View(ctx, func(r gridmap.Reader) error {
			for g, err := range r.Grids(ctx, gridmap.Query{At: time.Now()}) {
				if err != nil {
					return err
				}
				read[g.ID] = grantedGrid{g.Network, g.Code}
			}
			return nil
		})
		return read
	}
	return v, err
}

// NetworkID implements rights.Names.
func (v *storeNames) NetworkID(code string) gridmap.NetworkID {
	for id, c := range v.networks {
		if c == code {
			return id
		}
	}
	return 0
}

// NetworkCode implements rights.Names.
func (v *storeNames) NetworkCode(id gridmap.NetworkID) string { return v.networks[id] }

// GridID implements rights.Names.
func (v *storeNames) GridID(network gridmap.NetworkID, code string) gridmap.GridID {
	for id, g := range v.grids() {
		if g.network == network && g.code == code {
			return id
		}
	}
	return 0
}

// GridCode implements rights.Names.
func (v *storeNames) GridCode(id gridmap.GridID) string { return v.grids()[id].code }

// grantTexts writes grants as people give them.
func grantTexts(grants []gridmap.Grant, names rights.Names) []string {
	texts := []string{}
	for _, g := range grants {
		texts = append(texts, rights.FormatGrant(g, names))
	}
	return texts
}
