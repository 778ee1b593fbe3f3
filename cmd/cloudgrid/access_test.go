package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// office is a server where people sign in, with somebody in each role.
type office struct {
	t     *testing.T
	base  string
	srv   *server
	store gridmap.Store
	kept  gridmap.Accounts
	log   *safeText

	network           gridmap.NetworkID
	own, other        gridmap.GridID // two parts of the map, neither in the other
	ownPlace, another gridmap.PlaceID
	keeps             *visitor // of records for tests
}

// safeText is text that a server writes while a test reads.
type safeText struct {
	ch chan struct{}
	b  strings.Builder
}

func newSafeText() *safeText { return &safeText{ch: make(chan struct{}, 1)} }

func (s *safeText) Write(p []byte) (int, error) {
	s.ch <- struct{}{}
	defer func() { <-s.ch }()
	return s.b.Write(p)
}

func (s *safeText) String() string {
	s.ch <- struct{}{}
	defer func() { <-s.ch }()
	return s.b.String()
}

// openOffice boots a server with accounts over the demo.
func openOffice(t *testing.T, how access) *office {
	t.Helper()
	s, _ := demoStore(t)
	return officeOver(t, s, how)
}

func officeOver(t *testing.T, s gridmap.Store, how access) *office {
	t.Helper()
	kept, ok := s.(gridmap.Accounts)
	if !ok {
		t.Fatalf("%T keeps no accounts", s)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o := &office{t: t, store: s, kept: kept, log: newSafeText()}
	if how.accounts == "" {
		how.accounts = "on"
	}
	if how.logMin == "" {
		how.logMin = "debug"
	}
	c := &console{in: strings.NewReader(""), out: io.Discard, err: o.log}
	if o.srv, err = newServer(t.Context(), c, s, l, "", how); err != nil {
		t.Fatal(err)
	}
	o.base = how.baseURL(l.Addr())
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.srv.serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("the server stopped with %v", err)
		}
	})
	o.findParts()
	return o
}

// findParts picks two leaf grids with a place in each.
func (o *office) findParts() {
	o.t.Helper()
	m := o.srv.keeper.Current()
	n := m.Main()
	o.network = n.Network.ID
	for i := range m.Places() {
		p := &m.Places()[i]
		g := n.OfPlace(m, p)
		if g == atlas.None {
			continue
		}
		switch id := n.Grids[g].ID; {
		case o.own == 0:
			o.own, o.ownPlace = id, p.ID
		case id != o.own:
			o.other, o.another = id, p.ID
			return
		}
	}
	o.t.Fatal("the demo has no two grids with places")
}

// visitor is somebody at a browser, or a program with a key.
type visitor struct {
	o      *office
	client *http.Client
	key    string
	token  string // of the session
}

