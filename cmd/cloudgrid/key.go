package main

import (
	"crypto/rand"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// keyShown is an API key as it is printed; Key is its text, printed once.
type keyShown struct {
	ID        string    `json:"id"`
	Label     string    `json:"label"`
	Grants    []string  `json:"grants"`
	PerMinute int       `json:"per_minute"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	RevokedAt time.Time `json:"revoked_at,omitzero"`
	UsedAt    time.Time `json:"used_at,omitzero"`
	Key       string    `json:"key,omitempty"`
}

func shownKey(k gridmap.Key, names rights.Names) keyShown {
	return keyShown{
		ID: k.ID, Label: k.Label, Grants: grantTexts(k.Grants, names), PerMinute: k.PerMinute, CreatedBy: k.CreatedBy,
		CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, RevokedAt: k.RevokedAt, UsedAt: k.UsedAt,
	}
}

func newKeyCmd(c *console) *cobra.Command {
	var store string
	cmd := &cobra.Command{Use: "key", Short: "look after the API keys of programs"}
	cmd.PersistentFlags().StringVar(&store, "store", defaultStore, "where the map is kept: gpkg:FILE or postgres://USER@HOST/DATABASE")
	cmd.AddCommand(newKeyMakeCmd(c, &store), newKeyListCmd(c, &store), newKeyRevokeCmd(c, &store))
	return cmd
}

func newKeyMakeCmd(c *console, store *string) *cobra.Command {
	var label string
	var grants []string
	var days, perMinute int64
	cmd := &cobra.Command{
		Use: "make", Short: "make a key and print it, once",
		Long: `make prints a new API key. A program sends it as "Authorization: Bearer KEY" or
"X-API-Key: KEY", never in a URL. Only a hash of it is kept.`,
		Example: `  cloudgrid key make --label 随手拍 --grant app --days 365
  cloudgrid key make --label 巡查 --grant field:main:A-12 --per-minute 600 --json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return withAccounts(ctx, *store, func(k *keptAccounts) error {
				parsed, err := rights.ParseGrants(strings.Join(grants, " "), k.names)
				if err != nil {
					return err
				}
				text, made, err := auth.MakeKey(rand.Reader, label, parsed, days, perMinute, operator(), time.Now())
				if err != nil {
					return err
				}
				if err := k.note(ctx, "key_add", "key:"+made.ID, strings.Join(grants, " ")); err != nil {
					return err
				}
				if err := k.PutKey(ctx, made); err != nil {
					return err
				}
				shown := shownKey(made, k.names)
				shown.Key = text
				c.sayf("密钥（只显示这一次）：%s", text)
				return c.printJSON(shown)
			})
		},
	}
	cmd.Flags().StringVar(&label, "label", "", "what it is for: whose program")
	cmd.Flags().StringArrayVar(&grants, "grant", []string{"app"}, "ROLE[:NETWORK[:GRID]], any number of times")
	cmd.Flags().Int64Var(&days, "days", 365, "how long it lasts; 0 is for ever")
	cmd.Flags().Int64Var(&perMinute, "per-minute", 0, "requests a minute; 0 is the default")
	_ = cmd.MarkFlagRequired("label") // fails only for a flag that is not there
	return cmd
}

func newKeyListCmd(c *console, store *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "list the keys, the newest first", Example: `  cloudgrid key list`, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd.Context(), *store, func(k *keptAccounts) error {
				all, err := k.ListKeys(cmd.Context())
				if err != nil {
					return err
				}
				list := []keyShown{}
				for _, v := range all {
					shown := shownKey(v, k.names)
					list = append(list, shown)
					state := "可用"
					switch {
					case !v.RevokedAt.IsZero():
						state = "已吊销"
					case !v.ExpiresAt.IsZero() && time.Now().After(v.ExpiresAt):
						state = "已到期"
					}
					c.sayf("cg_%s_…  %s  %s  %s", v.ID, state, strings.Join(shown.Grants, " "), v.Label)
				}
				return c.printJSON(map[string]any{"keys": list})
			})
		},
	}
}

func newKeyRevokeCmd(c *console, store *string) *cobra.Command {
	return &cobra.Command{
		Use: "revoke ID", Short: "end a key, for ever", Example: `  cloudgrid key revoke abcdefghjkmn`, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return withAccounts(ctx, *store, func(k *keptAccounts) error {
				id := args[0]
				if whole, _, ok := rights.ParseKey(id); ok { // somebody pasted the key itself
					id = whole
				}
				v, err := k.Key(ctx, id)
				if err != nil {
					return err
				}
				if err := k.note(ctx, "key_revoke", "key:"+v.ID, ""); err != nil {
					return err
				}
				v.RevokedAt = time.Now()
				if err := k.PutKey(ctx, v); err != nil {
					return err
				}
				c.sayf("已吊销密钥 %s", v.ID)
				return c.printJSON(shownKey(v, k.names))
			})
		},
	}
}
