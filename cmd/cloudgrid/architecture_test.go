package main

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

// layer is one line of the import table: the packages under Prefix may import,
// of ours, only what May lists. The longest prefix decides.
type layer struct {
	prefix string
	may    []string
}

// The table of ARCHITECTURE.md. "x" allows x itself, "x/..." also what is below.
var layers = []layer{
	{"spatial", []string{}},
	{"spatial/crs", []string{"spatial"}},
	{"spatial/disjoint", []string{}},
	{"spatial/measure", []string{"spatial"}},
	{"spatial/synth", []string{"spatial"}},
	{"spatial/topology", []string{"spatial", "spatial/disjoint", "spatial/measure"}},
	{"spatial/locate", []string{"spatial", "spatial/measure", "spatial/topology"}},
	{"spatial/tessellate", []string{"spatial", "spatial/disjoint", "spatial/measure", "spatial/topology"}},
	{"spatial/relate", []string{"spatial"}},
	{"tiles", []string{"spatial/..."}},
	{"importers", []string{"spatial/..."}},
	{"migrations", []string{}},
	{"gridmap", []string{"spatial"}},
	{"gridmap/address", []string{"spatial"}},
	{"gridmap/rebalance", []string{"spatial", "spatial/disjoint"}},
	{"gridmap/atlas", []string{"spatial/...", "tiles", "gridmap", "gridmap/address"}},
	{"gridmap/district", []string{"spatial/...", "gridmap", "gridmap/rebalance", "gridmap/atlas"}},
	{"gridmap/picture", []string{"spatial/...", "gridmap", "gridmap/rebalance", "gridmap/atlas"}},
	{"gridmap/jsontext", []string{}},
	{"gridmap/load", []string{"spatial/...", "gridmap", "gridmap/atlas"}},
	{"gridmap/export", []string{"spatial/...", "tiles", "gridmap", "gridmap/atlas", "gridmap/jsontext"}},
	{"gridmap/backdrop", []string{"spatial", "tiles", "gridmap"}},
	{"gridmap/heat", []string{"spatial/...", "gridmap"}},
	{"gridmap/auth", []string{"gridmap"}},
	{"gridmap/ingest", []string{"spatial/...", "importers", "gridmap", "gridmap/address"}},
	{"gridmap/intake", []string{"spatial/...", "importers", "gridmap", "gridmap/ingest"}},
	{"gridmap/plan", []string{"spatial/...", "tiles", "gridmap", "gridmap/rebalance", "gridmap/atlas", "gridmap/district", "gridmap/load"}},
	{"gridmap/sign", []string{"spatial/...", "gridmap", "gridmap/atlas", "gridmap/duty", "gridmap/publish", "gridmap/rolls"}},
	{"gridmap/photo", []string{"gridmap"}},
	{"gridmap/publish", []string{"gridmap"}},
	{"gridmap/duty", []string{"gridmap", "gridmap/atlas", "gridmap/publish"}},
	{"gridmap/rolls", []string{"gridmap", "gridmap/atlas", "gridmap/duty", "gridmap/load", "gridmap/publish"}},
	{"gridmap/crosswalk", []string{"spatial/...", "gridmap", "gridmap/atlas", "gridmap/district"}},
	{"gridmap/reach", []string{"spatial/...", "gridmap"}},
	{"gridmap/ledger", []string{"spatial", "gridmap"}},
	{"gridmap/postgis", []string{"spatial", "gridmap", "gridmap/ledger", "migrations"}},
	{"gridmap/replica", []string{"gridmap"}},
	{"gridmap/gpkg", []string{"spatial", "gridmap", "gridmap/ledger", "migrations"}},
	{"gridmap/storetest", []string{"spatial", "gridmap", "gridmap/ledger"}},
	{"web", []string{"spatial/...", "tiles", "gridmap", "gridmap/address", "gridmap/atlas", "gridmap/backdrop", "gridmap/export", "gridmap/heat", "gridmap/jsontext", "gridmap/auth", "gridmap/plan", "gridmap/crosswalk", "gridmap/district", "gridmap/duty", "gridmap/load", "gridmap/photo", "gridmap/publish", "gridmap/reach", "gridmap/rolls", "gridmap/rebalance", "gridmap/picture", "gridmap/sign", "web/..."}},
	{"web/imports", []string{"spatial", "importers", "gridmap", "gridmap/atlas", "gridmap/export", "gridmap/ingest", "gridmap/intake", "gridmap/jsontext", "gridmap/rolls", "web/..."}},
	{"web/app", []string{}},
	{"web/ordered", []string{}},
	{"web/problem", []string{"gridmap"}},
	{"web/who", []string{"gridmap"}},
	{"cmd/chaos", []string{"cmd/chaos/..."}}, // it knows the product from outside only
	{"cmd", []string{"spatial/...", "tiles/...", "importers/...", "gridmap/...", "migrations", "web/...", "cmd/..."}},
}

