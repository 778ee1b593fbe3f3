package gpkg

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/storetest"
)

// beforeCounties is two counties as version 4 kept them.
const beforeCounties = storetest.OldMap + `
INSERT INTO level (network, rank, code, name) VALUES (1, 1, 'grid', '网格');
INSERT INTO grid (id, network, level, parent, code, name, type, attrs, recorded_from) VALUES
	(12, 1, 0, NULL, '310101000000', '黄浦区', '', '{}', 1), (13, 1, 0, NULL, '310109000000', '虹口区', '', '{}', 1),
	(14, 1, 1, 12, '甲', '甲', '', '{}', 1), (15, 1, 1, 13, '乙', '乙', '', '{}', 1);
INSERT INTO atom (id, code, name, kind, counts, attrs, recorded_from) VALUES (16, 'a', '', '', '{}', '{}', 1), (17, 'b', '', '', '{}', '{}', 1);
INSERT INTO membership (atom, network, grid, recorded_from) VALUES (16, 1, 14, 1), (17, 1, 15, 1);
INSERT INTO role (code, name, "order") VALUES ('head', '网格长', 0);
INSERT INTO person (id, code, name, phone, office_phone, attrs, recorded_from) VALUES (18, '', '赵', '', '', '{}', 1), (19, '', '钱', '', '', '{}', 1);
INSERT INTO post (id, grid, role, person, rank, employment, recorded_from) VALUES (20, 14, 'head', 18, 1, '', 1), (21, 15, 'head', 19, 1, '', 1);
UPDATE head SET next_id = 100;
`

func TestAMapFromBeforeCountiesIsUpgradedAndSettled(t *testing.T) {
	path := filepath.Join(t.TempDir(), oddName)
	older(t, path, 4, beforeCounties)
	s, err := Open(t.Context(), path, Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	in := func(scope gridmap.County) string {
		var names []string
		if err := s.View(t.Context(), func(r gridmap.Reader) error {
			q := gridmap.Query{Scope: gridmap.Scope{{First: scope, Last: scope}}}
			for g, err := range r.Grids(t.Context(), q) {
				if err != nil {
					return err
				}
				names = append(names, g.Name)
			}
			for a, err := range r.Atoms(t.Context(), q) {
				if err != nil {
					return err
				}
				names = append(names, a.Code)
			}
			for p, err := range r.Persons(t.Context(), q) {
				if err != nil {
					return err
				}
				names = append(names, p.Name)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return strings.Join(names, " ")
	}
	if got := in(310101) + "/" + in(310109); got != "中区 黄浦区 虹口区 甲 a 赵/中区 黄浦区 虹口区 乙 b 钱" {
		t.Error(got)
	}
	if _, err := s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, func(w gridmap.Writer) error {
		return w.PutMemberships(t.Context(), gridmap.Membership{Atom: 17, Network: 1, Grid: 14})
	}); err != nil {
		t.Fatal(err)
	}
	if got := in(310101); got != "中区 黄浦区 虹口区 甲 a b 赵" { // its past is of the other county: both read it
		t.Error(got)
	}
}
