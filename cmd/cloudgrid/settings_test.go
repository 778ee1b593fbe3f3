package main

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// mapSettings reads what is set, to be changed and sent back.
func mapSettings(t *testing.T, v *visitor) map[string]any {
	t.Helper()
	status, body, _ := v.get("/v1/settings")
	var set map[string]any
	if err := json.Unmarshal([]byte(body), &set); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s", status, body)
	}
	return set
}

func TestAnOfficeSaysByProgramWhatItsMapIsAbout(t *testing.T) {
	s, _ := bundStore(t)
	o := officeOver(t, s, access{})
	boss := o.in("boss", gridmap.Grant{Role: rights.Admin})
	put := func(set map[string]any) (int, string) {
		text, err := json.Marshal(set)
		if err != nil {
			t.Fatal(err)
		}
		status, body, _ := boss.send(http.MethodPut, "/v1/settings", "application/json", string(text), "Origin", o.base)
		return status, body
	}
	set := mapSettings(t, boss)
	old := set["version"]
	size := set["sizes"].([]any)[0].(map[string]any)
	size["min"], size["target"], size["max"] = 7, 8, 9
	set["title"], set["hotline"], set["map_review_no"], set["data_date"] = "外滩街道网格图", "021-12345", "沪S(2026)001号", "2026-02-03"
	set["roles"] = []any{map[string]any{"code": "guard", "name": "巡防员", "order": 9}}
	if status, body := put(set); status != http.StatusOK || !strings.Contains(body, "巡防员") || !strings.Contains(body, "网格长") {
		t.Fatalf("%d %s", status, body)
	}
	_, meta, _ := o.stranger().get("/v1/meta")
	for _, want := range []string{"外滩街道网格图", "021-12345", "沪S(2026)001号", "2026-02-03"} {
		if !strings.Contains(meta, want) {
			t.Errorf("the public map does not say %q: %s", want, meta)
		}
	}
	if _, body, _ := boss.get("/v1/load"); !strings.Contains(body, `"over"`) {
		t.Errorf("grids of hundreds of households are not over a size of 9: %.300s", body)
	}
	set["version"] = old
	if status, body := put(set); status != http.StatusConflict {
		t.Errorf("an older state is written over a newer one: %d %s", status, body)
	}
	if lines := o.audit()["settings.put"]; len(lines) != 1 {
		t.Errorf("the audit tells of %d changes", len(lines))
	}
	for name, wrong := range map[string]map[string]any{
		"a script as address":  {"report_url": "javascript:alert(1)"},
		"no date":              {"data_date": "昨天"},
		"a size upside down":   {"sizes": []any{map[string]any{"network": size["network"], "level": size["level"], "type": "", "unit": "households", "min": 9, "target": 8, "max": 7, "per_staff": false}}},
		"a level nobody knows": {"sizes": []any{map[string]any{"network": size["network"], "level": "none", "type": "", "unit": "households", "min": 1, "target": 2, "max": 3, "per_staff": false}}},
		"a line without one":   {"hotlines": []any{map[string]any{"name": "派出所", "number": ""}}},
		"a title as a book":    {"title": strings.Repeat("长", 501)},
		"a distance below 0":   {"nearest_limit_m": -1},
		"a role without name":  {"roles": []any{map[string]any{"code": "x", "name": "", "order": 1}}},
	} {
		now := mapSettings(t, boss)
		version := now["version"]
		for k, v := range wrong {
			now[k] = v
		}
		if status, body := put(now); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if mapSettings(t, boss)["version"] != version {
			t.Errorf("%s: something of it was kept", name)
		}
	}
}

func TestAnAdminSaysByThePageWhatTheMapIsAbout(t *testing.T) {
	s, _ := bundStore(t)
	o := officeOver(t, s, access{})
	admin := o.in("boss", gridmap.Grant{Role: rights.Admin})
	_, page, _ := admin.get("/admin/settings")
	hidden := regexp.MustCompile(`name="version" value="([^"]+)"`).FindStringSubmatch(page)
	if hidden == nil || !strings.Contains(page, "households") || !strings.Contains(page, "网格长") {
		t.Fatal(page)
	}
	form := url.Values{
		"csrf": {admin.csrf("/admin/settings")}, "version": {hidden[1]}, "title": {`<b>街道</b>`}, "hotline": {"12345"}, "hotlines": {"派出所 110\n社区　021-1"}, "duties": {"巡查\n走访"},
		"size_network": {"main"}, "size_level": {"grid"}, "size_type": {""}, "size_unit": {"households"}, "size_min": {"100"}, "size_target": {"200"}, "size_max": {"x"},
	}
	if status, page, _ := admin.form("/admin/settings", form); status != http.StatusBadRequest || !strings.Contains(page, "不是数") || !strings.Contains(page, "&lt;b&gt;街道") || strings.Contains(page, "<b>街道") {
		t.Fatalf("what was typed is lost, or not quoted: %d %s", status, page)
	}
	form.Set("size_max", "300")
	form["role_code"], form["role_name"], form["role_order"] = []string{"guard"}, []string{"巡防员"}, []string{"先"}
	if status, page, _ := admin.form("/admin/settings", form); status != http.StatusBadRequest || !strings.Contains(page, "应为整数") {
		t.Fatalf("%d %s", status, page)
	}
	form["role_order"] = []string{"7"}
	if status, page, _ := admin.form("/admin/settings", form); status != http.StatusOK || !strings.Contains(page, "已保存") {
		t.Fatalf("%d %s", status, page)
	}
	set := mapSettings(t, admin)
	if lines := set["hotlines"].([]any); len(lines) != 2 || lines[1].(map[string]any)["number"] != "021-1" {
		t.Errorf("lines %v", lines)
	}
	if status, _, _ := admin.form("/admin/settings", form); status != http.StatusConflict {
		t.Errorf("the same form again: %d", status)
	}
	form.Set("csrf", "none")
	if status, _, _ := admin.form("/admin/settings", form); status != http.StatusForbidden {
		t.Errorf("a form of somebody else's: %d", status)
	}
}
