package auth

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/problem"
)

type accountRow struct {
	ID, Version         int64
	Name, Title, Grants string
	State, Subject      string
	Disabled            bool
}

type keyRow struct {
	ID, Label, Grants, PerMinute, Expires, Used, State string
	Live                                               bool
}

// adminData is what the page of accounts and keys shows. Secret is shown once.
type adminData struct {
	CSRF, Fault, Done, Secret string
	Accounts                  []accountRow
	Keys                      []keyRow
	Roles                     []rights.RoleName
	Identity                  bool // there is an identity provider to link accounts to
}

func (g *Gate) admin(c echo.Context) error {
	return g.showAdmin(c, http.StatusOK, adminData{})
}

func (g *Gate) showAdmin(c echo.Context, status int, data adminData) error {
	ctx, now := c.Request().Context(), g.Now()
	a, _ := c.Get(contextKey).(asked)
	data.CSRF, data.Roles, data.Identity = a.session.CSRF, rights.Roles(), g.provider != nil
	accounts, err := g.Config.Accounts.ListAccounts(ctx)
	if err != nil {
		return problem.Write(c, err)
	}
	for _, v := range accounts {
		row := accountRow{ID: int64(v.ID), Version: v.Version, Name: v.Name, Title: v.Title, Grants: g.grantText(v.Grants, "\n"), Disabled: v.Disabled, State: "可用"}
		if g.provider != nil {
			row.Subject, _ = strings.CutPrefix(v.Subject, SubjectOf(g.provider.Issuer, ""))
		}
		switch {
		case v.Disabled:
			row.State = "已停用"
		case now.Before(v.LockedTill):
			row.State = "锁定至 " + shortTime(v.LockedTill)
		case v.Password == "" && v.Subject == "":
			row.State = "没有口令"
		}
		data.Accounts = append(data.Accounts, row)
	}
	keys, err := g.Config.Accounts.ListKeys(ctx)
	if err != nil {
		return problem.Write(c, err)
	}
	for _, k := range keys {
		row := keyRow{ID: k.ID, Label: k.Label, Grants: g.grantText(k.Grants, " "), PerMinute: "默认", Expires: shortTime(k.ExpiresAt), Used: shortTime(k.UsedAt), State: "可用", Live: true}
		if k.PerMinute > 0 {
			row.PerMinute = strconv.Itoa(k.PerMinute)
		}
		switch {
		case !k.RevokedAt.IsZero():
			row.State, row.Live = "已吊销", false
		case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
			row.State, row.Live = "已到期", false
		}
		data.Keys = append(data.Keys, row)
	}
	return show(c, status, adminPage, data)
}

func (g *Gate) grantText(grants []gridmap.Grant, between string) string {
	var all []string
	for _, v := range grants {
		all = append(all, rights.FormatGrant(v, g.names()))
	}
	return strings.Join(all, between)
}

// failed shows the page again with what is wrong.
func (g *Gate) failed(c echo.Context, err error) error {
	return g.showAdmin(c, problem.Of(err).Status, adminData{Fault: problem.Of(err).Detail})
}

func (g *Gate) addAccount(c echo.Context) error {
	if !g.fromForm(c) {
		return staleForm(c)
	}
	ctx, now := c.Request().Context(), g.Now()
	me, _ := c.Get(contextKey).(asked)
	grants, err := rights.ParseGrants(c.FormValue("grants"), g.names())
	if err != nil {
		return g.failed(c, err)
	}
	a := gridmap.Account{Name: rights.AccountName(c.FormValue("name")), Title: strings.TrimSpace(c.FormValue("title")), Grants: grants, CreatedAt: now, ChangedAt: now}
	if err := errors.Join(a.Check(), CheckOwnName(a.Name)); err != nil {
		return g.failed(c, err)
	}
	password, err := g.initialPassword(&a)
	if err != nil {
		return err
	}
	if err := g.noteFirst(ctx, me.actor.Name, "account_add", "account:"+a.Name, g.grantText(grants, " ")); err != nil {
		return g.failed(c, err)
	}
	if _, err := g.Config.Accounts.PutAccount(ctx, a); err != nil {
		return g.failed(c, err)
	}
	return g.showAdmin(c, http.StatusOK, adminData{Done: "已建立账号 " + a.Name, Secret: "账号 " + a.Name + "，初始口令 " + password})
}

// initialPassword gives an account a password that a machine made: 100 bits,
// to be changed by its owner.
func (g *Gate) initialPassword(a *gridmap.Account) (string, error) {
	token, err := rights.NewToken(g.Random)
	if err != nil {
		return "", err
	}
	password := token[:17]
	a.Password, err = g.hash(password)
	return password, err
}

