// Package packs makes maps that are modelled on seven real places: the numbers
// of grids, people, shops and matters are those that the place published, and
// everything else, the ground, the names, the telephone numbers, is made up and
// visibly so. The same pack is the same map each time.
package packs

import (
	"context"
	"time"

	"cloudgrid/gridmap"
)

// Fill makes a map in an empty store.
type Fill func(ctx context.Context, s gridmap.Store, now time.Time) error

// All are the packs by name.
func All() map[string]Fill {
	return map[string]Fill{
		"anning":     fill("anning", anning),
		"chaisang":   fill("chaisang", chaisang),
		"jining":     fill("jining", jining),
		"shehong":    fill("shehong", shehong),
		"wuyingshan": fill("wuyingshan", wuyingshan),
		"yungang":    fill("yungang", yungang),
		"zoucheng":   fill("zoucheng", zoucheng),
	}
}

// maxThings bounds the ids of a pack, which are reserved in one go.
const maxThings = 1 << 17

func fill(name string, build func(*kit)) Fill {
	return func(ctx context.Context, s gridmap.Store, now time.Time) error {
		none := int64(0) // refuse when somebody else was quicker
		_, err := s.Update(ctx, gridmap.Commit{
			Base: &none, At: now, Actor: "demo", Action: "import", Note: "示例数据包 " + name,
			Edit:  &gridmap.Edition{Name: "示例版次 demo", EffectiveAt: now},
			Audit: []gridmap.AuditEntry{{At: now, Actor: "demo", Action: "import", Thing: "demo:" + name}},
		}, func(w gridmap.Writer) error {
			first, err := w.NewIDs(ctx, maxThings)
			if err != nil {
				return err
			}
			k := newKit(first)
			build(k)
			return k.put(ctx, w)
		})
		return err
	}
}
