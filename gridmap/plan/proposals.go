package plan

import "cloudgrid/gridmap"

type tasks struct{}

func (d *Desk) expand(id gridmap.PlanID, ops []gridmap.PlanOp) error { return nil }
