package ingest_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/importers"
)

func TestACodeThatAnEarlierRowHasIsRejected(t *testing.T) {
	src := file(t, "a.geojson", collection(grid("1", 120, 30, 0.01), grid("2", 120.01, 30, 0.01), grid("1", 120.02, 30, 0.01)))
	p := check(t, src, nil, ingest.Options{})
	f := finding(t, p.Report(), ingest.KindSameCode)
	if f.Severity != ingest.Error || fmt.Sprint(f.Rows) != "[3]" || f.At == nil || p.Report().Accepted != 2 {
		t.Errorf("%+v", p.Report())
	}
	if p.Refusal() == nil {
		t.Error("a file with a repeated code would be written")
	}
}

func TestRowsOfOneCodeAreMergedOnlyWhenAskedAndNamedAlike(t *testing.T) {
	text := collection(grid("1", 120, 30, 0.01), grid("1", 120.02, 30, 0.01), square(`"code":"1","name":"别名"`, 120.04, 30, 0.01))
	rep := check(t, file(t, "a.geojson", text), nil, ingest.Options{MergeParts: true}).Report()
	if rep.Merged != 1 || rep.Rejected != 1 || rep.Accepted != 1 {
		t.Errorf("%+v", rep)
	}
	if f := finding(t, rep, ingest.KindMultiPart); f.Severity != ingest.Note || f.Codes[0] != "1" {
		t.Errorf("%+v", f)
	}
}

func TestAShapeThatAnEarlierRowHasIsRejectedHoweverItIsDrawn(t *testing.T) {
	turned := `{"type":"Feature","properties":{"code":"2"},"geometry":{"type":"Polygon","coordinates":[[[120.01,30.01],[120.01,30],[120,30],[120,30.01],[120.01,30.01]]]}}`
	rep := check(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01), turned)), nil, ingest.Options{}).Report()
	if f := finding(t, rep, ingest.KindSameShape); fmt.Sprint(f.Rows) != "[2]" || rep.Accepted != 1 {
		t.Errorf("%+v", rep)
	}
}

func TestSwappedCoordinatesAreFoundAndTurnedOnlyWhenAsked(t *testing.T) {
	var features []string
	for i := range 8 { // Rhode Island: turned round it is still on the globe
		features = append(features, grid(fmt.Sprint(i), -71+float64(i)/100, 41, 0.01))
	}
	features = append(features, grid("x", 41.5, -71.5, 0.01))
	for _, crs := range []string{"", "cgcs2000"} {
		if crs != "" { // in China latitude first is off the globe, or out of bounds
			features = []string{grid("a", 120, 30, 0.01), grid("b", 120.01, 30, 0.01), grid("x", 30, 120.05, 0.01)}
		}
		o := ingest.Options{CRS: crs}
		rep := check(t, file(t, "a.geojson", collection(features...)), nil, o).Report()
		f := finding(t, rep, ingest.KindSwapped)
		if f.Severity != ingest.Error || f.Codes[0] != "x" || f.At == nil || f.At.Lat < f.At.Lon && crs != "" && f.At.Lon < 100 {
			t.Errorf("crs %q: %+v", crs, f)
		}
		o.FixSwapped = true
		rep = check(t, file(t, "a.geojson", collection(features...)), nil, o).Report()
		if f := finding(t, rep, ingest.KindSwapped); f.Severity != ingest.Warning || rep.Rejected != 0 {
			t.Errorf("crs %q, fixed: %+v", crs, rep)
		}
	}
}

func TestACoordinateSystemIsNeverGuessed(t *testing.T) {
	src := file(t, "a.csv", "code,wkt\n1,\"POLYGON((120 30,120.1 30,120.1 30.1,120 30))\"\n")
	_, err := ingest.Prepare(ctx, src, ingest.Options{Now: now})
	if gridmap.CodeOf(err) != gridmap.Invalid || !strings.Contains(err.Error(), "--crs") {
		t.Errorf("%v", err)
	}
	if rep := check(t, src, nil, ingest.Options{CRS: "gcj02"}).Report(); rep.CRS != "gcj02" || rep.CRSFrom != "--crs" || rep.Accepted != 1 {
		t.Errorf("%+v", rep)
	}
	if _, err := ingest.Prepare(ctx, src, ingest.Options{Now: now, CRS: "epsg:1"}); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("an unknown system: %v", err)
	}
}

func TestADeclarationThatIsOverruledIsSaid(t *testing.T) {
	src := file(t, "a.geojson", collection(grid("1", 120, 30, 0.01)))
	rep := check(t, src, nil, ingest.Options{CRS: "bd09"}).Report()
	if !strings.Contains(strings.Join(rep.Notes, "\n"), "按 --crs 用 bd09") {
		t.Errorf("%q", rep.Notes)
	}
}

func TestAMissingColumnIsNamedWithThoseThereAre(t *testing.T) {
	src := file(t, "a.geojson", collection(grid("1", 120, 30, 0.01)))
	_, err := ingest.Prepare(ctx, src, ingest.Options{Now: now, Mapping: ingest.Mapping{Columns: map[string]string{"code": "VILLCODE"}}})
	if gridmap.CodeOf(err) != gridmap.Invalid || !strings.Contains(err.Error(), "VILLCODE") || !strings.Contains(err.Error(), "name") {
		t.Errorf("%v", err)
	}
}

