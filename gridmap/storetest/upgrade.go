package storetest

import (
	"context"
	"strings"
	"testing"

	"cloudgrid/gridmap"
)

// OldMap is a map as a store had it before there were plans and records: SQL
// that both understand.
const OldMap = `
INSERT INTO change_set (seq, at, actor, action, note, edition) VALUES (1, '2026-03-01T00:00:00.000000Z', 'a', 'import', '', 0);
INSERT INTO network (id, code, name, main) VALUES (1, 'main', '综治网', '1');
INSERT INTO level (network, rank, code, name) VALUES (1, 0, 'town', '街道');
INSERT INTO grid (id, network, level, code, name, type, attrs, recorded_from) VALUES (11, 1, 0, 'A', '中区', '', '{}', 1);
INSERT INTO code (kind, network, code, id) VALUES ('grid', 1, 'A', 11), ('grid', 1, 'B', 10), ('person', 0, '0017', 41);
UPDATE head SET seq = 1, at = '2026-03-01T00:00:00.000000Z', next_id = 42;
`

// Upgraded looks whether a store that held OldMap still does, and keeps plans
// and records now.
func Upgraded(t *testing.T, s gridmap.Store) {
	plans, ok := s.(planStore)
	if !ok {
		t.Fatal("the store keeps no plans")
	}
	view(t, s, func(ctx context.Context, r gridmap.Reader) error {
		grids, err := all(r.Grids(ctx, gridmap.Query{}))
		if len(grids) != 1 || grids[0].Code != "A" {
			t.Errorf("grids %+v", grids)
		}
		a, ok := r.(gridmap.Archive)
		if !ok {
			t.Fatalf("%T is no archive", r)
		}
		codes, err2 := all(a.Codes(ctx))
		same(t, "codes", codes, []gridmap.CodeOwner{{Kind: "grid", Network: 1, Code: "A", ID: 11}, {Kind: "grid", Network: 1, Code: "B", ID: 10}, {Kind: "person", Code: "0017", ID: 41}})
		if err == nil {
			err = err2
		}
		return err
	})
	err := refusal(t, s, gridmap.Conflict, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutGrids(ctx, gridmap.Grid{ID: 12, Network: 1, Code: "B", Name: "冒名"})
	})
	if err == nil || !strings.Contains(err.Error(), "B") {
		t.Errorf("a code of before: %v", err)
	}
	update(t, s, func(ctx context.Context, w gridmap.Writer) error {
		return w.PutRecords(ctx, gridmap.Record{ID: 50, Kind: gridmap.SignRecord, Key: "A", Grid: 11, Body: wordBody("牌")})
	})
	p := appended(t, plans, create(t, plans, gridmap.Plan{Name: "方案", Network: 1, CreatedBy: "甲", CreatedAt: now}), "a")
	if p.Rev != 1 {
		t.Errorf("%+v", p)
	}
}
