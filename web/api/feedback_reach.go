package api

import (
	"context"
	"encoding/json"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// mostLooked bounds through how much feedback, the newest first, is looked for
// what is about a part of the map.
const mostLooked = 20_000

// about tells whether feedback is the business of a part of the map: of a grid
// that the answer named, or of the place that was meant. What nobody could
// place is the business of those over all of the main network.
func about(within *auth.Reach, f gridmap.Feedback, r gridmap.Receipt) bool {
	if within.Main() || f.Place != 0 && within.Place(f.Place) {
		return true
	}
	for _, id := range answered(r) {
		if within.Grid(id) {
			return true
		}
	}
	return false
}

// answered are the grids that a kept answer named as responsible: the deepest
// that is certain, and the candidates below it, in each network asked.
func answered(r gridmap.Receipt) (ids []gridmap.GridID) {
	type ref struct {
		ID gridmap.GridID `json:"id"`
	}
	type answer struct {
		Chain      []ref `json:"chain"`
		Candidates []ref `json:"candidates"`
	}
	var a struct {
		answer
		Others []answer `json:"others"`
	}
	if json.Unmarshal([]byte(r.Answer), &a) != nil {
		return nil
	}
	for _, x := range append(a.Others, a.answer) {
		refs := x.Candidates
		if n := len(x.Chain); n > 0 {
			refs = append(refs, x.Chain[n-1])
		}
		for _, g := range refs {
			if g.ID != 0 { // beyond the jurisdiction
				ids = append(ids, g.ID)
			}
		}
	}
	return ids
}

// maySettle refuses who keeps another part of the map than feedback is about.
func (s *Service) maySettle(ctx context.Context, f gridmap.Feedback) error {
	within := s.desk.Reach.Of(ctx, rights.Keep)
	if within.Everything() {
		return nil
	}
	r, err := s.desk.Receipts.Receipt(ctx, f.Receipt)
	if err != nil && gridmap.CodeOf(err) != gridmap.NotFound {
		return err
	}
	if !about(within, f, r) {
		return gridmap.Errorf(gridmap.Forbidden, "反馈 %d 不涉及您的管辖范围 (feedback about a part of the map that you do not keep)", f.ID)
	}
	return nil
}
