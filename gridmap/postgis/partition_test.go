package postgis

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/storetest"
	"cloudgrid/spatial"
)

// before makes the schema of a version of the migrations and fills it.
func before(t *testing.T, version int64, fill string) (dsn string) {
	t.Helper()
	dsn = newDSN(t)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	schema, _, _ := strings.Cut(u.Query().Get("search_path"), ",")
	exec(t, dsn, "CREATE SCHEMA "+schema)
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	db := stdlib.OpenDB(*config)
	p, err := provider(db)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.UpTo(t.Context(), version); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	exec(t, dsn, fill)
	return dsn
}

// countyMap is two counties as version 6 kept them, with a past version of a
// place, and somebody who may read it.
const countyMap = storetest.OldMap + `
INSERT INTO level (network, rank, code, name) VALUES (1, 1, 'grid', '网格');
INSERT INTO grid (id, network, level, parent, code, name, type, attrs, recorded_from, shape) VALUES
	(12, 1, 0, NULL, '310101000000', '黄浦区', '', '{}', 1, NULL), (13, 1, 0, NULL, '310109000000', '虹口区', '', '{}', 1, NULL),
	(14, 1, 1, 12, '甲', '甲', '', '{}', 1, ST_GeomFromText('MULTIPOLYGON(((121 31, 121.1 31, 121.1 31.1, 121 31.1, 121 31)))', 4490)),
	(15, 1, 1, 13, '乙', '乙', '', '{}', 1, ST_GeomFromText('MULTIPOLYGON(((121.1 31, 121.2 31, 121.2 31.1, 121.1 31.1, 121.1 31)))', 4490));
INSERT INTO atom (id, code, name, kind, counts, attrs, recorded_from) VALUES (16, 'a', '', '', '{}', '{}', 1), (17, 'b', '', '', '{}', '{}', 1);
INSERT INTO membership (atom, network, grid, recorded_from) VALUES (16, 1, 14, 1), (17, 1, 15, 1);
INSERT INTO place (id, code, kind, name, province, city, district, town, community, road, section, lane, alley, sub_alley, number, compound, building, unit, accuracy_m, atom, source, status, aliases, attrs, shape, valid_from, valid_to, recorded_from, recorded_to) VALUES
	(21, '', '', '旧名', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, 16, '', '', '[]', '{}', NULL, NULL, '2026-02-01T00:00:00Z', 1, NULL),
	(21, '', '', '甲门', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, 16, '', '', '[]', '{}', NULL, '2026-02-01T00:00:00Z', NULL, 1, NULL),
	(22, '', '', '乙门', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, 17, '', '', '[]', '{}', NULL, NULL, NULL, 1, NULL),
	(23, '', '', '甲地', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, NULL, '', '', '[]', '{}', ST_SetSRID(ST_MakePoint(121.05, 31.05), 4490), NULL, NULL, 1, NULL),
	(24, '', '', '界上', '', '', '', '', '', '', '', '', '', '', '', '', '', '', 0, NULL, '', '', '[]', '{}', ST_SetSRID(ST_MakePoint(121.1, 31.05), 4490), NULL, NULL, 1, NULL);
UPDATE head SET next_id = 100;
GRANT SELECT ON place TO PUBLIC;
`