func (o *office) stranger() *visitor {
	o.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return &visitor{o: o, client: &http.Client{
		Jar: jar, Transport: &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// in is somebody who has signed in with these grants.
func (o *office) in(name string, grants ...gridmap.Grant) *visitor {
	o.t.Helper()
	a, err := o.kept.PutAccount(o.t.Context(), gridmap.Account{Name: name, Grants: grants})
	if err != nil {
		o.t.Fatal(err)
	}
	token, err := rights.NewToken(rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	csrf, err := rights.NewToken(rand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	now := time.Now()
	if err := o.kept.PutSession(o.t.Context(), gridmap.Session{Hash: rights.HashSecret(token), Account: a.ID, CSRF: csrf, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(time.Hour)}); err != nil {
		o.t.Fatal(err)
	}
	v := o.stranger()
	v.token = token
	u, err := url.Parse(o.base)
	if err != nil {
		o.t.Fatal(err)
	}
	v.client.Jar.SetCookies(u, []*http.Cookie{{Name: "cloudgrid", Value: token}})
	return v
}

// program is somebody with a key with these grants.
func (o *office) program(grants ...gridmap.Grant) *visitor {
	o.t.Helper()
	text, k, err := auth.MakeKey(rand.Reader, "test", grants, 1, 0, "test", time.Now())
	if err != nil {
		o.t.Fatal(err)
	}
	if err := o.kept.PutKey(o.t.Context(), k); err != nil {
		o.t.Fatal(err)
	}
	v := o.stranger()
	v.key = text
	return v
}

// send sends a request; header is names and values. The body of an answer that
// does not end is not read.
func (v *visitor) send(method, path, kind, body string, header ...string) (int, string, http.Header) {
	v.o.t.Helper()
	status, out, h, err := v.trySend(method, path, kind, body, header...)
	if err != nil {
		v.o.t.Fatalf("%s %s: %v", method, path, err)
	}
	return status, out, h
}

// trySend is send for a server that may hang up before it has read the body.
func (v *visitor) trySend(method, path, kind, body string, header ...string) (int, string, http.Header, error) {
	v.o.t.Helper()
	ctx, cancel := context.WithTimeout(v.o.t.Context(), patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, v.o.base+path, strings.NewReader(body))
	if err != nil {
		v.o.t.Fatal(err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	if v.key != "" {
		req.Header.Set("Authorization", "Bearer "+v.key)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
			continue
		}
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := v.client.Do(req)
	if err != nil {
		return 0, "", nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	if strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return resp.StatusCode, "", resp.Header, nil
	}
	out, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(out), resp.Header, err
}

func (v *visitor) get(path string, header ...string) (int, string, http.Header) {
	v.o.t.Helper()
	return v.send(http.MethodGet, path, "", "", header...)
}

// session is the cookie of whoever signed in; "" for nobody.
func (v *visitor) session() string {
	v.o.t.Helper()
	at, err := url.Parse(v.o.base)
	if err != nil {
		v.o.t.Fatal(err)
	}
	for _, c := range v.client.Jar.Cookies(at) {
		if c.Name == "cloudgrid" {
			return c.Value
		}
	}
	return ""
}

func (v *visitor) postJSON(path, body string, header ...string) (int, string) {
	v.o.t.Helper()
	status, out, _ := v.send(http.MethodPost, path, "application/json", body, header...)
	return status, out
}

// form sends a form as a browser on our own page would.
func (v *visitor) form(path string, values url.Values, header ...string) (int, string, http.Header) {
	v.o.t.Helper()
	return v.send(http.MethodPost, path, "application/x-www-form-urlencoded", values.Encode(), append([]string{"Origin", v.o.base}, header...)...)
}

var csrfField = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// csrf reads the token of the forms on a page.
func (v *visitor) csrf(path string) string {
	v.o.t.Helper()
	status, page, _ := v.get(path)
	m := csrfField.FindStringSubmatch(page)
	if m == nil {
		v.o.t.Fatalf("%s: %d, no form on %s", path, status, page)
	}
	return m[1]
}

// signIn signs in by the page.
func (v *visitor) signIn(name, password string) (int, string, http.Header) {
	v.o.t.Helper()
	return v.form("/sign-in", url.Values{"csrf": {v.csrf("/sign-in")}, "name": {name}, "password": {password}, "next": {"/account"}})
}

// account makes an account with a password; hashing it costs little.
func (o *office) account(name, password string, grants ...gridmap.Grant) gridmap.Account {
	o.t.Helper()
	encoded, err := auth.HashNew(rand.Reader, password, rights.Cost{MemoryKiB: 8, Passes: 1, Threads: 1})
	if err != nil {
		o.t.Fatal(err)
	}
	a, err := o.kept.PutAccount(o.t.Context(), gridmap.Account{Name: name, Password: encoded, Grants: grants})
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}

// audit is what has been audited, by action.
func (o *office) audit() map[string][]gridmap.AuditEntry {
	o.t.Helper()
	if err := o.srv.gate.Flush(o.t.Context()); err != nil {
		o.t.Fatal(err)
	}
	lines := map[string][]gridmap.AuditEntry{}
	err := o.store.View(o.t.Context(), func(r gridmap.Reader) error {
		for e, err := range r.Audit(o.t.Context(), 0) {
			if err != nil {
				return err
			}
			lines[e.Action] = append(lines[e.Action], e)
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return lines
}

// planOver makes a draft over a part of the map.
func (o *office) planOver(v *visitor, scope ...gridmap.GridID) int64 {
	o.t.Helper()
	var ids []string
	for _, id := range scope {
		ids = append(ids, fmt.Sprint(int64(id)))
	}
	status, body := v.postJSON("/v1/plans", `{"name":"测试方案","scope":[`+strings.Join(ids, ",")+`]}`)
	m := regexp.MustCompile(`"id":(\d+)`).FindStringSubmatch(body)
	if status != http.StatusCreated || m == nil {
		o.t.Fatalf("no plan: %d %s", status, body)
	}
	var id int64
	if _, err := fmt.Sscan(m[1], &id); err != nil {
		o.t.Fatal(err)
	}
	return id
}
