package main

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/sign"
	"cloudgrid/web/signs"
)

// openSignPack serves a pack whose signs begin with the server's own address.
func openSignPack(t *testing.T, name string) *pack {
	t.Helper()
	p := openPack(t, name)
	s := p.atlas().Settings()
	s.SignBase = p.base + "/q/"
	if err := update(t, p.s, func(w gridmap.Writer) error { return w.PutSettings(t.Context(), s) }); err != nil {
		t.Fatal(err)
	}
	p.refresh()
	return p
}

// putUp registers signs at places and returns their codes.
func (p *pack) putUp(places ...*gridmap.Place) (codes []string) {
	p.t.Helper()
	var rows []string
	for _, x := range places {
		rows = append(rows, fmt.Sprintf(`{"place":%d,"mounting":"东门旁"}`, x.ID))
	}
	status, body := post(p.t, p.base+"/v1/signs", "application/json", `{"signs":[`+strings.Join(rows, ",")+`]}`)
	var made struct{ Signs []struct{ Code, URL string } }
	if err := json.Unmarshal(body, &made); err != nil || status != http.StatusCreated || len(made.Signs) != len(places) {
		p.t.Fatalf("%d %v %s", status, err, body)
	}
	for _, s := range made.Signs {
		if s.URL != p.base+"/q/"+s.Code {
			p.t.Errorf("the address of a sign is %s", s.URL)
		}
		codes = append(codes, s.Code)
	}
	p.refresh()
	return codes
}

// print prints signs and returns the files of the ZIP.
func (p *pack) print(body string) map[string][]byte {
	p.t.Helper()
	status, out := post(p.t, p.base+"/v1/signs/print", "application/json", body)
	z, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if status != http.StatusOK || err != nil {
		p.t.Fatalf("%d %v %.300s", status, err, out)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			p.t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(r); err != nil {
			p.t.Fatal(err)
		}
	}
	return files
}

func (p *pack) page(code string) string {
	p.t.Helper()
	status, body, _ := fetch(p.t, p.base+"/q/"+code)
	if status != http.StatusOK {
		p.t.Fatalf("/q/%s: %d", code, status)
	}
	return string(body)
}

// paint renders an SVG file as a browser shows it.
func paint(t *testing.T, svg []byte, widthPx, heightPx int) string {
	t.Helper()
	dir := t.TempDir()
	source, picture := filepath.Join(dir, "sheet.svg"), filepath.Join(dir, "sheet.png")
	if err := os.WriteFile(source, svg, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), findBrowser(t), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
		"--user-data-dir="+filepath.Join(dir, "profile"), fmt.Sprintf("--window-size=%d,%d", widthPx, heightPx), "--force-device-scale-factor=2",
		"--screenshot="+picture, "file://"+source).CombinedOutput() //nolint:gosec // a browser found on the path
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return picture
}

func TestAnIndependentDecoderReadsFromEverySheetTheAddressThatTheServerAnswers(t *testing.T) {
	if _, err := exec.LookPath("zbarimg"); err != nil {
		t.Skip("zbarimg is not installed: run make test")
	}
	findBrowser(t)
	p := openSignPack(t, "chaisang")
	code := p.putUp(p.placesOf("compound")[42])[0]
	grid := p.at(p.placesOf("compound")[42], "").Chain[1].Code
	for _, sheet := range sign.Sheets() {
		const pxPerMM = 96 / 25.4
		svg := p.print(`{"sheet":"` + sheet.Code + `"}`)[code+"-"+sheet.Code+".svg"]
		picture := paint(t, svg, int(sheet.WidthMM*pxPerMM), int(sheet.HeightMM*pxPerMM))
		out, err := exec.CommandContext(t.Context(), "zbarimg", "--raw", "-q", picture).Output()
		if err != nil {
			t.Errorf("%s: nothing decoded: %v", sheet.Code, err)
			continue
		}
		read := strings.TrimSpace(string(out))
		if read != p.base+"/q/"+code {
			t.Errorf("%s decodes to %q", sheet.Code, read)
			continue
		}
		if status, body, _ := fetch(t, read); status != http.StatusOK || !strings.Contains(string(body), grid) {
			t.Errorf("%s: the server answers %d without %s", read, status, grid)
		}
	}
}

