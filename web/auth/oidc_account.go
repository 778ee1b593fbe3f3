package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"
	"unicode"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/problem"
)

// SubjectOf is what an account is linked to: whom an issuer calls sub. Another
// issuer's sub of the same letters is somebody else.
func SubjectOf(issuer, sub string) string { return issuer + " " + sub }

// CheckSubject complains about what no provider calls anybody.
func CheckSubject(sub string) error {
	const most = 255 // OpenID Connect Core 1.0, section 2
	if sub == "" || len(sub) > most || strings.ContainsFunc(sub, unicode.IsControl) {
		return gridmap.Errorf(gridmap.Invalid, "统一身份的标识 (sub) 应为 1 至 %d 个字符 (bad subject)", most)
	}
	return nil
}

// groupPrefix begins the names of accounts that were made for a group's member:
// what they may do is what the groups say, each time they sign in.
const groupPrefix = "sso:"

// CheckOwnName refuses a name for an account that only we give.
func CheckOwnName(name string) error {
	if strings.HasPrefix(name, groupPrefix) {
		return gridmap.Errorf(gridmap.Invalid, "账号名不能以 %s 开头，这类账号由统一身份认证产生 (such accounts are made by signing in)", groupPrefix)
	}
	return nil
}

// accountOf is the account of whom a provider vouches for: the one that an admin
// linked, or one with what the person's groups may do. It is NotFound for whom
// nobody here knows, and Forbidden for an account that is disabled.
func (g *Gate) accountOf(ctx context.Context, token *oidc.IDToken) (gridmap.Account, error) {
	if err := CheckSubject(token.Subject); err != nil {
		return gridmap.Account{}, gridmap.Errorf(gridmap.NotFound, "%w", err)
	}
	a, err := g.Config.Accounts.AccountOf(ctx, SubjectOf(token.Issuer, token.Subject))
	known := err == nil
	switch {
	case err != nil && gridmap.CodeOf(err) != gridmap.NotFound:
		return a, err
	case known && a.Disabled:
		return a, gridmap.Errorf(gridmap.Forbidden, "账号已停用，请联系管理员 (the account is disabled)")
	case known && !strings.HasPrefix(a.Name, groupPrefix):
		return a, nil
	}
	return g.ofGroups(ctx, token, a)
}

// ofGroups is the account of a member of groups, made or brought up to date.
func (g *Gate) ofGroups(ctx context.Context, token *oidc.IDToken, a gridmap.Account) (gridmap.Account, error) {
	grants, err := g.provider.grants(token, g.names())
	if err != nil {
		return a, err
	}
	if len(grants) == 0 {
		if a.ID != 0 { // the groups have gone, and what they gave
			if err := g.regrant(ctx, a, nil); err != nil {
				return a, err
			}
		}
		return a, gridmap.Errorf(gridmap.NotFound, "没有账号 (no account)")
	}
	if a.ID != 0 {
		if slices.Equal(a.Grants, grants) {
			return a, nil
		}
		return a, errorsAfter(g.regrant(ctx, a, grants), func() (err error) {
			a, err = g.Config.Accounts.Account(ctx, a.ID)
			return err
		})
	}
	sum := sha256.Sum256([]byte(SubjectOf(token.Issuer, token.Subject)))
	now := g.Now()
	a = gridmap.Account{
		Name: groupPrefix + hex.EncodeToString(sum[:8]), Title: titleOf(token), Subject: SubjectOf(token.Issuer, token.Subject),
		Grants: grants, CreatedAt: now, ChangedAt: now,
	}
	if err := g.noteFirst(ctx, "oidc", "account_add", "account:"+a.Name, g.grantText(grants, " ")); err != nil {
		return a, err
	}
	return g.Config.Accounts.PutAccount(ctx, a)
}

// errorsAfter does the second when the first went well.
func errorsAfter(err error, then func() error) error {
	if err != nil {
		return err
	}
	return then()
}

// regrant replaces what an account may do by what its groups say.
func (g *Gate) regrant(ctx context.Context, a gridmap.Account, grants []gridmap.Grant) error {
	if len(a.Grants) == 0 && len(grants) == 0 {
		return nil
	}
	if err := g.noteFirst(ctx, "oidc", "account_grants", accountThing(a.ID), g.grantText(grants, " ")); err != nil {
		return err
	}
	a.Grants, a.ChangedAt = grants, g.Now()
	defer g.seen.forget()
	_, err := g.Config.Accounts.PutAccount(ctx, a)
	return err
}

// grants is what the groups in a token may do, as far as the map knows the
// networks and grids that are named.
func (p *provider) grants(token *oidc.IDToken, names rights.Names) (all []gridmap.Grant, err error) {
	if p.Claim == "" {
		return nil, nil
	}
	var claims map[string]any
	if err := token.Claims(&claims); err != nil {
		return nil, gridmap.Errorf(gridmap.Forbidden, "统一身份认证给出的凭证不能用 (unreadable claims)")
	}
	for _, group := range textsOf(claims[p.Claim]) {
		for _, text := range p.Groups[group] {
			grant, err := rights.ParseGrant(text, names)
			if err == nil && !slices.Contains(all, grant) {
				all = append(all, grant)
			}
		}
	}
	slices.SortFunc(all, func(a, b gridmap.Grant) int {
		return strings.Compare(rights.FormatGrant(a, names), rights.FormatGrant(b, names))
	})
	return all, rights.CheckGrants(all)
}

// textsOf reads a claim that is a text or a list of texts.
func textsOf(claim any) (out []string) {
	if text, ok := claim.(string); ok {
		return []string{text}
	}
	list, _ := claim.([]any)
	for _, v := range list {
		if text, ok := v.(string); ok {
			out = append(out, text)
		}
	}
	return out
}

// titleOf is what the provider calls somebody, as far as it can be a title.
func titleOf(token *oidc.IDToken) string {
	var claims struct {
		Name string `json:"name"`
	}
	_ = token.Claims(&claims) // a name is not needed
	title := []rune(strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, claims.Name)))
	return strings.TrimSpace(string(title[:min(len(title), gridmap.MaxAccountRunes)]))
}

// strangerData is what the page shows to whom nobody here knows.
type strangerData struct{ Subject string }

// stranger tells somebody who is vouched for, but has no account here. Nothing
// is made for them.
func (g *Gate) stranger(c echo.Context, token *oidc.IDToken) error {
	sub := token.Subject
	if CheckSubject(sub) != nil {
		sub = "?"
	}
	if err := g.noteFirst(c.Request().Context(), "public", "sign_in_unknown", "oidc", "sub "+sub+", from "+c.RealIP()); err != nil {
		return problem.Write(c, err)
	}
	return show(c, http.StatusForbidden, strangerPage, strangerData{Subject: sub})
}