// onlyIn lists libraries that a single room may see, whole or by subfolder.
var onlyIn = map[string][]string{
	"modernc.org/sqlite":            {"gridmap/gpkg", "importers", "tiles"},
	"github.com/jackc/pgx":          {"gridmap/postgis", "cmd"},
	"github.com/labstack/echo":      {"web", "cmd"},
	"github.com/prometheus":         {"web/metrics"},
	"github.com/boombuler":          {"gridmap/sign"},
	"github.com/xuri/excelize":      {"importers", "gridmap/rolls"},
	"github.com/danielgtaylor/huma": {"web"},
	"github.com/coreos/go-oidc":     {"web/auth"},
	"golang.org/x/oauth2":           {"web/auth"},
	"net/http":                      {"web", "cmd"},
	"database/sql":                  {"gridmap/gpkg", "gridmap/postgis", "importers", "tiles", "cmd"},
}

type listed struct {
	ImportPath string
	Imports    []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", "cloudgrid/...").Output()
	if err != nil {
		t.Fatal("go list: ", err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

func within(pkg, pattern string) bool {
	base, deep := strings.CutSuffix(pattern, "/...")
	return pkg == base || deep && strings.HasPrefix(pkg, base+"/")
}

func layerOf(pkg string) *layer {
	var best *layer
	for i, l := range layers {
		if (pkg == l.prefix || strings.HasPrefix(pkg, l.prefix+"/")) && (best == nil || len(l.prefix) > len(best.prefix)) {
			best = &layers[i]
		}
	}
	return best
}

func TestImportsGoDownOnly(t *testing.T) {
	for _, p := range listPackages(t) {
		pkg := strings.TrimPrefix(p.ImportPath, "cloudgrid/")
		l := layerOf(pkg)
		if l == nil {
			t.Errorf("%s is in no layer of the table", pkg)
			continue
		}
		for _, imp := range p.Imports {
			checkImport(t, pkg, l, imp)
		}
	}
}

// The tables of ARCHITECTURE.md name every package, none above what it imports.
func TestEveryPackageStandsInTheArchitectureBelowWhatItImports(t *testing.T) {
	text, err := os.ReadFile("../../ARCHITECTURE.md")
	if err != nil {
		t.Fatal(err)
	}
	_, tables, found := strings.Cut(string(text), "## Every package\n")
	if !found {
		t.Fatal("no such chapter")
	}
	tables, _, _ = strings.Cut(tables, "\n## ")
	lineOf := map[string]int{}
	for n, line := range strings.Split(tables, "\n") {
		if names, isRow := strings.CutPrefix(line, "| "); isRow {
			names, _, _ = strings.Cut(names, "|")
			for _, name := range regexp.MustCompile("`[^`]+`").FindAllString(names, -1) {
				if name = strings.Trim(name, "`"); lineOf[name] == 0 {
					lineOf[name] = n + 1
				}
			}
		}
	}
	for _, p := range listPackages(t) {
		pkg := strings.TrimPrefix(p.ImportPath, "cloudgrid/")
		if lineOf[pkg] == 0 {
			t.Errorf("%s is in no table of ARCHITECTURE.md", pkg)
		}
		for _, imp := range p.Imports {
			if ours, isOurs := strings.CutPrefix(imp, "cloudgrid/"); isOurs && lineOf[ours] > lineOf[pkg] {
				t.Errorf("in ARCHITECTURE.md %s stands above %s, which it imports", pkg, ours)
			}
		}
	}
}

func checkImport(t *testing.T, pkg string, l *layer, imp string) {
	t.Helper()
	for lib, rooms := range onlyIn {
		if imp != lib && !strings.HasPrefix(imp, lib+"/") {
			continue
		}
		ok := false
		for _, room := range rooms {
			ok = ok || within(pkg, room+"/...")
		}
		if !ok {
			t.Errorf("%s imports %s, which only %v may see", pkg, imp, rooms)
		}
	}
	ours, isOurs := strings.CutPrefix(imp, "cloudgrid/")
	if !isOurs {
		return
	}
	for _, m := range l.may {
		if within(ours, m) {
			return
		}
	}
	t.Errorf("%s imports %s; it may import only %v", pkg, ours, l.may)
}
