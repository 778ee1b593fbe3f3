package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// secrets are what was used in a run, by what it is.
type secrets map[string]string

// in complains about secrets in a text that somebody may read.
func (s secrets) in(t *testing.T, where, text string) {
	t.Helper()
	for what, secret := range s {
		if secret == "" || len(secret) < 10 {
			t.Fatalf("%s is no secret: %q", what, secret)
		}
		if strings.Contains(text, secret) || strings.Contains(text, url.QueryEscape(secret)) {
			t.Errorf("%s holds %s", where, what)
		}
	}
}

// TestNoSecretLeaves goes through all routes as everybody, with every kind of
// secret in use, and looks for them in the log, in what is refused, in the
// metrics and in the exported audit.
func TestNoSecretLeaves(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		t.Run(format, func(t *testing.T) { leakNothing(t, format) })
	}
}

func leakNothing(t *testing.T, format string) {
	p := newIDP(t)
	how := p.with(t, nil)
	how.logFormat = format
	hook, hooks := hookFile(t)
	how.webhooks = hooks
	s, path := demoStore(t)
	o := officeOver(t, s, how)
	used := secrets{"the provider's secret": p.secret, "a webhook's secret": hook, "a password": goodPassword, "a wrong password": "这不是我的口令这不是我的口令"}
	o.account("zhang", goodPassword, gridmap.Grant{Role: rights.Planner})
	o.linked("li", p.srv.URL, "u1", gridmap.Grant{Role: rights.Planner})

	typed := o.stranger()
	typed.signIn("zhang", used["a wrong password"])
	if status, _, _ := typed.signIn("zhang", goodPassword); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	boss, key := o.in("boss", gridmap.Grant{Role: rights.Admin}), o.program(gridmap.Grant{Role: rights.Admin})
	used["a session"], used["a CSRF token"], used["a key"] = boss.token, boss.anyCSRF(), key.key
	_, used["the secret of a key"], _ = rights.ParseKey(key.key)
	if status, _ := keepRecord(t, boss, `{"kind":"mode","body":{"mode":"normal"}}`); status != http.StatusCreated { // to tell the webhook of
		t.Fatal(status)
	}
	o.stranger().get("/v1/meta?key=" + url.QueryEscape(key.key))
	wrong := o.stranger()
	wrong.key = strings.ToUpper(key.key)
	wrong.get("/v1/plans")
	used["a key typed wrongly"] = wrong.key

	single := o.stranger()
	there := p.authorize(single.start("/"))
	used["a code"], used["a state"] = there.Query().Get("code"), there.Query().Get("state")
	single.get(back(there))
	stale := o.stranger()
	stale.get(back(there))
	p.set(func() { p.make = unsigned })
	single.via(p, "/")
	p.set(func() {
		for i, text := range p.tokens {
			used[fmt.Sprintf("token %d", i)] = text
		}
	})

	_, rows := routeTable(t)
	for _, row := range rows {
		for _, v := range []*visitor{o.stranger(), key, boss} {
			if row.path == "/sign-out" || strings.HasPrefix(row.path, "/debug") || strings.HasSuffix(row.path, "/events") {
				continue
			}
			status, body, header := v.send(row.method, fill(row.path), "application/json", `{"password":"`+goodPassword+`"}`, "Origin", o.base)
			if status >= http.StatusBadRequest && strings.Contains(header.Get("Content-Type"), "json") {
				used.in(t, row.method+" "+row.path, body)
			}
		}
	}
	_, metrics, _ := key.get("/metrics")
	used.in(t, "the metrics", metrics)
	if err := o.srv.gate.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, kind := range []string{"jsonl", "csv"} {
		var out, errs bytes.Buffer
		if code := run([]string{"audit", "export", "--format", kind, "--store", "gpkg:" + path}, strings.NewReader(""), &out, &errs); code != exitOK || !strings.Contains(out.String(), "sign_in") {
			t.Fatalf("%d %s", code, errs.String())
		}
		used.in(t, "the exported audit", out.String()+errs.String())
	}
	until(t, "the webhook to be told", func() bool { return strings.Contains(o.log.String(), "webhook") })
	log := o.log.String()
	for _, want := range []string{"sign_in", "key_in_url", "/v1/plans", "webhook"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log says nothing of %s, so this tries nothing", want)
		}
	}
	used.in(t, "the log", log)
}

// hookFile is a webhook to where nobody listens, with its secret.
func hookFile(t *testing.T) (secret, file string) {
	t.Helper()
	dir, secret := t.TempDir(), "webhook-secret-"+randomText()
	file = filepath.Join(dir, "hooks.json")
	for name, text := range map[string]string{
		filepath.Join(dir, "secret"): secret,
		file:                         fmt.Sprintf(`[{"name":"duty","url":"http://127.0.0.1:1/hook","secret_file":%q,"events":["publish","records","staff","signs"]}]`, filepath.Join(dir, "secret")),
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return secret, file
}

func TestThePasswordOfADatabaseIsNotSaid(t *testing.T) {
	const password = "the-password-of-the-database"
	for _, address := range []string{"postgres://cloudgrid:" + password + "@127.0.0.1:1/cloudgrid", "postgres://cloudgrid@127.0.0.1:1/cloudgrid?password=" + password, "postgres://cloudgrid:" + password + "@127.0.0.1:port/x"} {
		for _, command := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"check"}, {"doctor"}, {"audit", "verify"}, {"account", "list"}} {
			var out, errs bytes.Buffer
			if code := run(append(command, "--store", address), strings.NewReader(""), &out, &errs); code == exitOK {
				t.Errorf("%v of a database that is not there", command)
			}
			secrets{"the password of the database": password}.in(t, strings.Join(command, " "), out.String()+errs.String())
		}
	}
}
