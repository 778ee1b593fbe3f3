package imports

import (
	"bytes"
	"context"
	"errors"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/web/who"
)

// emptyMap is a map of nothing.
type emptyMap struct{}

func (emptyMap) Current() *atlas.Atlas         { return &atlas.Atlas{} }
func (emptyMap) Refresh(context.Context) error { return nil }

// room is a wizard whose clock stands until it is moved.
func room(t *testing.T, cfg Config) (*Service, *time.Time) {
	t.Helper()
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	cfg.Dir, cfg.Maps, cfg.Now = t.TempDir(), emptyMap{}, func() time.Time { return now }
	s := New(cfg)
	t.Cleanup(s.close)
	return s, &now
}

// send uploads a file as somebody.
func send(t *testing.T, s *Service, user, name, body string) *httptest.ResponseRecorder {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(body))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(who.With(t.Context(), who.Actor{Name: user}), http.MethodPost, "/v1/imports", &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	rec := httptest.NewRecorder()
	e := echo.New()
	s.Register(e)
	e.ServeHTTP(rec, r)
	return rec
}

const table = "code,name\n1,a\n2,b\n"

func (s *Service) of(user string) *item {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byUser[user]
}

func folders(t *testing.T, s *Service) int {
	t.Helper()
	all, err := os.ReadDir(s.Dir)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestAPersonHasOneImportAndAllHaveSoMany(t *testing.T) {
	s, _ := room(t, Config{Most: 2})
	for _, c := range []struct {
		user   string
		status int
	}{{"a", http.StatusCreated}, {"a", http.StatusConflict}, {"b", http.StatusCreated}, {"c", http.StatusTooManyRequests}, {"", http.StatusForbidden}} {
		if rec := send(t, s, c.user, "x.csv", table); rec.Code != c.status {
			t.Errorf("%s: %d %s", c.user, rec.Code, rec.Body)
		}
	}
	s.drop(s.of("a"))
	if rec := send(t, s, "c", "x.csv", table); rec.Code != http.StatusCreated {
		t.Errorf("no room after one was given up: %d", rec.Code)
	}
	if n := folders(t, s); n != 2 {
		t.Errorf("%d folders", n)
	}
}

func TestAnUploadOverTheBoundIsRefusedAndRemoved(t *testing.T) {
	s, _ := room(t, Config{MaxBytes: 1000})
	if rec := send(t, s, "a", "x.csv", strings.Repeat("x", 1001)); rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if rec := send(t, s, "a", "x.csv", strings.Repeat("x", 200_000)); rec.Code != http.StatusRequestEntityTooLarge {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
	if n := folders(t, s); n != 0 || s.of("a") != nil {
		t.Errorf("%d folders left", n)
	}
}

func TestAnImportLeftAloneIsThrownAwayAndOneInUseIsNot(t *testing.T) {
	s, now := room(t, Config{})
	send(t, s, "a", "x.csv", table)
	send(t, s, "b", "x.csv", table)
	*now = now.Add(50 * time.Minute)
	if _, err := s.find(who.With(t.Context(), who.Actor{Name: "b"}), s.of("b").id); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(20 * time.Minute)
	s.expire()
	if s.of("a") != nil || s.of("b") == nil || folders(t, s) != 1 {
		t.Errorf("a: %v, b: %v, %d folders", s.of("a"), s.of("b"), folders(t, s))
	}
}

func TestFoldersOfAKilledProcessAreSweptAndThoseInUseAreNot(t *testing.T) {
	s, now := room(t, Config{})
	send(t, s, "a", "x.csv", table)
	for name, age := range map[string]time.Duration{"import-old": 3 * time.Hour, "import-other": time.Minute, "not-ours": 100 * time.Hour} {
		dir := filepath.Join(s.Dir, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(dir, now.Add(-age), now.Add(-age)); err != nil {
			t.Fatal(err)
		}
	}
	*now = now.Add(5 * time.Hour)
	s.mark()
	*now = now.Add(-5 * time.Hour)
	s.sweep()
	if _, err := os.Stat(filepath.Join(s.Dir, "import-old")); !os.IsNotExist(err) {
		t.Error("an old folder is left")
	}
	if n := folders(t, s); n != 3 {
		t.Errorf("%d folders", n)
	}
}

func TestAJobThatIsCancelledLeavesTheImportAsItWas(t *testing.T) {
	s, _ := room(t, Config{})
	send(t, s, "a", "x.csv", table)
	it := s.of("a")
	begun := make(chan struct{})
	err := it.start(t.Context(), stateChecking, s.jobs, func(ctx context.Context) error {
		close(begun)
		<-ctx.Done()
		return ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	if err := it.start(t.Context(), stateChecking, s.jobs, nil); gridmap.CodeOf(err) != gridmap.Conflict {
		t.Errorf("two jobs at once: %v", err)
	}
	if it.idleSince(s.Now().Add(9*time.Hour)) != 0 {
		t.Error("an import that works is idle")
	}
	it.stop()
	if b := it.body(s); b.State != stateReady || !strings.Contains(b.Fault, "取消") {
		t.Errorf("%+v", b)
	}
}

func TestJobsWaitForTheirTurnAndAPanicIsAFault(t *testing.T) {
	s, _ := room(t, Config{})
	send(t, s, "a", "x.csv", table)
	send(t, s, "b", "x.csv", table)
	a, b := s.of("a"), s.of("b")
	free := make(chan struct{})
	wait := func(context.Context) error { <-free; return nil }
	for _, it := range []*item{a, b} {
		if err := it.start(t.Context(), stateChecking, s.jobs, wait); err != nil {
			t.Fatal(err)
		}
	}
	states := func() [2]string { return [2]string{a.body(s).State, b.body(s).State} }
	for got := states(); got != [2]string{stateChecking, stateQueued} && got != [2]string{stateQueued, stateChecking}; got = states() {
		time.Sleep(time.Millisecond)
	}
	close(free)
	<-a.ended
	<-b.ended
	if err := a.start(t.Context(), stateChecking, s.jobs, func(context.Context) error { panic("bad bytes") }); err != nil {
		t.Fatal(err)
	}
	<-a.ended
	if got := a.body(s); got.Fault == "" || strings.Contains(got.Fault, "bad bytes") {
		t.Errorf("%+v", got)
	}
}

func TestNamesAreMadePlain(t *testing.T) {
	for said, want := range map[string]string{
		"网格.zip": "网格.zip", "../../etc/passwd": "passwd", `C:\x\y.shp`: "y.shp", "..": "file", ". report.csv": "report.csv", "a\x00\n\u202eb.csv": "a___b.csv",
		"": "file", "/": "file", "\xff.csv": "_.csv", "a:b?.csv": "a_b_.csv",
	} {
		if got := plainName(said); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}

func FuzzPlainName(f *testing.F) {
	f.Add("../网格.zip")
	f.Add(strings.Repeat("网", 500) + ".geojson")
	f.Fuzz(func(t *testing.T, said string) {
		got := plainName(said)
		if got == "" || len(got) > 240 || strings.ContainsAny(got, "/\\\x00") || strings.HasPrefix(got, ".") || !utf8.ValidString(got) {
			t.Errorf("%q: %q", said, got)
		}
	})
}

func TestNoKindOfFindingHidesAnother(t *testing.T) {
	var all []ingest.Finding
	for range 3 * mostFindings {
		all = append(all, ingest.Finding{Kind: "overlap", Severity: ingest.Warning})
	}
	all = append(all, ingest.Finding{Kind: "gap", Severity: ingest.Warning})
	some := shown(all)
	if len(some) > mostFindings || some[len(some)-1].Kind != "gap" {
		t.Errorf("%d, the last %s", len(some), some[len(some)-1].Kind)
	}
	if few := shown(all[:10]); len(few) != 10 {
		t.Errorf("%d of 10", len(few))
	}
}

func TestTheWizardKnowsNoFlags(t *testing.T) {
	for _, said := range []string{
		"有 3 个错误（2 行不能接受），没有导入；改正文件，或用 --accept-partial 只导入其余 8 行 (errors: nothing was imported)",
		"没有编码列，不能导入；请用 --map code=列名 说明 (no code column)", "经纬度颠倒，已按 --fix-swapped 调过来",
		"网络 main 没有层级 \"x\"；有：街道。新层级请用 --parent-level 说明它的上级", "--level \"a\" 与 --parent-level \"a\" 不成上下级 (bad levels)",
	} {
		if got, _, _ := strings.Cut(inWizard(said), " ("); strings.Contains(got, "--") {
			t.Errorf("%q still has a flag: %q", said, got)
		}
	}
}
