package gridmap

import (
	"context"
	"time"
)

// OrphanPosts returns the posts valid at a time whose grid is not there then,
// by id; with the zero time, those whose grid is there at no time. A grid may
// end with people still posted to it: where they go is for people to say.
func OrphanPosts(ctx context.Context, r Reader, at time.Time) ([]Post, error) {
	there := make(map[GridID]bool)
	for g, err := range r.Grids(ctx, Query{At: at}) {
		if err != nil {
			return nil, err
		}
		there[g.ID] = true
	}
	var orphans []Post
	for p, err := range r.Posts(ctx, Query{At: at}) {
		if err != nil {
			return nil, err
		}
		if !there[p.Grid] {
			orphans = append(orphans, p)
		}
	}
	return orphans, nil
}