func TestThePageOfASignReadsWithoutScriptsAtThreeHundredAndTwentyPixelsAndOnPaper(t *testing.T) {
	p := openSignPack(t, "yungang") // two dozen experts a town: the longest pages
	place := p.placesOf("compound")[10]
	code := p.putUp(place)[0]
	status, body, header := fetch(t, p.base+"/q/"+code)
	if status != http.StatusOK || len(body) >= 20<<10 {
		t.Errorf("%d, %d bytes", status, len(body))
	}
	t.Logf("the page has %d bytes", len(body))
	if text := string(body); strings.Contains(text, "<script") || !strings.Contains(header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the page could run scripts")
	}
	if header.Get("Set-Cookie") != "" {
		t.Error("the page sets a cookie")
	}
	for _, want := range []string{"您在这里", "职责及内容", "社区基本情况", "便民热线", "找网格员", "社区警务", "专业力量", "审图号", "更新于", "示例数据，无审图号", place.Name} {
		if !strings.Contains(string(body), want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	where, err := url.Parse(p.base)
	if err != nil {
		t.Fatal(err)
	}
	_, proxy := newGate(t, where.Host)
	tab := openTab(t, p.base, proxy)
	tab.do(chromedp.EmulateViewport(320, 640), chromedp.Navigate(p.base+"/q/"+code))
	if wide := ask[float64](tab, "document.documentElement.scrollWidth"); wide > 320 {
		t.Errorf("at 320 px the page is %v px wide", wide)
	}
	if small := ask[int](tab, `[...document.querySelectorAll("a.call, .hot a, summary, button")].filter((e) => e.getClientRects().length && e.getBoundingClientRect().height < 24).length`); small > 0 {
		t.Errorf("%d things to press are lower than 24 px", small)
	}
	if px := ask[float64](tab, `parseFloat(getComputedStyle(document.body).fontSize)`); px < 18 {
		t.Errorf("text of %v px", px)
	}
	wantNoSeriousFindings(tab)
	for _, fault := range tab.heard.take() {
		if !strings.Contains(fault, "favicon.ico") { // which browsers ask for unasked
			t.Errorf("the browser complains: %s", fault)
		}
	}

	name := p.atlas().Main().Grids[p.atlas().Main().OfPlace(p.atlas(), place)].Name
	if _, err := chromedp.Call(tab.ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	tab.do(chromedp.Navigate(p.base + "/q/" + code))
	if got := tab.textOf("h1"); got != name {
		t.Errorf("without scripts the page is headed %q, want %q", got, name)
	}
	if _, err := chromedp.Call(tab.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: "print"}); err != nil {
		t.Fatal(err)
	}
	if shown := ask[int](tab, `[...document.querySelectorAll("form, details")].filter((e) => e.getClientRects().length).length`); shown > 0 {
		t.Errorf("on paper %d forms are shown", shown)
	}
	if ask[float64](tab, `document.querySelector(".sketch").getBoundingClientRect().height`) < 50 {
		t.Error("on paper the sketch is missing")
	}
}

func TestNamesOnASketchCoverNeitherEachOtherNorTheSign(t *testing.T) {
	p := openSignPack(t, "yungang")
	p.putUp(p.placesOf("compound")[:120]...)
	labels := 0
	for code, c := range p.contents() {
		type box struct{ west, east, base int32 }
		taken := []box{{c.Sketch.Here[0] - 14, c.Sketch.Here[0] + 14, c.Sketch.Here[1] + 8}}
		for _, l := range c.Sketch.Labels {
			labels++
			half := int32(min(10*len([]rune(l.Text)), 95))
			b := box{l.At[0] - half, l.At[0] + half, l.At[1]}
			if b.west < 0 || b.east > sign.SketchWidth || b.base < 20 || b.base > sign.SketchHeight {
				t.Errorf("%s: %s runs out of the sketch", code, l.Text)
			}
			for _, o := range taken {
				if b.west < o.east && o.west < b.east && b.base < o.base+20 && o.base < b.base+20 {
					t.Errorf("%s: %s covers something at %v", code, l.Text, o)
				}
			}
			taken = append(taken, b)
		}
	}
	if labels < 300 {
		t.Errorf("only %d names on 120 sketches", labels)
	}
	t.Logf("%d names", labels)
}

func TestCodesThatWereNeverIssuedAnswerAlikeAndSlowly(t *testing.T) {
	p := openSignPack(t, "chaisang")
	issued := p.putUp(p.placesOf("compound")[0])[0]
	bodies := map[int]map[string]bool{}
	for i := range 1000 {
		code, err := sign.NewCode(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		switch {
		case i%3 == 1:
			code = code[:10] + "A" // most of these have a bad check character
		case i == 2:
			code = "x"
		}
		status, body, header := fetch(t, p.base+"/q/"+code)
		if bodies[status] == nil {
			bodies[status] = map[string]bool{}
		}
		bodies[status][string(body)] = true
		if status == http.StatusTooManyRequests && header.Get("Retry-After") == "" {
			t.Fatal("no Retry-After")
		}
		if strings.Contains(string(body), code) && len(code) > 1 {
			t.Fatalf("the answer repeats %s", code)
		}
	}
	if len(bodies) != 2 || len(bodies[http.StatusNotFound]) != 1 || len(bodies[http.StatusTooManyRequests]) != 1 {
		t.Errorf("answers by status: %d of 404, %d of 429, %v", len(bodies[404]), len(bodies[429]), slices.Collect(maps.Keys(bodies)))
	}
	if status, _, _ := fetch(t, p.base+"/q/"+issued); status != http.StatusOK {
		t.Errorf("whoever guessed before cannot scan a real sign: %d", status)
	}
	typed := strings.ToLower(issued[:4] + "-" + issued[4:8] + " " + issued[8:])
	if status, _, _ := fetch(t, p.base+"/q/"+url.PathEscape(typed)); status != http.StatusOK {
		t.Errorf("a code typed as %q: %d", typed, status)
	}
}

func TestASignThatIsNoMoreSaysSoKindly(t *testing.T) {
	p := openSignPack(t, "chaisang")
	codes := p.putUp(p.placesOf("compound")[:4]...)
	p.print(`{"sheet":"card"}`)
	for i, change := range []struct{ body, says string }{
		{`{"status":"moved","successor":"` + codes[3] + `"}`, "已迁移"},
		{`{"status":"merged","successor":"` + codes[3] + `"}`, "已合并"},
		{`{"status":"retired"}`, "已停用"},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, p.base+"/v1/signs/"+codes[i], strings.NewReader(change.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if status, body, _ := do(t, req); status != http.StatusOK {
			t.Fatalf("%s: %d %s", change.body, status, body)
		}
		p.refresh()
		page := p.page(codes[i])
		if !strings.Contains(page, change.says) || !strings.Contains(page, "tel:12345") || strings.Contains(change.body, "successor") != strings.Contains(page, `href="`+codes[3]+`"`) {
			t.Errorf("%s: %s", change.body, page)
		}
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPatch, p.base+"/v1/signs/"+codes[3], strings.NewReader(`{"successor":"`+codes[0]+`"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if status, body, _ := do(t, req); status != http.StatusBadRequest {
		t.Errorf("a circle of signs is accepted: %d %s", status, body)
	}
	s := p.atlas().Settings()
	s.Hotline = "12346" // every sign would be printed otherwise
	if err := update(t, p.s, func(w gridmap.Writer) error {
		if err := w.PutSettings(t.Context(), s); err != nil {
			return err
		}
		return w.EndPlaces(t.Context(), time.Now(), p.placesOf("compound")[3].ID)
	}); err != nil {
		t.Fatal(err)
	}
	p.refresh()
	if page := p.page(codes[3]); !strings.Contains(page, "已停用") { // its place is gone
		t.Error(page)
	}
	if stale := p.stale(); len(stale) != 1 || !strings.Contains(stale[codes[3]], "撤牌") {
		t.Errorf("of signs that are no more in use none is to be printed again, and one is to be taken down: %v", stale)
	}
}

func TestAfterARedrawThePageChangesAndTheStaleListIsExactlyWhatDiffers(t *testing.T) {
	p := openSignPack(t, "shehong")
	var places []*gridmap.Place
	for i, x := range p.placesOf("compound") {
		if i%4 == 0 {
			places = append(places, x)
		}
	}
	codes := p.putUp(places...)
	p.print(`{"sheet":"a4"}`)
	before := p.contents()
	if stale := p.stale(); len(stale) != 0 {
		t.Fatalf("just printed, and stale: %v", stale)
	}
	n := p.atlas().Main()
	moved, neighbour := places[20], n.OfPlace(p.atlas(), places[21])
	head := p.atlas().Edition().Number
	if _, err := p.s.Update(t.Context(), gridmap.Commit{
		At: time.Now(), Actor: "test", Action: "publish", Base: &head, Edit: &gridmap.Edition{Name: "调整", EffectiveAt: time.Now()},
	}, func(w gridmap.Writer) error {
		return w.PutMemberships(t.Context(), gridmap.Membership{Atom: moved.Atom, Network: n.Network.ID, Grid: n.Grids[neighbour].ID, Span: gridmap.Span{ValidFrom: time.Now()}})
	}); err != nil {
		t.Fatal(err)
	}
	p.refresh()
	page := p.page(codes[20])
	if g := n.Grids[neighbour]; !strings.Contains(page, g.Name) || !strings.Contains(page, g.Code) || strings.Contains(page, "<h1>"+before[codes[20]].Grid) {
		t.Errorf("the page does not name %s: %s", g.Name, page)
	}
	want := map[string]bool{}
	for code, now := range p.contents() {
		if now.Hash() != before[code].Hash() {
			want[code] = true
		}
	}
	got := p.stale()
	if len(want) < 2 || len(want) > len(codes)/2 || !want[codes[20]] {
		t.Fatalf("%d of %d signs differ", len(want), len(codes))
	}
	for code, why := range got {
		if !want[code] || why == "" || strings.Contains(why, "版式") {
			t.Errorf("%s is on the list: %q", code, why)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d on the list, %d differ", len(got), len(want))
	}
	if files := p.print(`{"sheet":"a4","stale":true}`); len(files) != len(want)+1 {
		t.Errorf("%d files for %d stale signs", len(files), len(want))
	}
	if again := p.stale(); len(again) != 0 {
		t.Errorf("printed again, and still stale: %v", again)
	}
}

// contents is what each sign would say if it were printed now.
func (p *pack) contents() map[string]sign.Content {
	p.t.Helper()
	book, bad := duty.NewBook(duty.Records(p.atlas()), p.atlas().Settings())
	register, worse := sign.NewRegister(p.atlas(), book)
	if len(bad)+len(worse) > 0 {
		p.t.Fatal(bad, worse)
	}
	all := map[string]sign.Content{}
	for _, e := range register.Signs() {
		c, err := register.Content(e)
		if err != nil {
			p.t.Fatal(err)
		}
		all[e.Code] = c
	}
	return all
}

// stale is the list of the server, with the reasons.
func (p *pack) stale() map[string]string {
	p.t.Helper()
	var list struct {
		Stale []struct {
			Code string
			Why  []string
		}
	}
	p.get("/v1/signs/stale", &list)
	out := map[string]string{}
	for _, s := range list.Stale {
		out[s.Code] = strings.Join(s.Why, "；")
	}
	return out
}

func TestScansAreCountedAndAResidentsRemarkIsKeptWithoutTheSender(t *testing.T) {
	p := openSignPack(t, "chaisang")
	code := p.putUp(p.placesOf("compound")[5])[0]
	s := p.atlas().Settings()
	s.ReportURL = "https://report.example.invalid/new?sign={code}&grid={grid}"
	if err := update(t, p.s, func(w gridmap.Writer) error { return w.PutSettings(t.Context(), s) }); err != nil {
		t.Fatal(err)
	}
	p.refresh()
	for range 7 {
		if !strings.Contains(p.page(code), "new?sign="+code+"&amp;grid=CS-") {
			t.Fatal("我要反映 does not carry the place")
		}
	}
	var list struct {
		Signs []struct {
			Code  string
			Grid  string
			Scans int64 `json:"scans_30_days"`
		}
	}
	p.get("/v1/signs", &list)
	if len(list.Signs) != 1 || list.Signs[0].Scans != 7 || list.Signs[0].Grid == "" {
		t.Errorf("%+v", list.Signs)
	}
	write := func(origin, text string) int {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.base+"/q/"+code+"/wrong", strings.NewReader(url.Values{"text": {text}}.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if origin != "" {
			req.Header.Set("Origin", origin)
		}
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode
	}
	if got := write(p.base, "电话打不通"); got != http.StatusSeeOther {
		t.Errorf("a remark: %d", got)
	}
	if got := write("https://evil.example", "别处来的"); got != http.StatusForbidden {
		t.Errorf("a remark from another site: %d", got)
	}
	if got := write(p.base, strings.Repeat("长", 501)); got != http.StatusUnprocessableEntity {
		t.Errorf("a remark that is too long: %d", got)
	}
	var kept []gridmap.Event
	for e, err := range p.s.(gridmap.Journal).Events(t.Context(), gridmap.EventQuery{Kind: signs.FaultEvent}) {
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, e)
	}
	if len(kept) != 1 || kept[0].Key != code || kept[0].Actor != "" || string(kept[0].Body) != `{"text":"电话打不通"}` {
		t.Errorf("kept %+v", kept)
	}
}

func TestNamesAreNeverMarkup(t *testing.T) {
	p := openSignPack(t, "chaisang")
	const evil = `"><img src=x onerror="window.hacked=1"></text><script>window.hacked=1</script>`
	place, n := p.placesOf("compound")[7], p.atlas().Main()
	leaf := n.Grids[n.OfPlace(p.atlas(), place)]
	if err := update(t, p.s, func(w gridmap.Writer) error {
		for g, err := range w.Grids(t.Context(), gridmap.Query{At: time.Now()}) {
			if err != nil {
				return err
			}
			if g.ID == leaf.ID {
				g.Name, g.Span = evil+"网格", gridmap.Span{ValidFrom: time.Now()}
				if err := w.PutGrids(t.Context(), g); err != nil {
					return err
				}
			}
		}
		who := p.atlas().Person(leaf.Posts[0].Person)
		who.Name, who.Span = "=HYPERLINK(1)"+evil, gridmap.Span{ValidFrom: time.Now()}
		moved := *place
		moved.Name, moved.Address.Compound, moved.Span = "=cmd|' /C calc'!A0"+evil, "+1"+evil, gridmap.Span{ValidFrom: time.Now()}
		if err := w.PutPersons(t.Context(), who); err != nil {
			return err
		}
		return w.PutPlaces(t.Context(), moved)
	}); err != nil {
		t.Fatal(err)
	}
	p.refresh()
	code := p.putUp(place)[0]
	for name, file := range p.print(`{"sheet":"a4"}`) {
		if strings.HasSuffix(name, ".svg") {
			wantPlainSVG(t, file)
		} else {
			wantNoFormula(t, string(file))
		}
	}
	status, body, _ := fetch(t, p.base+"/v1/rolls/cards.xlsx")
	f, err := excelize.OpenReader(bytes.NewReader(body))
	if err != nil || status != http.StatusOK {
		t.Fatal(status, err)
	}
	defer f.Close()
	rows, err := f.GetRows(f.GetSheetName(0))
	if err != nil || len(rows) < 100 {
		t.Fatal(len(rows), err)
	}
	for r, row := range rows {
		for c := range row {
			at, _ := excelize.CoordinatesToCellName(c+1, r+1)
			if formula, _ := f.GetCellFormula(f.GetSheetName(0), at); formula != "" {
				t.Errorf("%s is the formula %q", at, formula)
			}
		}
	}
	for _, row := range p.roll("cards.csv") {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a cell of the roll is %q", cell)
			}
		}
	}
	findBrowser(t)
	where, err := url.Parse(p.base)
	if err != nil {
		t.Fatal(err)
	}
	_, proxy := newGate(t, where.Host)
	tab := openTab(t, p.base, proxy)
	tab.do(chromedp.Navigate(p.base + "/q/" + code))
	if ask[bool](tab, `"hacked" in window || document.querySelectorAll("script, img, [onerror]").length > 0`) {
		t.Errorf("the page runs what a name says: %s", p.page(code))
	}
	if h := tab.textOf("h1"); !strings.HasPrefix(h, `"><img`) {
		t.Errorf("the heading is %q", h)
	}
}

// wantPlainSVG wants well-formed XML that does nothing.
func wantPlainSVG(t *testing.T, svg []byte) {
	t.Helper()
	for d := xml.NewDecoder(bytes.NewReader(svg)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("the sheet is no XML: %v", err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if slices.Contains([]string{"script", "img", "image", "foreignObject", "a"}, e.Name.Local) {
			t.Errorf("the sheet has an element %s", e.Name.Local)
		}
		for _, a := range e.Attr {
			if strings.HasPrefix(a.Name.Local, "on") || strings.HasPrefix(a.Value, "javascript:") {
				t.Errorf("the sheet has an attribute %s", a.Name.Local)
			}
		}
	}
}

func wantNoFormula(t *testing.T, file string) {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file, "\ufeff"))).ReadAll()
	if err != nil || len(rows) < 2 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@", rune(cell[0])) {
				t.Errorf("a cell of signs.csv is %q", cell)
			}
		}
	}
}
