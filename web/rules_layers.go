package web

import (
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// layerRules are those of what planners lay under a draft. It is no part of the
// published map: footprints and roads are often survey data under terms of their
// own.
func layerRules() []auth.Rule {
	features, heat := get("/v1/layers/:name/features", rights.Look), get("/v1/heat", rights.Look)
	features.Cost, heat.Cost = 2, 2
	return []auth.Rule{
		get("/v1/layers", rights.Look), features, heat,
		get("/tiles/layers/:file", rights.Look), get("/tiles/layers/:name/:z/:x/:y", rights.Look),
	}
}