func places(t *testing.T, s *Store, scope string) string {
	t.Helper()
	in, err := gridmap.ParseScope(scope)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	if err := s.View(t.Context(), func(r gridmap.Reader) error {
		for p, err := range r.Places(t.Context(), gridmap.Query{Scope: in}) {
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

func TestAMapOfTheVersionBeforeCountiesIsUpgradedInPlace(t *testing.T) {
	dsn := before(t, 6, countyMap)
	s, err := Open(t.Context(), dsn, Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for scope, want := range map[string]string{"": "旧名 甲门 乙门 甲地 界上", "310101": "旧名 甲门 甲地 界上", "310109": "乙门 甲地 界上"} {
		if got := places(t, s, scope); got != want {
			t.Errorf("in %q: %s, want %s", scope, got, want)
		}
	}
	var may, same bool
	if err := s.pool.QueryRow(t.Context(), "SELECT has_table_privilege('public', 'place', 'SELECT'), (SELECT count(*) = count(DISTINCT fid) FROM place)").Scan(&may, &same); err != nil || !may || !same {
		t.Errorf("the reader may %v, rows differ %v: %v", may, same, err)
	}
	put := func(w gridmap.Writer) error {
		return w.PutPlaces(t.Context(), gridmap.Place{ID: 22, Name: "新乙门", Atom: 17}, gridmap.Place{ID: 100, Name: "新", Atom: 16})
	}
	if _, err := s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, put); err != nil {
		t.Fatal(err)
	}
	if got := places(t, s, "310109"); got != "新乙门 甲地 界上" {
		t.Errorf("after a change: %s", got)
	}
}

func TestACountyGetsAPartitionAndThePlacesOnItsGround(t *testing.T) {
	dsn := before(t, 6, countyMap)
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for range 2 { // the second time there is nothing to do
		if _, err := s.Settle(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0), Action: "partition"}); err != nil {
			t.Fatal(err)
		}
		if got := places(t, s, "310109"); got != "乙门 界上" {
			t.Errorf("settled: %s", got)
		}
	}
	for _, want := range []bool{true, false} {
		if made, err := s.Partition(t.Context(), 310101); err != nil || made != want {
			t.Fatalf("made %v, %v", made, err)
		}
	}
	if _, err := s.Partition(t.Context(), 0); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Error(err)
	}
	rows, err := s.CountyRows(t.Context())
	if got := fmt.Sprint(rows); err != nil || got != "[{0 1 false} {310101 3 true} {310109 1 false}]" {
		t.Errorf("%s, %v", got, err)
	}
	if got := places(t, s, "310101"); got != "旧名 甲门 甲地 界上" {
		t.Errorf("in its partition: %s", got)
	}
	// One at a time holds in the new partition, too, and a county read alone
	// touches no other's.
	if _, err := s.pool.Exec(t.Context(), "INSERT INTO place SELECT (p).* FROM (SELECT p FROM place p WHERE name = '甲地') x"); gridmap.CodeOf(mapError(t.Context(), "", err)) != gridmap.Conflict {
		t.Errorf("two at a time: %v", err)
	}
	var plan strings.Builder
	lines, err := s.pool.Query(t.Context(), "EXPLAIN SELECT * FROM place WHERE "+scopeText(gridmap.Scope{{First: 310109, Last: 310109}}))
	if err != nil {
		t.Fatal(err)
	}
	var line string
	if _, err := pgx.ForEachRow(lines, []any{&line}, func() error { plan.WriteString(line + "\n"); return nil }); err != nil || strings.Contains(plan.String(), "place_310101") {
		t.Errorf("%v: %s", err, &plan)
	}
	// Everything goes on: what moves to the other county leaves the partition.
	if _, err := s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, func(w gridmap.Writer) error {
		return w.PutPlaces(t.Context(), gridmap.Place{ID: 23, Name: "甲地", Atom: 17, Point: spatial.Point{X: 1211500000, Y: 310500000}, HasPoint: true})
	}); err != nil {
		t.Fatal(err)
	}
	if got := places(t, s, "310101") + "/" + places(t, s, "310109"); got != "旧名 甲门 界上/乙门 甲地 界上" {
		t.Errorf("moved: %s", got)
	}
}

// TestAPartitionIsMadeWhileOthersReadAndWrite: nobody fails, and it is made.
func TestAPartitionIsMadeWhileOthersReadAndWrite(t *testing.T) {
	dsn := before(t, 6, countyMap)
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 2)
	go func() {
		for ctx.Err() == nil {
			if err := s.View(t.Context(), func(r gridmap.Reader) error {
				for _, err := range r.Places(t.Context(), gridmap.Query{}) {
					if err != nil {
						return err
					}
				}
				return nil
			}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	go func() {
		for i := int64(200); ctx.Err() == nil; i++ {
			if _, err := s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, func(w gridmap.Writer) error {
				return w.PutPlaces(t.Context(), gridmap.Place{ID: gridmap.PlaceID(i), Name: "新", Atom: 16})
			}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	for _, c := range []gridmap.County{310101, 310109} {
		if made, err := s.Partition(t.Context(), c); err != nil || !made {
			t.Errorf("%d: %v, %v", c, made, err)
		}
	}
	cancel()
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}
