package main

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// oidcSecret is the variable that can hold the client's secret.
const oidcSecret = "CLOUDGRID_OIDC_SECRET"

// identity says where people may sign in who have an account elsewhere.
type identity struct {
	issuer, client, secretFile, claim, groupsFile, baseURL string
	scopes                                                 []string
	session                                                time.Duration
}

func identityFlags(cmd *cobra.Command, i *identity) {
	f := cmd.Flags()
	f.StringVar(&i.issuer, "oidc-issuer", "", "OpenID Connect provider where people may sign in, like https://id.example.gov.cn/realms/office")
	f.StringVar(&i.client, "oidc-client-id", "", "what the provider calls this system")
	f.StringVar(&i.secretFile, "oidc-secret-file", "", "file with the client's secret; or the variable "+oidcSecret+"; none for a public client")
	f.StringVar(&i.claim, "oidc-claim", "", "claim of a token that lists groups, like groups; with --oidc-groups")
	f.StringVar(&i.groupsFile, "oidc-groups", "", `JSON file: what each group may do, {"网格科":["planner:main:A-12"]}`)
	f.StringSliceVar(&i.scopes, "oidc-scope", nil, "scopes to ask for besides openid and profile")
	f.DurationVar(&i.session, "oidc-session", rights.LinkedMost, "how long somebody of the provider's stays signed in at most; then the provider is asked again")
	f.StringVar(&i.baseURL, "public-url", "", "how browsers reach this server, like https://grid.example.gov.cn; the provider sends them back there")
}

// provider is the configuration of the gate; nil when there is no provider.
func (i identity) provider() (*auth.Identity, error) {
	if i.issuer == "" {
		if i.client != "" || i.secretFile != "" || i.claim != "" || i.groupsFile != "" {
			return nil, gridmap.Errorf(gridmap.Invalid, "--oidc-… 须与 --oidc-issuer 同用 (no issuer)")
		}
		return nil, nil //nolint:nilnil // none is no fault
	}
	p := auth.Identity{Issuer: i.issuer, ClientID: i.client, BaseURL: i.baseURL, Session: i.session, Claim: i.claim, Scopes: i.scopes, Secret: os.Getenv(oidcSecret)}
	if i.secretFile != "" {
		text, err := os.ReadFile(i.secretFile)
		if err != nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "--oidc-secret-file：读不到文件 (cannot be read): %w", err)
		}
		if p.Secret = strings.TrimSpace(string(text)); p.Secret == "" {
			return nil, gridmap.Errorf(gridmap.Invalid, "--oidc-secret-file %s 是空的 (the file is empty)", i.secretFile)
		}
	}
	if i.groupsFile != "" {
		text, err := os.ReadFile(i.groupsFile)
		if err == nil {
			err = json.Unmarshal(text, &p.Groups)
		}
		if err != nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "--oidc-groups %s 应为 {\"组\":[\"角色:网:网格\"]} (want JSON): %w", i.groupsFile, err)
		}
	}
	return &p, p.Check()
}

// sayGroups warns of grants of groups that say nothing in this map: a typing
// error, or a grid that was merged away, which must not keep a server from
// starting.
func sayGroups(log *slog.Logger, p *auth.Identity, names rights.Names) {
	if p == nil {
		return
	}
	for group, grants := range p.Groups {
		for _, text := range grants {
			if _, err := rights.ParseGrant(text, names); err != nil {
				log.Warn("a grant of a group says nothing", "group", group, "error", err)
			}
		}
	}
}

func newAccountLinkCmd(c *console, store *string) *cobra.Command {
	var issuer, subject string
	cmd := &cobra.Command{
		Use: "link NAME", Short: "say whom an account belongs to at the identity provider; without --subject: to nobody",
		Example: `  cloudgrid account link zhang --issuer https://id.example.gov.cn/realms/office --subject 7f3c…`, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, linked, detail := cmd.Context(), "", ""
			if subject != "" {
				if issuer == "" {
					return gridmap.Errorf(gridmap.Invalid, "请用 --issuer 写明由谁认证，与 serve --oidc-issuer 一字不差 (whose subject is it?)")
				}
				if err := auth.CheckSubject(subject); err != nil {
					return err
				}
				linked, detail = auth.SubjectOf(issuer, subject), fmt.Sprintf("%s sub %s", issuer, subject)
			}
			return withAccounts(ctx, *store, func(k *keptAccounts) error {
				a, err := k.change(ctx, args[0], "account_link", detail, func(a *gridmap.Account) { a.Subject = linked })
				if err == nil {
					err = k.EndSessions(ctx, a.ID)
				}
				if err != nil {
					return err
				}
				return sayPassword(c, k.shown(a), "已修改账号", "")
			})
		},
	}
	cmd.Flags().StringVar(&issuer, "issuer", "", "the provider, as in serve --oidc-issuer")
	cmd.Flags().StringVar(&subject, "subject", "", "what the provider calls the person (sub); the page that refuses them shows it, and the audit")
	return cmd
}
