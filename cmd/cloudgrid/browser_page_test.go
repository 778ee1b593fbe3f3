package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience is how long the page may take for one step on a slow machine; it is no promise of speed.
const patience = 60 * time.Second

// chromiumsOwn are the hosts that Chromium itself calls (sign-in, updates, form filling) whatever page is open, even
// when told not to. The page cannot reach them unseen: its policy forbids it, and a refusal is a fault.
var chromiumsOwn = []string{".google.com", ".googleapis.com", ".gvt1.com"}

// gate is the proxy that the browser is made to use for everything, loopback and workers included: it knows every
// host that was asked for, lets only one through, and can play a server that is away.
type gate struct {
	server string // host:port that may be reached
	proxy  *httputil.ReverseProxy

	mu      sync.Mutex
	moved   string // host:port at which the server really is, if it is elsewhere by now
	foreign []string
	away    bool
}

func newGate(t *testing.T, server string) (*gate, string) {
	g := &gate{server: server}
	g.proxy = &httputil.ReverseProxy{
		Rewrite:       g.lead,
		FlushInterval: -1,
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	front := httptest.NewServer(g)
	t.Cleanup(front.Close)
	return g, front.URL
}

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	away := g.away
	if r.Host != g.server || r.Method == http.MethodConnect {
		if !isChromiumsOwn(r.URL.Hostname()) {
			g.foreign = append(g.foreign, r.Method+" "+r.Host)
		}
		g.mu.Unlock()
		w.WriteHeader(http.StatusForbidden)
		return
	}
	g.mu.Unlock()
	if away {
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_ = conn.Close()
		}
		return
	}
	g.proxy.ServeHTTP(w, r)
}

// lead sends a request to where the server is, under the name that the browser knows.
func (g *gate) lead(r *httputil.ProxyRequest) {
	to := *r.In.URL
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.moved != "" {
		to.Host = g.moved
	}
	r.Out.URL = &to
}

// setMoved leads the browser to another port under the old name: a port that was let go of may be somebody else's.
func (g *gate) setMoved(server string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.moved = server
}

func isChromiumsOwn(host string) bool {
	return slices.ContainsFunc(chromiumsOwn, func(end string) bool { return strings.HasSuffix(host, end) })
}

func (g *gate) setAway(away bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.away = away
}

// strangers lists the other hosts that were asked for.
func (g *gate) strangers() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.foreign)
}

// tab drives one page in a headless browser for a test.
type tab struct {
	t     *testing.T
	ctx   context.Context
	base  string
	heard *faultLog
}

// faultLog is what a page complained about.
type faultLog struct {
	mu     sync.Mutex
	faults []string
}

// findBrowser names a Chromium of this machine, or skips the test.
func findBrowser(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("chromium is not installed: run make test")
	return ""
}

// openTab starts a browser that reaches nothing but through the gate.
func openTab(t *testing.T, base, proxy string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewExecAllocator(t.Context(),
		chromedp.ExecPath(findBrowser(t)),
		chromedp.Headless, chromedp.NoSandbox, chromedp.NoFirstRun, chromedp.DisableGPU,
		chromedp.Flag("enable-unsafe-swiftshader", true), // WebGL2 without a graphics card
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-features", "AutofillServerCommunication,OptimizationHints,Translate"),
		chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.Flag("lang", "zh-CN"),
		chromedp.ProxyServer(proxy),
		chromedp.Flag("proxy-bypass-list", "<-loopback>"), // even loopback goes through the gate
		chromedp.UserDataDir(t.TempDir()),
		chromedp.WindowSize(1280, 800),
		chromedp.CombinedOutput(io.Discard),
	)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx, base: base, heard: &faultLog{}}
	if err := chromedp.Listen(ctx, p.heard.hear); err != nil {
		t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(1280, 800))
	return p
}