// changeAccount does one thing to an account: the admin's own stays an admin's
// and enabled, lest nobody can let anybody in.
func (g *Gate) changeAccount(c echo.Context) error {
	if !g.fromForm(c) {
		return staleForm(c)
	}
	ctx := c.Request().Context()
	me, _ := c.Get(contextKey).(asked)
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	if err != nil {
		return echo.ErrNotFound
	}
	a, err := g.Config.Accounts.Account(ctx, gridmap.AccountID(id))
	if err != nil {
		return g.failed(c, err)
	}
	do, detail, secret := c.FormValue("do"), "", ""
	if a.ID == me.actor.Account && slices.Contains([]string{"disable", "grants", "reset", "link"}, do) {
		return g.failed(c, gridmap.Errorf(gridmap.Conflict, "不能改自己的权限或停用自己，请由另一位管理员来做 (not on your own account)"))
	}
	switch do {
	case "grants":
		if a.Version != formInt(c, "version") { // what the admin saw is what is changed
			return g.failed(c, gridmap.Errorf(gridmap.Conflict, "账号刚被别人改过，请看清后再改 (changed meanwhile)"))
		}
		if a.Grants, err = rights.ParseGrants(c.FormValue("grants"), g.names()); err != nil {
			return g.failed(c, err)
		}
		detail = g.grantText(a.Grants, " ")
	case "disable":
		a.Disabled = true
	case "enable":
		a.Disabled = false
	case "unlock":
		a.Failures, a.LockedTill = 0, time.Time{}
	case "reset":
		if secret, err = g.initialPassword(&a); err != nil {
			return err
		}
		a.Failures, a.LockedTill = 0, time.Time{}
	case "link":
		if detail, err = g.link(&a, strings.TrimSpace(c.FormValue("subject"))); err != nil {
			return g.failed(c, err)
		}
	default:
		return g.failed(c, gridmap.Errorf(gridmap.Invalid, "do=%q 未知 (unknown)", do))
	}
	if err := g.noteFirst(ctx, me.actor.Name, "account_"+do, accountThing(a.ID), detail); err != nil {
		return g.failed(c, err)
	}
	a.ChangedAt = g.Now()
	if a, err = g.Config.Accounts.PutAccount(ctx, a); err != nil {
		return g.failed(c, err)
	}
	if do == "disable" || do == "reset" || do == "link" {
		if err := g.endAll(c, a.ID); err != nil {
			return g.failed(c, err)
		}
	}
	g.seen.forget()
	if secret != "" {
		secret = "账号 " + a.Name + "，初始口令 " + secret
	}
	return g.showAdmin(c, http.StatusOK, adminData{Done: "已修改账号 " + a.Name, Secret: secret})
}

// link says for whom an account is at the identity provider; "" for nobody. It
// returns what to audit.
func (g *Gate) link(a *gridmap.Account, sub string) (string, error) {
	if g.provider == nil {
		return "", gridmap.Errorf(gridmap.Invalid, "没有配置统一身份认证 (there is no identity provider)")
	}
	if sub == "" {
		a.Subject = ""
		return "", nil
	}
	a.Subject = SubjectOf(g.provider.Issuer, sub)
	return "sub " + sub, CheckSubject(sub)
}

func formInt(c echo.Context, name string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(c.FormValue(name)), 10, 64)
	if err != nil {
		return -1
	}
	return n
}

func (g *Gate) addKey(c echo.Context) error {
	if !g.fromForm(c) {
		return staleForm(c)
	}
	ctx := c.Request().Context()
	me, _ := c.Get(contextKey).(asked)
	grants, err := rights.ParseGrants(c.FormValue("grants"), g.names())
	if err != nil {
		return g.failed(c, err)
	}
	days, perMinute := int64(365), int64(0)
	if c.FormValue("days") != "" {
		days = formInt(c, "days")
	}
	if c.FormValue("per_minute") != "" {
		perMinute = formInt(c, "per_minute")
	}
	text, k, err := MakeKey(g.Random, c.FormValue("label"), grants, days, perMinute, me.actor.Name, g.Now())
	if err != nil {
		return g.failed(c, err)
	}
	if err := g.noteFirst(ctx, me.actor.Name, "key_add", "key:"+k.ID, g.grantText(grants, " ")); err != nil {
		return g.failed(c, err)
	}
	if err := g.Config.Accounts.PutKey(ctx, k); err != nil {
		return g.failed(c, err)
	}
	return g.showAdmin(c, http.StatusOK, adminData{Done: fmt.Sprintf("已签发密钥 %s，有效 %d 天", k.ID, days), Secret: text})
}

func (g *Gate) revokeKey(c echo.Context) error {
	if !g.fromForm(c) {
		return staleForm(c)
	}
	ctx := c.Request().Context()
	me, _ := c.Get(contextKey).(asked)
	k, err := g.Config.Accounts.Key(ctx, c.Param("id"))
	if err != nil {
		return g.failed(c, err)
	}
	if err := g.noteFirst(ctx, me.actor.Name, "key_revoke", "key:"+k.ID, ""); err != nil {
		return g.failed(c, err)
	}
	k.RevokedAt = g.Now()
	if err := g.Config.Accounts.PutKey(ctx, k); err != nil {
		return g.failed(c, err)
	}
	g.seen.forget()
	return g.showAdmin(c, http.StatusOK, adminData{Done: "已吊销密钥 " + k.ID})
}