func TestWithoutACodeColumnAFileIsCheckedButNotWritten(t *testing.T) {
	s := newStore(t)
	src := file(t, "a.geojson", collection(square(`"x":"a"`, 120, 30, 0.01), square(`"x":"a"`, 120.01, 30, 0.01)))
	p := check(t, src, s, ingest.Options{})
	if p.Report().Accepted != 2 {
		t.Errorf("%+v", p.Report())
	}
	if _, err := p.Write(ctx, s); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("%v", err)
	}
}

func TestRejectedRowsStopAnImportUnlessTheRestIsAccepted(t *testing.T) {
	s := newStore(t)
	dirty := collection(grid("1", 120, 30, 0.01), grid("1", 120.01, 30, 0.01))
	if _, err := check(t, file(t, "a.geojson", dirty), s, ingest.Options{}).Write(ctx, s); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Fatalf("%v", err)
	}
	if n := len(gridsOf(t, s, gridmap.Query{})); n != 0 {
		t.Fatalf("%d grids after a refused import", n)
	}
	rep := take(t, file(t, "a.geojson", dirty), s, ingest.Options{AcceptPartial: true})
	if !rep.Partial || !rep.Written || len(gridsOf(t, s, gridmap.Query{})) != 1 {
		t.Errorf("%+v", rep)
	}
}

func TestStrictTurnsOverlapsIntoErrors(t *testing.T) {
	text := collection(grid("1", 120, 30, 0.01), grid("2", 120.005, 30, 0.01))
	if p := check(t, file(t, "a.geojson", text), nil, ingest.Options{}); p.Refusal() != nil {
		t.Error(p.Refusal())
	}
	if p := check(t, file(t, "a.geojson", text), nil, ingest.Options{Strict: true}); p.Refusal() == nil {
		t.Error("an overlap passes as strict")
	}
}

// failing makes one call of a transaction fail.
type failing struct {
	gridmap.Store
	at string
}

var errInjected = errors.New("injected")

func (f failing) Update(ctx context.Context, c gridmap.Commit, fn func(gridmap.Writer) error) (gridmap.ChangeSet, error) {
	return f.Store.Update(ctx, c, func(w gridmap.Writer) error { return fn(failingWriter{w, f.at}) })
}

type failingWriter struct {
	gridmap.Writer
	at string
}

func (w failingWriter) PutGrids(ctx context.Context, g ...gridmap.Grid) error {
	return w.after("grids", w.Writer.PutGrids(ctx, g...))
}

func (w failingWriter) PutAtoms(ctx context.Context, a ...gridmap.Atom) error {
	return w.after("atoms", w.Writer.PutAtoms(ctx, a...))
}

func (w failingWriter) PutMemberships(ctx context.Context, m ...gridmap.Membership) error {
	return w.after("members", w.Writer.PutMemberships(ctx, m...))
}

func (w failingWriter) after(step string, err error) error {
	if err == nil && step == w.at {
		return errInjected
	}
	return err
}

func TestAnImportThatFailsMidwayLeavesNothing(t *testing.T) {
	s := newStore(t)
	p := check(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01), grid("2", 120.01, 30, 0.01))), s, ingest.Options{})
	for _, step := range []string{"grids", "atoms", "members"} {
		if _, err := p.Write(ctx, failing{s, step}); !errors.Is(err, errInjected) {
			t.Fatalf("%s: %v", step, err)
		}
		atoms, _ := atomsOf(t, s, time.Time{})
		view(t, s, func(r gridmap.Reader) error {
			head, err := r.Head(ctx)
			networks, nerr := r.Networks(ctx)
			if head.Seq != 0 || len(networks) != 0 {
				t.Errorf("%s: head %+v, networks %v", step, head, networks)
			}
			return errors.Join(err, nerr)
		})
		if len(gridsOf(t, s, gridmap.Query{})) != 0 || len(atoms) != 0 {
			t.Errorf("%s left something behind", step)
		}
	}
	if _, err := p.Write(ctx, s); err != nil { // the same plan again, now whole
		t.Fatal(err)
	}
	if len(gridsOf(t, s, gridmap.Query{})) != 2 {
		t.Error("the second try did not write all")
	}
}

func TestAFileThatBreaksOffIsRefusedWhole(t *testing.T) {
	l := importers.Limits{MaxRows: 1}
	text := collection(grid("1", 120, 30, 0.01), grid("2", 120.01, 30, 0.01))
	src, err := importers.OpenReader("a.geojson", strings.NewReader(text), int64(len(text)), importers.Options{Limits: l})
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	if _, err := ingest.Prepare(ctx, src, ingest.Options{Now: now}); gridmap.CodeOf(err) != gridmap.Invalid {
		t.Errorf("%v", err)
	}
}

func TestAPlanMadeOnAnOlderEditionIsAConflict(t *testing.T) {
	s := newStore(t)
	late := check(t, file(t, "a.geojson", collection(grid("1", 120, 30, 0.01))), s, ingest.Options{})
	take(t, file(t, "b.geojson", collection(grid("2", 120.01, 30, 0.01))), s, ingest.Options{})
	if _, err := late.Write(ctx, s); gridmap.CodeOf(err) != gridmap.Conflict {
		t.Errorf("%v", err)
	}
}
