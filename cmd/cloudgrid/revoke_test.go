package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// TestWhatWasRevokedElsewhereEndsEverywhereSoon changes keys, sessions, accounts
// and grants by the command line and by one of two servers, while both know who
// asks. How soon is a matter of the gate's own tests, on a clock of theirs.
func TestWhatWasRevokedElsewhereEndsEverywhereSoon(t *testing.T) {
	t.Run("gpkg", func(t *testing.T) {
		_, path := demoStore(t)
		changeRights(t, "gpkg:"+path)
	})
	t.Run("postgis", func(t *testing.T) {
		dsn := os.Getenv("CLOUDGRID_TEST_POSTGRES")
		if dsn == "" {
			t.Skip("CLOUDGRID_TEST_POSTGRES is not set: `make test` starts a cluster and sets it")
		}
		changeRights(t, demoIn(t, dsn))
	})
}

// serverOver is a server of its own over a store that is there.
func serverOver(t *testing.T, store string) *office {
	t.Helper()
	s, err := openStore(t.Context(), store, storeWrite)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return officeOver(t, s, access{perMinute: -1})
}

// at is the same visitor before another server.
func (v *visitor) at(o *office) *visitor {
	v.o.t.Helper()
	twin := o.stranger()
	twin.key, twin.token = v.key, v.token
	if v.token != "" {
		u, err := url.Parse(o.base)
		if err != nil {
			v.o.t.Fatal(err)
		}
		twin.client.Jar.SetCookies(u, []*http.Cookie{{Name: "cloudgrid", Value: v.token}})
	}
	return twin
}

func changeRights(t *testing.T, store string) {
	one, two := serverOver(t, store), serverOver(t, store)
	planner := gridmap.Grant{Role: rights.Planner}
	command := func(args ...string) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(append(args, "--store", store), strings.NewReader(""), &out, &errs); code != exitOK {
			t.Fatalf("%v: %d %s%s", args, code, out.String(), errs.String())
		}
	}
	boss := one.in("boss", gridmap.Grant{Role: rights.Admin})
	press := func(path string, values url.Values) {
		t.Helper()
		values.Set("csrf", boss.anyCSRF())
		if status, body, _ := boss.form(path, values); status >= http.StatusBadRequest {
			t.Fatalf("%s: %d %s", path, status, body)
		}
	}
	idOf := func(v *visitor) string { id, _, _ := rights.ParseKey(v.key); return id }
	byPage, byCommand := one.program(planner), one.program(planner)
	out, off, offByPage, less, moved, reset := one.in("out", planner), one.in("off", planner), one.in("off-by-page", planner), one.in("less", planner), one.in("moved", planner), one.in("reset", planner)
	follower := one.in("follower", planner)
	stream := follow(t, follower.at(two))
	for name, c := range map[string]*struct {
		v      *visitor
		change func()
	}{
		"a key, by command":        {byCommand, func() { command("key", "revoke", idOf(byCommand)) }},
		"a key, by the page":       {byPage, func() { press("/admin/keys/"+idOf(byPage)+"/revoke", url.Values{}) }},
		"a session that was ended": {out, func() { out.form("/sign-out", url.Values{"csrf": {out.anyCSRF()}}) }},
		"an account, by command":   {off, func() { command("account", "disable", "off") }},
		"an account, by the page": {offByPage, func() {
			press(adminPath(one, "off-by-page"), url.Values{"do": {"disable"}, "version": {adminVersion(one, "off-by-page")}})
		}},
		"a smaller role":               {less, func() { command("account", "grant", "less", "field") }},
		"no role":                      {moved, func() { command("account", "grant", "moved") }},
		"sessions of an old password":  {reset, func() { command("account", "password", "reset") }},
		"who reads a stream meanwhile": {follower, func() { command("account", "disable", "follower") }},
	} {
		twin := c.v.at(two)
		for range 3 { // both know them
			for _, v := range []*visitor{c.v, twin} {
				if status, body, _ := v.get("/v1/feedback"); status != http.StatusOK {
					t.Fatalf("%s, before: %d %s", name, status, body)
				}
			}
		}
		c.change()
		defer func() {
			for i, v := range []*visitor{c.v, twin} {
				until(t, fmt.Sprintf("%s to end at server %d", name, i+1), func() bool {
					status, _, _ := v.get("/v1/feedback")
					return status == http.StatusUnauthorized || status == http.StatusForbidden
				})
			}
		}()
	}
	select {
	case <-stream:
	case <-time.After(patience):
		t.Error("a stream of an account that is off goes on")
	}
}

// follow opens a stream of changes; what it returns is closed when it ends.
func follow(t *testing.T, v *visitor) <-chan struct{} {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, v.o.base+"/v1/changes", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/event-stream")
	resp, err := v.client.Do(req) //nolint:bodyclose // closed when it ends, below
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("no stream: %v %v", resp, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() { _ = resp.Body.Close() }()
		for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		}
	}()
	return ended
}

func adminPath(o *office, name string) string {
	return fmt.Sprintf("/admin/accounts/%d", o.named(name).ID)
}
func adminVersion(o *office, name string) string { return fmt.Sprint(o.named(name).Version) }

func (o *office) named(name string) gridmap.Account {
	o.t.Helper()
	a, err := o.kept.AccountNamed(o.t.Context(), name)
	if err != nil {
		o.t.Fatal(err)
	}
	return a
}