// hear notes errors: thrown, written to the console, or logged by the browser itself.
func (l *faultLog) hear(event any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		text := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
		l.faults = append(l.faults, text)
	case *runtime.EventConsoleAPICalled:
		if e.Type != "error" {
			return
		}
		var words []string
		for _, arg := range e.Args {
			words = append(words, strings.Trim(string(arg.Value), `"`)+arg.Description)
		}
		l.faults = append(l.faults, strings.Join(words, " "))
	case *log.EventEntryAdded:
		if e.Entry.Level == "error" {
			l.faults = append(l.faults, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

// take returns what was complained about since the last call.
func (l *faultLog) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	faults := l.faults
	l.faults = nil
	return faults
}

// on returns the tab for a subtest.
func (p *tab) on(t *testing.T) *tab { return &tab{t: t, ctx: p.ctx, base: p.base, heard: p.heard} }

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// open loads the page afresh with a hash and waits until the map has drawn everything in view.
func (p *tab) open(hash string) {
	p.t.Helper()
	p.do(chromedp.Navigate("about:blank"), chromedp.Navigate(p.base+"/"+hash))
	p.until(`document.querySelector(".map-canvas")?.dataset.idle === "true"`)
}

// ask evaluates an expression in the page.
func ask[T any](p *tab, expression string) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return v
}

// until waits for an expression to hold. (chromedp's own polling compiles code in the page, which its policy forbids.)
func (p *tab) until(expression string) {
	p.t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(40 * time.Millisecond) {
		if ask[bool](p, "Boolean("+expression+")") {
			return
		}
		if time.Now().After(end) {
			p.keepPicture()
			p.t.Fatalf("still not so: %s\nthe page says: %s", expression, p.said())
		}
	}
}

// said is what somebody at the page reads: a dialog, if one is open, and the beginning of the rest.
func (p *tab) said() string {
	p.t.Helper()
	return ask[string](p, `(document.querySelector("dialog[open]")?.innerText ?? "") + "\n" + document.body.innerText.slice(0, 900)`)
}

// textOf is what an element says, without the spaces around.
func (p *tab) textOf(selector string) string {
	p.t.Helper()
	return ask[string](p, fmt.Sprintf("(document.querySelector(%q)?.textContent ?? '').trim()", selector))
}

// press clicks the middle of the first element of a selector with the mouse.
func (p *tab) press(selector string) {
	p.t.Helper()
	p.click(fmt.Sprintf("document.querySelector(%q)", selector))
}

// click presses the middle of the element that an expression finds, once it has
// stood still for two frames, can be pressed, and nothing covers it.
func (p *tab) click(expression string, how ...chromedp.MouseOption) {
	p.t.Helper()
	var at []float64
	into := "nearest"
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		at = ask[[]float64](p, fmt.Sprintf(`(async () => {
			const found = () => %s;
			const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
			const e = found();
			if (!e || e.disabled) return [];
			e.scrollIntoView({ block: %q });
			const a = e.getBoundingClientRect();
			await frame();
			if (found() !== e || e.disabled) return [];
			const b = e.getBoundingClientRect();
			if (a.x !== b.x || a.y !== b.y || b.width === 0) return [];
			const [x, y] = [b.x + b.width / 2, b.y + b.height / 2];
			const on = document.elementFromPoint(x, y);
			return on && (e === on || e.contains(on) || on.closest("label")?.control === e) ? [x, y] : [];
		})()`, expression, into))
		if len(at) > 0 {
			break
		}
		into = "center" // something may stick to the edge
		if time.Now().After(end) {
			p.keepPicture()
			p.t.Fatalf("nothing to press: %s\nthe page says: %s", expression, p.said())
		}
	}
	p.do(chromedp.MouseClickXY(at[0], at[1], how...))
}

func (p *tab) keys(text string) { p.t.Helper(); p.do(chromedp.KeyEvent(text)) }

// shortcut presses a key as the page hears it, without the letter that a keyboard would type after it.
func (p *tab) shortcut(key string) {
	p.t.Helper()
	for _, kind := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
		if _, err := chromedp.Call(p.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: kind, Key: key}); err != nil {
			p.t.Fatal(err)
		}
	}
}

// seriousFindings runs axe-core, if the page's tools are installed, and lists what it calls serious or critical.
func (p *tab) seriousFindings() []string {
	p.t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "web", "app", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		p.t.Log("axe-core was not run: `make web-check` installs it")
		return nil
	}
	if !ask[bool](p, "typeof axe === 'object'") {
		ask[bool](p, string(source)+";true")
	}
	raw := ask[string](p, `axe.run().then((r) => JSON.stringify(r.violations
		.filter((v) => v.impact === "serious" || v.impact === "critical")
		.flatMap((v) => v.nodes.map((n) => v.id + ": " + n.html.slice(0, 160)))))`)
	var found []string
	if err := json.Unmarshal([]byte(raw), &found); err != nil {
		p.t.Fatal(err)
	}
	return found
}

// keepPicture writes what the page looks like into the folder named by CLOUDGRID_PICTURES, when a test goes wrong.
func (p *tab) keepPicture() {
	dir := os.Getenv("CLOUDGRID_PICTURES")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	if err == nil {
		name := strings.ReplaceAll(p.t.Name(), "/", "-") + ".png"
		err = os.WriteFile(filepath.Join(dir, name), shot, 0o600)
	}
	if err != nil {
		p.t.Log("no picture:", err)
	}
}
