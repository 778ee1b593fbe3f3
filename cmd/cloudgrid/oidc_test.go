package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// with is how a server is told of the provider.
func (p *idp) with(t *testing.T, groups map[string][]string) access {
	t.Helper()
	dir := t.TempDir()
	how := access{perMinute: -1, identity: identity{issuer: p.srv.URL, client: "cloudgrid", secretFile: filepath.Join(dir, "secret"), baseURL: "http://localhost"}}
	if err := os.WriteFile(how.identity.secretFile, []byte(p.secret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if groups != nil {
		text, err := json.Marshal(groups)
		if err != nil {
			t.Fatal(err)
		}
		how.identity.claim, how.identity.groupsFile = "groups", filepath.Join(dir, "groups.json")
		if err := os.WriteFile(how.identity.groupsFile, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return how
}

// start presses the button and returns where the browser is sent.
func (v *visitor) start(next string) string {
	v.o.t.Helper()
	status, body, h := v.get("/sign-in/oidc?next=" + url.QueryEscape(next))
	if status != http.StatusSeeOther {
		v.o.t.Fatalf("not sent to the provider: %d %s", status, body)
	}
	return h.Get("Location")
}

// back is where the provider sends the browser, on this server.
func back(u *url.URL) string { return u.Path + "?" + u.RawQuery }

// via signs in by the provider.
func (v *visitor) via(p *idp, next string) (int, string, http.Header) {
	v.o.t.Helper()
	return v.get(back(p.authorize(v.start(next))))
}

// signedIn is the name of whom a browser is taken for; "" for nobody.
func (v *visitor) signedIn() string {
	v.o.t.Helper()
	var me struct{ Name string }
	_, body, _ := v.get("/v1/me")
	if err := json.Unmarshal([]byte(body), &me); err != nil {
		v.o.t.Fatal(err)
	}
	return me.Name
}

// linked makes an account that belongs to somebody at the provider.
func (o *office) linked(name, issuer, sub string, grants ...gridmap.Grant) {
	o.t.Helper()
	if _, err := o.kept.PutAccount(o.t.Context(), gridmap.Account{Name: name, Subject: issuer + " " + sub, Grants: grants}); err != nil {
		o.t.Fatal(err)
	}
}

func TestWhomTheProviderVouchesForSignsInWhenAnAdminLinkedThem(t *testing.T) {
	p := newIDP(t)
	s, store := demoStore(t)
	o := officeOver(t, s, p.with(t, nil))
	o.account("zhang", goodPassword, gridmap.Grant{Role: rights.Planner})
	v := o.stranger()
	if _, page, _ := v.get("/sign-in?next=/account"); !strings.Contains(page, `href="/sign-in/oidc?next=%2faccount"`) || strings.Contains(page, "连不上") {
		t.Errorf("no button on %s", page)
	}
	p.set(func() { p.claims = map[string]any{"sub": "7f<b>3c", "name": "张三"} })
	status, page, _ := v.via(p, "/account")
	if status != http.StatusForbidden || !strings.Contains(page, "没有账号，请联系管理员") || !strings.Contains(page, "7f&lt;b&gt;3c") || v.signedIn() != "" {
		t.Errorf("somebody without an account: %d %s", status, page)
	}
	if all, err := o.kept.ListAccounts(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("an account was made: %v %v", all, err)
	}
	boss := o.in("boss", gridmap.Grant{Role: rights.Admin})
	a := o.named("zhang")
	if status, page, _ := boss.form(fmt.Sprintf("/admin/accounts/%d", a.ID), url.Values{"csrf": {boss.anyCSRF()}, "do": {"link"}, "subject": {"7f<b>3c"}}); status != http.StatusOK || !strings.Contains(page, "7f&lt;b&gt;3c") {
		t.Fatalf("not linked: %d %s", status, page)
	}
	status, page, h := v.via(p, "/account")
	if status != http.StatusSeeOther || h.Get("Location") != "/account" || v.signedIn() != "zhang" {
		t.Fatalf("not in: %d %s %v", status, page, h)
	}
	if _, page, _ := v.get("/account"); !strings.Contains(page, "zhang") {
		t.Errorf("the account: %s", page)
	}
	other := o.stranger()
	p.set(func() { p.claims = map[string]any{"sub": "7F<B>3C"} })
	if status, _, _ := other.via(p, "/"); status != http.StatusForbidden {
		t.Errorf("another sub: %d", status)
	}
	p.set(func() { p.claims = map[string]any{"sub": "7f<b>3c"} })
	var out, errs bytes.Buffer
	if code := run([]string{"account", "disable", "zhang", "--store", "gpkg:" + store}, strings.NewReader(""), &out, &errs); code != exitOK {
		t.Fatal(errs.String())
	}
	if status, page, _ := o.stranger().via(p, "/"); status != http.StatusForbidden || !strings.Contains(page, "已停用") {
		t.Errorf("a disabled account: %d %s", status, page)
	}
	lines := o.audit()
	for action, want := range map[string]int{"sign_in": 1, "sign_in_unknown": 2, "sign_in_failed": 1, "account_link": 1} {
		if len(lines[action]) != want {
			t.Errorf("%d lines of %s, want %d", len(lines[action]), action, want)
		}
	}
}

// TestATokenThatProvesNothingSignsNobodyIn tries what a provider, or somebody
// between, could hand us.
func TestATokenThatProvesNothingSignsNobodyIn(t *testing.T) {
	p := newIDP(t)
	o := openOffice(t, p.with(t, nil))
	o.linked("zhang", p.srv.URL, "u1", gridmap.Grant{Role: rights.Admin})
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(change func(map[string]any)) func(map[string]any) string {
		return func(claims map[string]any) string {
			change(claims)
			return p.sign(jose.ES256, p.keys[p.kid], p.kid, claims)
		}
	}
	public := func() []byte {
		der, err := x509.MarshalPKIXPublicKey(p.keys[p.kid].Public())
		if err != nil {
			t.Error(err)
		}
		return der
	}
	for name, c := range map[string]struct {
		make func(map[string]any) string
		want int
	}{
		"as it should be":                   {nil, http.StatusSeeOther},
		"for several, made for us":          {signed(func(c map[string]any) { c["aud"], c["azp"] = []string{"cloudgrid", "other"}, "cloudgrid" }), http.StatusSeeOther},
		"another nonce":                     {signed(func(c map[string]any) { c["nonce"] = randomText() }), http.StatusForbidden},
		"no nonce":                          {signed(func(c map[string]any) { delete(c, "nonce") }), http.StatusForbidden},
		"for another program":               {signed(func(c map[string]any) { c["aud"] = "other" }), http.StatusForbidden},
		"for several, made for another":     {signed(func(c map[string]any) { c["aud"], c["azp"] = []string{"cloudgrid", "other"}, "other" }), http.StatusForbidden},
		"for several, made for who knows":   {signed(func(c map[string]any) { c["aud"] = []string{"cloudgrid", "other"} }), http.StatusForbidden},
		"another issuer":                    {signed(func(c map[string]any) { c["iss"] = "https://evil.example" }), http.StatusForbidden},
		"expired":                           {signed(func(c map[string]any) { c["exp"] = time.Now().Add(-time.Minute).Unix() }), http.StatusForbidden},
		"not valid yet":                     {signed(func(c map[string]any) { c["nbf"] = time.Now().Add(time.Hour).Unix() }), http.StatusForbidden},
		"of nobody":                         {signed(func(c map[string]any) { c["sub"] = "" }), http.StatusForbidden},
		"signed by nobody":                  {unsigned, http.StatusForbidden},
		"signed with our own secret":        {func(c map[string]any) string { return p.sign(jose.HS256, []byte(p.secret), p.kid, c) }, http.StatusForbidden},
		"signed with the public key":        {func(c map[string]any) string { return p.sign(jose.HS256, public(), p.kid, c) }, http.StatusForbidden},
		"signed with another key":           {func(c map[string]any) string { return p.sign(jose.ES256, stranger, p.kid, c) }, http.StatusForbidden},
		"signed with a key that is unknown": {func(c map[string]any) string { return p.sign(jose.ES256, stranger, "other", c) }, http.StatusForbidden},
		"no token":                          {func(map[string]any) string { return "" }, http.StatusForbidden},
		"no JWT":                            {func(map[string]any) string { return "a.b.c.d" }, http.StatusForbidden},
	} {
		p.set(func() { p.make = c.make })
		v := o.stranger()
		status, body, _ := v.via(p, "/account")
		if in := v.signedIn() != ""; status != c.want || in != (c.want == http.StatusSeeOther) {
			t.Errorf("%s: %d, signed in: %v, %s", name, status, in, body)
		}
	}
	if n := len(o.audit()["sign_in_failed"]); n != 16 {
		t.Errorf("%d of 16 failures are audited", n)
	}
}

// TestTheWayBackIsGoodForOneBrowserOnce is CSRF of signing in, session fixation
// and replay.
func TestTheWayBackIsGoodForOneBrowserOnce(t *testing.T) {
	p := newIDP(t)
	o := openOffice(t, p.with(t, nil))
	o.linked("zhang", p.srv.URL, "u1", gridmap.Grant{Role: rights.Planner})
	p.set(func() { p.again = true }) // a provider that does not look is no excuse
	refused := func(name string, v *visitor, path string) {
		t.Helper()
		if status, body, _ := v.get(path); status != http.StatusForbidden || v.signedIn() != "" {
			t.Errorf("%s: %d %s, signed in as %q", name, status, body, v.signedIn())
		}
	}
	attacker := o.stranger()
	theirs := back(p.authorize(attacker.start("/")))
	refused("another browser's way back", o.stranger(), theirs)
	begun := o.stranger()
	begun.start("/")
	refused("another's, amid one's own", begun, theirs)
	refused("without a code", begun, "/sign-in/oidc/callback?state=x")
	refused("without anything", o.stranger(), "/sign-in/oidc/callback")
	v := o.stranger()
	away := p.authorize(v.start("/"))
	cancelled := url.Values{"error": {"access_denied"}, "state": {away.Query().Get("state")}}
	refused("cancelled there", v, away.Path+"?"+cancelled.Encode())
	refused("after it was cancelled", v, back(away))

	v = o.stranger()
	there := v.start("/account")
	u, err := url.Parse(o.base)
	if err != nil {
		t.Fatal(err)
	}
	cookies := v.client.Jar.Cookies(u)
	once := back(p.authorize(there))
	planted := o.in("attacker", gridmap.Grant{Role: rights.Field})
	v.client.Jar.SetCookies(u, []*http.Cookie{{Name: "cloudgrid", Value: planted.token}})
	status, body, h := v.get(once)
	if status != http.StatusSeeOther || v.signedIn() != "zhang" {
		t.Fatalf("%d %s", status, body)
	}
	set := strings.Join(h.Values("Set-Cookie"), "\n")
	if !strings.Contains(set, "HttpOnly") || !strings.Contains(set, "SameSite=Lax") {
		t.Errorf("cookies %s", set)
	}
	if planted.signedIn() != "" {
		t.Error("the session that was planted lives on")
	}
	thief := o.stranger() // who copied the cookie, and saw the address
	thief.client.Jar.SetCookies(u, cookies)
	refused("a replay with the cookie", thief, once)

	if status, _, _ := v.form("/sign-out", url.Values{"csrf": {v.csrf("/account")}}); status != http.StatusSeeOther || v.signedIn() != "" {
		t.Errorf("signing out: %d", status)
	}
	v.client.Jar.SetCookies(u, cookies)
	refused("a replay after signing out", v, once)

	p.set(func() { p.again = false })
	one, two := o.stranger(), o.stranger() // the code of one in the flow of the other: PKCE
	code := p.authorize(one.start("/")).Query().Get("code")
	mine := p.authorize(two.start("/"))
	stolen := url.Values{"code": {code}, "state": {mine.Query().Get("state")}}
	refused("another's code in one's own flow", two, mine.Path+"?"+stolen.Encode())
	why := map[string]int{}
	for _, line := range o.audit()["sign_in_failed"] {
		word, _, _ := strings.Cut(line.Detail, ",")
		why[word]++
	}
	if want := map[string]int{"state": 7, "provider": 1, "code": 1}; !maps.Equal(why, want) {
		t.Errorf("refused for %v, want %v", why, want)
	}

	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)"} {
		if _, _, h := o.stranger().via(p, next); h.Get("Location") != "/" {
			t.Errorf("next=%s leads to %q", next, h.Get("Location"))
		}
	}
}

func TestAProviderThatChangesItsKeysOrIsAwayKeepsNobodyOut(t *testing.T) {
	p := newIDP(t)
	p.set(func() { p.away = true })
	o := openOffice(t, p.with(t, nil))
	o.linked("li", p.srv.URL, "u1", gridmap.Grant{Role: rights.Planner})
	o.account("zhang", goodPassword, gridmap.Grant{Role: rights.Planner})
	v := o.stranger()
	status, page, h := v.get("/sign-in/oidc")
	if status != http.StatusServiceUnavailable || !strings.Contains(page, "连不上") || !strings.Contains(page, `name="password"`) {
		t.Errorf("while it is away: %d %v %s", status, h, page)
	}
	if _, page, _ := v.get("/sign-in"); !strings.Contains(page, "统一身份认证暂时连不上") {
		t.Errorf("the button does not say so: %s", page)
	}
	if status, _, _ := o.stranger().signIn("zhang", goodPassword); status != http.StatusSeeOther {
		t.Errorf("with a password meanwhile: %d", status)
	}
	p.set(func() { p.away = false })
	if status, body, _ := v.via(p, "/"); status != http.StatusSeeOther {
		t.Fatalf("back again: %d %s", status, body)
	}
	if _, page, _ := o.stranger().get("/sign-in"); strings.Contains(page, "连不上") {
		t.Errorf("it is back, and the page does not know: %s", page)
	}
	p.set(p.rotate)
	if status, body, _ := o.stranger().via(p, "/"); status != http.StatusSeeOther {
		t.Errorf("with new keys: %d %s", status, body)
	}
	late := o.stranger()
	path := back(p.authorize(late.start("/")))
	p.set(func() { p.away = true })
	if status, _, _ := late.get(path); status != http.StatusServiceUnavailable || late.signedIn() != "" {
		t.Errorf("away amid signing in: %d", status)
	}
}

func TestGroupsGiveWhatTheFileSaysAndNothingOnceTheyAreGone(t *testing.T) {
	p := newIDP(t)
	s, store := demoStore(t)
	o := officeOver(t, s, access{})
	m := o.srv.keeper.Current().Main()
	network, grid := m.Network.Code, m.Grids[m.Index(o.own)].Code
	o = officeOver(t, s, p.with(t, map[string][]string{"网格科": {"planner:" + network + ":" + grid}, "审批": {"approver"}, "typo": {"planner:nowhere"}}))
	if !strings.Contains(o.log.String(), "a grant of a group says nothing") {
		t.Error("nobody is told of the typing error")
	}
	signIn := func(groups any) (int, *visitor) {
		p.set(func() { p.claims = map[string]any{"sub": "u1", "name": "张三\x00\n", "groups": groups} })
		v := o.stranger()
		status, _, _ := v.via(p, "/")
		return status, v
	}
	for _, groups := range []any{nil, "other", []string{}, []string{"typo"}, []any{1, nil}, map[string]any{"网格科": true}} {
		if status, _ := signIn(groups); status != http.StatusForbidden {
			t.Errorf("groups %v: %d", groups, status)
		}
	}
	if all, err := o.kept.ListAccounts(t.Context()); err != nil || len(all) != 0 {
		t.Fatalf("an account for nobody: %v %v", all, err)
	}
	status, v := signIn([]string{"other", "网格科"})
	if status != http.StatusSeeOther || !strings.HasPrefix(v.signedIn(), "sso:") {
		t.Fatalf("a member: %d %s", status, v.signedIn())
	}
	a := o.named(v.signedIn())
	if len(a.Grants) != 1 || a.Grants[0] != (gridmap.Grant{Role: rights.Planner, Network: o.network, Grid: o.own}) || a.Title != "张三" || a.Password != "" {
		t.Errorf("made %+v", a)
	}
	if status, _ := v.postJSON("/v1/plans", fmt.Sprintf(`{"name":"x","scope":[%d]}`, o.other)); status != http.StatusForbidden {
		t.Errorf("another part: %d", status)
	}
	if status, _ := signIn([]string{"网格科", "审批"}); status != http.StatusSeeOther || len(o.named(a.Name).Grants) != 2 {
		t.Errorf("one more group: %d %v", status, o.named(a.Name).Grants)
	}
	if status, _ := signIn([]string{"other"}); status != http.StatusForbidden || len(o.named(a.Name).Grants) != 0 {
		t.Errorf("no group any more: %d %v", status, o.named(a.Name).Grants)
	}
	if status, _, _ := v.get("/v1/plans"); status != http.StatusForbidden {
		t.Errorf("the session from before: %d", status)
	}
	var out, errs bytes.Buffer
	if code := run([]string{"account", "add", "sso:0011223344556677", "--store", "gpkg:" + store}, strings.NewReader(""), &out, &errs); code == exitOK {
		t.Error("anybody can have a name that we give")
	}
}

// age makes a session older than it is, as one that an earlier version left:
// nothing says that it ends soon.
func (v *visitor) age(by time.Duration) {
	v.o.t.Helper()
	ctx, hash := v.o.t.Context(), rights.HashSecret(v.session())
	s, err := v.o.kept.Session(ctx, hash)
	if err != nil {
		v.o.t.Fatal(err)
	}
	if most := s.CreatedAt.Add(rights.LinkedMost); s.ExpiresAt.After(most) != (v.signedIn() == "wang") {
		v.o.t.Errorf("%s: made at %v, ends at %v", v.signedIn(), s.CreatedAt, s.ExpiresAt)
	}
	s.CreatedAt, s.SeenAt, s.ExpiresAt = s.CreatedAt.Add(-by), s.SeenAt.Add(-by), s.CreatedAt.Add(rights.SessionIdle)
	if err := v.o.kept.EndSession(ctx, hash); err != nil {
		v.o.t.Fatal(err)
	}
	if err := v.o.kept.PutSession(ctx, s); err != nil {
		v.o.t.Fatal(err)
	}
}

// TestWhomTheProviderVouchedForIsAskedAboutAgainNextDay ages sessions: somebody
// whose group was taken away meanwhile is out.
func TestWhomTheProviderVouchedForIsAskedAboutAgainNextDay(t *testing.T) {
	p := newIDP(t)
	o := openOffice(t, p.with(t, map[string][]string{"审批": {"approver"}}))
	o.account("wang", goodPassword, gridmap.Grant{Role: rights.Approver})
	o.linked("zhang", p.srv.URL, "u2", gridmap.Grant{Role: rights.Approver})
	signIn := func(sub string, groups ...string) *visitor {
		p.set(func() { p.claims = map[string]any{"sub": sub, "groups": groups} })
		v := o.stranger()
		if status, body, _ := v.via(p, "/"); status != http.StatusSeeOther {
			t.Fatal(status, body)
		}
		return v
	}
	member, young, linked, own := signIn("u1", "审批"), signIn("u3", "审批"), signIn("u2"), o.stranger()
	if status, _, _ := own.signIn("wang", goodPassword); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	for v, by := range map[*visitor]time.Duration{member: rights.LinkedMost, linked: rights.LinkedMost, own: rights.LinkedMost, young: rights.LinkedMost - time.Hour} {
		v.age(by)
	}
	p.set(func() { p.claims = map[string]any{"sub": "u1", "groups": []string{}} }) // the group is gone
	for _, v := range []*visitor{member, linked} {
		for v.signedIn() != "" { // a moment is remembered
			time.Sleep(50 * time.Millisecond)
		}
		if status, _, _ := v.get("/v1/plans"); status != http.StatusUnauthorized {
			t.Errorf("plans are shown: %d", status)
		}
	}
	if own.signedIn() != "wang" || young.signedIn() == "" {
		t.Error("others were signed out as well")
	}
	if status, _, _ := member.via(p, "/"); status != http.StatusForbidden {
		t.Errorf("signing in again without a group: %d", status)
	}
	for { // using it makes it last, but no longer than that
		who := young.signedIn()
		s, err := o.kept.Session(t.Context(), rights.HashSecret(young.session()))
		if err != nil || who == "" {
			t.Fatal(who, err)
		}
		if most := s.CreatedAt.Add(rights.LinkedMost); s.SeenAt.After(most.Add(-2 * time.Hour)) {
			if !s.ExpiresAt.Equal(most) {
				t.Errorf("used, a session of %v ends at %v", s.CreatedAt, s.ExpiresAt)
			}
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestAProviderIsConfiguredWholeOrNotAtAll(t *testing.T) {
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "f")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := identity{issuer: "https://id.example", client: "c", baseURL: "https://grid.example"}
	change := func(fn func(*identity)) identity { i := good; fn(&i); return i }
	if p, err := good.provider(); err != nil || p == nil {
		t.Fatal(err)
	}
	if p, err := (identity{}).provider(); err != nil || p != nil {
		t.Fatal(err)
	}
	for name, i := range map[string]identity{
		"no client":           change(func(i *identity) { i.client = "" }),
		"no issuer":           change(func(i *identity) { i.issuer = "" }),
		"an issuer in clear":  change(func(i *identity) { i.issuer = "http://id.example" }),
		"no way back":         change(func(i *identity) { i.baseURL = "" }),
		"a way back in clear": change(func(i *identity) { i.baseURL = "http://grid.example" }),
		"a claim alone":       change(func(i *identity) { i.claim = "groups" }),
		"groups alone":        change(func(i *identity) { i.groupsFile = file(`{"a":["admin"]}`) }),
		"groups that are no JSON": change(func(i *identity) {
			i.claim, i.groupsFile = "groups", file("a: admin")
		}),
		"a session of seconds":  change(func(i *identity) { i.session = time.Second }),
		"a session of a month":  change(func(i *identity) { i.session = 31 * 24 * time.Hour }),
		"no secret in the file": change(func(i *identity) { i.secretFile = file("\n") }),
		"no file":               change(func(i *identity) { i.secretFile = "/nowhere" }),
	} {
		if _, err := i.provider(); gridmap.CodeOf(err) != gridmap.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
