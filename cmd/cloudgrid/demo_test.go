package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"cloudgrid/gridmap"
)

// bundFile is one default demo that tests copy, made by the command itself.
var bundFile = sync.OnceValues(func() (string, error) {
	beside, err := demoFile() // whose folder goes at the end
	if err != nil {
		return "", err
	}
	path := filepath.Join(filepath.Dir(beside), "bund.gpkg")
	var out, errs bytes.Buffer
	if code := run([]string{"demo", "--no-serve", "--store", "gpkg:" + path, "--json"}, strings.NewReader(""), &out, &errs); code != exitOK || !strings.Contains(out.String(), `"edition":1`) {
		return "", fmt.Errorf("demo: exit %d: %s %s", code, &out, &errs)
	}
	return path, nil
})

// bundStore is a store of its own with the default demo in it.
func bundStore(t *testing.T) (gridmap.Store, string) {
	t.Helper()
	src, err := bundFile()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for _, name := range []string{"bund.gpkg", "bund.app.db"} {
		body, err := os.ReadFile(filepath.Join(filepath.Dir(src), name))
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), body, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	where := "gpkg:" + filepath.Join(dir, "bund.gpkg")
	s, err := openStore(t.Context(), where, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, where
}

func TestTheDefaultDemoIsTheBundAndAnswersItsOwnExamples(t *testing.T) {
	s, where := bundStore(t)
	base, srv := boot(t, s)
	examples := demoExamples(srv, base, where)
	if len(examples) != 3 {
		t.Fatal(examples)
	}
	for _, line := range examples[:2] {
		quoted := strings.Split(line, "'")
		status, body, _ := fetch(t, quoted[1])
		if status != http.StatusOK || !strings.Contains(string(body), "3101") {
			t.Errorf("%s: %d %.200s", line, status, body)
		}
	}
	args := strings.Fields(strings.TrimPrefix(examples[2], "go run ./cmd/cloudgrid "))
	if code, out, errs := runCLI(t, args...); code != exitOK || !strings.Contains(out, "网格员") {
		t.Errorf("%s: %d %s %s", examples[2], code, out, errs)
	}
	if code, out, errs := runCLI(t, "check", "--store", where); code != exitOK {
		t.Errorf("check: %d %s %s", code, out, errs)
	}
}

func TestNamesOfTheBundAreFoundByWhatPeopleCallThem(t *testing.T) {
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	for name, street := range map[string]string{
		"东方明珠": "陆家嘴街道（示例）", "上海东方明珠电视塔": "陆家嘴街道（示例）", "外滩中心": "外滩街道（示例）", "豫园": "老城厢街道（示例）",
	} {
		a := resolveAt(t, base, "address="+url.QueryEscape(name))
		if len(a.Chain) != 3 || a.Chain[0].Name != street {
			t.Errorf("%s: %+v", name, a)
			continue
		}
		if staff := a.Chain[2].Staff; len(staff) == 0 || !strings.HasPrefix(staff[0].Name, "网格员-") || !strings.HasPrefix(staff[0].Phone, "000-") {
			t.Errorf("%s: staff %+v", name, staff)
		}
	}
}

func TestTheRiverOfTheBundIsAWaterborneGrid(t *testing.T) {
	s, _ := bundStore(t)
	base, srv := boot(t, s)
	a := resolveAt(t, base, "lon=121.4890&lat=31.2380&crs=wgs84")
	if len(a.Chain) != 3 || a.Chain[2].Name != "黄浦江水上网格" {
		t.Fatalf("%+v", a)
	}
	_, body, _ := fetch(t, base+"/v1/grids/"+strconv.FormatInt(a.Chain[2].ID, 10))
	var g struct{ Type string }
	if err := json.Unmarshal(body, &g); err != nil || g.Type != "waterborne" {
		t.Errorf("%v %s", err, body)
	}
	at := srv.keeper.Current()
	for _, link := range a.Chain[1:] {
		if c := at.Main().Colour(at, at.Main().Index(gridmap.GridID(link.ID))); c != 0 {
			t.Errorf("%s has colour %d; 0 is blue", link.Name, c)
		}
	}
}

func TestTheDemoSaysWhatInItIsMadeUp(t *testing.T) {
	s, _ := bundStore(t)
	base, _ := boot(t, s)
	_, body, _ := fetch(t, base+"/v1/meta")
	for _, want := range []string{"OpenStreetMap", "ODbL", "虚构", "12345"} {
		if !strings.Contains(string(body), want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
}

func TestTheReadmeShowsWhatTheDemoSays(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, where := bundStore(t)
	code, out, errs := runCLI(t, "resolve", "--store", where, "--address", "外滩１８号，张先生")
	if code != exitOK || !strings.Contains(string(readme), out) {
		t.Errorf("resolve: %d %s\n%s", code, errs, out)
	}
	code, out, errs = runCLI(t, "rebalance", "--store", where, "--area", "310101901")
	if code != exitOK {
		t.Fatal(code, errs)
	}
	for _, line := range strings.Split(out, "\n") {
		if (strings.HasPrefix(line, "超载") || strings.HasPrefix(line, "调整")) && !strings.Contains(string(readme), line) {
			t.Errorf("README.md does not have %q", line)
		}
	}
	code, out, _ = runCLI(t, "check", "--store", where, "--json")
	var sums checkReport
	if err := json.Unmarshal([]byte(lastLine(out)), &sums); code != exitOK || err != nil {
		t.Fatal(code, err)
	}
	for _, want := range []string{fmt.Sprintf("the %s atoms, %d grids", "1,157", sums.LeafGrids), "外滩街道（示例）"} {
		if sums.Atoms != 1157 || !strings.Contains(string(readme), want) {
			t.Errorf("README.md does not say %q, %+v", want, sums)
		}
	}
}
