package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/web/auth"
)

// keptAccounts is a store with accounts, opened for a command.
type keptAccounts struct {
	gridmap.Accounts
	store   gridmap.Store
	journal gridmap.Journal
	names   rights.Names
	fault   error // of names
}

// withAccounts opens a store for a command about accounts.
func withAccounts(ctx context.Context, where string, fn func(*keptAccounts) error) (err error) {
	s, err := openStore(ctx, where, storeWrite)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	k := &keptAccounts{store: s}
	var ok, ok2 bool
	k.Accounts, ok = s.(gridmap.Accounts)
	k.journal, ok2 = s.(gridmap.Journal)
	if !ok || !ok2 {
		return gridmap.Errorf(gridmap.Invalid, "此存储不保存账号 (this store keeps no accounts)")
	}
	if k.names, err = namesIn(ctx, s, &k.fault); err != nil {
		return err
	}
	return errors.Join(fn(k), k.fault)
}

// operator is who runs a command, for the audit.
func operator() string {
	if u, err := user.Current(); err == nil && u.Username != "" {
		return "cli:" + u.Username
	}
	return "cli"
}

// note audits a change before it is made.
func (k *keptAccounts) note(ctx context.Context, action, thing, detail string) error {
	return k.journal.AppendAudit(ctx, gridmap.AuditEntry{At: time.Now(), Actor: operator(), Action: action, Thing: thing, Detail: detail})
}

// accountShown is an account as it is printed.
type accountShown struct {
	ID       int64    `json:"id"`
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Grants   []string `json:"grants"`
	Disabled bool     `json:"disabled"`
	Locked   bool     `json:"locked"`
	Password string   `json:"initial_password,omitempty"`
}

func (k *keptAccounts) shown(a gridmap.Account) accountShown {
	return accountShown{
		ID: int64(a.ID), Name: a.Name, Title: a.Title, Grants: grantTexts(a.Grants, k.names), Disabled: a.Disabled, Locked: time.Now().Before(a.LockedTill),
	}
}

func newAccountCmd(c *console) *cobra.Command {
	var store string
	cmd := &cobra.Command{Use: "account", Short: "look after the accounts of people who sign in"}
	cmd.PersistentFlags().StringVar(&store, "store", defaultStore, "where the map is kept: gpkg:FILE or postgres://USER@HOST/DATABASE")
	cmd.AddCommand(newAccountAddCmd(c, &store), newAccountListCmd(c, &store), newAccountGrantCmd(c, &store))
	cmd.AddCommand(newAccountPasswordCmd(c, &store), newAccountLinkCmd(c, &store))
	for _, do := range []struct {
		name, short string
		change      func(*gridmap.Account)
	}{
		{"disable", "let somebody in no more; their sessions end", func(a *gridmap.Account) { a.Disabled = true }},
		{"enable", "let somebody in again", func(a *gridmap.Account) { a.Disabled = false }},
		{"unlock", "end a lock after wrong passwords", func(a *gridmap.Account) { a.Failures, a.LockedTill = 0, time.Time{} }},
	} {
		cmd.AddCommand(newAccountChangeCmd(c, &store, do.name, do.short, do.change))
	}
	return cmd
}

func newAccountAddCmd(c *console, store *string) *cobra.Command {
	var title string
	var grants []string
	var fromInput bool
	cmd := &cobra.Command{
		Use:   "add NAME",
		Short: "make an account and print its first password",
		Long: `add makes an account. A grant is ROLE, ROLE:NETWORK or ROLE:NETWORK:GRID with
the codes of a network and a grid: the role holds there and below. The roles
are app, field, planner, approver and admin.`,
		Example: `  cloudgrid account add zhang --title 张三（规划科） --grant planner:main:A-12
  cloudgrid account add boss --grant admin --password-stdin < password.txt`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return withAccounts(ctx, *store, func(k *keptAccounts) error {
				now := time.Now()
				a := gridmap.Account{Name: rights.AccountName(args[0]), Title: title, CreatedAt: now, ChangedAt: now}
				var err error
				if a.Grants, err = rights.ParseGrants(strings.Join(grants, " "), k.names); err != nil {
					return err
				}
				if err := errors.Join(a.Check(), auth.CheckOwnName(a.Name)); err != nil {
					return err
				}
				password, made, err := newPassword(c, fromInput, a.Name)
				if err != nil {
					return err
				}
				if a.Password, err = auth.HashNew(rand.Reader, password, rights.DefaultCost()); err != nil {
					return err
				}
				if err := k.note(ctx, "account_add", "account:"+a.Name, strings.Join(grants, " ")); err != nil {
					return err
				}
				if a, err = k.PutAccount(ctx, a); err != nil {
					return err
				}
				return sayPassword(c, k.shown(a), "已建立账号", made)
			})
		},
	}
	cmd.Flags().StringVar(&title, "title", "", "name as shown to others")
	cmd.Flags().StringArrayVar(&grants, "grant", nil, "ROLE[:NETWORK[:GRID]], any number of times")
	cmd.Flags().BoolVar(&fromInput, "password-stdin", false, "read the password from standard input instead of making one")
	return cmd
}

// newPassword reads a password from the first line of standard input, or makes
// one, which is then to be printed.
func newPassword(c *console, fromInput bool, name string) (password, made string, err error) {
	if !fromInput {
		text := strings.ToLower(rand.Text()) // 130 bits
		return text, text, nil
	}
	line, err := bufio.NewReader(io.LimitReader(c.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", "", err
	}
	password = strings.TrimRight(line, "\r\n")
	return password, "", rights.CheckPassword(password, name)
}

func sayPassword(c *console, shown accountShown, done, made string) error {
	if shown.Password = made; made != "" {
		c.sayf("%s %s，初始口令（只显示这一次，请登录后修改）：%s", done, shown.Name, made)
	} else {
		c.sayf("%s %s", done, shown.Name)
	}
	return c.printJSON(shown)
}

func newAccountListCmd(c *console, store *string) *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "list the accounts", Example: `  cloudgrid account list --json`, Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withAccounts(cmd.Context(), *store, func(k *keptAccounts) error {
				all, err := k.ListAccounts(cmd.Context())
				if err != nil {
					return err
				}
				list := []accountShown{}
				for _, a := range all {
					v := k.shown(a)
					list = append(list, v)
					state := ""
					if v.Disabled {
						state = "已停用"
					} else if v.Locked {
						state = "锁定中"
					}
					c.sayf("%-16s %-20s %s %s", v.Name, v.Title, strings.Join(v.Grants, " "), state)
				}
				return c.printJSON(map[string]any{"accounts": list})
			})
		},
	}
}

func newAccountGrantCmd(c *console, store *string) *cobra.Command {
	return &cobra.Command{
		Use: "grant NAME [GRANT…]", Short: "replace what an account may do; without grants: nothing",
		Example: `  cloudgrid account grant zhang planner:main:A-12 field:main`, Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return withAccounts(ctx, *store, func(k *keptAccounts) error {
				grants, err := rights.ParseGrants(strings.Join(args[1:], " "), k.names)
				if err != nil {
					return err
				}
				a, err := k.change(ctx, args[0], "account_grants", strings.Join(args[1:], " "), func(a *gridmap.Account) { a.Grants = grants })
				if err != nil {
					return err
				}
				return sayPassword(c, k.shown(a), "已修改权限", "")
			})
		},
	}
}

func newAccountPasswordCmd(c *console, store *string) *cobra.Command {
	var fromInput bool
	cmd := &cobra.Command{
		Use: "password NAME", Short: "give an account a new password; its sessions end",
		Example: `  cloudgrid account password zhang`, Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return withAccounts(ctx, *store, func(k *keptAccounts) error {
				password, made, err := newPassword(c, fromInput, rights.AccountName(args[0]))
				if err != nil {
					return err
				}
				encoded, err := auth.HashNew(rand.Reader, password, rights.DefaultCost())
				if err != nil {
					return err
				}
				a, err := k.change(ctx, args[0], "account_reset", "", func(a *gridmap.Account) {
					a.Password, a.Failures, a.LockedTill = encoded, 0, time.Time{}
				})
				if err == nil {
					err = k.EndSessions(ctx, a.ID)
				}
				if err != nil {
					return err
				}
				return sayPassword(c, k.shown(a), "已重置口令", made)
			})
		},
	}
	cmd.Flags().BoolVar(&fromInput, "password-stdin", false, "read the password from standard input instead of making one")
	return cmd
}

func newAccountChangeCmd(c *console, store *string, name, short string, change func(*gridmap.Account)) *cobra.Command {
	return &cobra.Command{
		Use: name + " NAME", Short: short, Example: fmt.Sprintf("  cloudgrid account %s zhang", name), Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			return withAccounts(ctx, *store, func(k *keptAccounts) error {
				a, err := k.change(ctx, args[0], "account_"+name, "", change)
				if err == nil && a.Disabled {
					err = k.EndSessions(ctx, a.ID)
				}
				if err != nil {
					return err
				}
				return sayPassword(c, k.shown(a), "已修改账号", "")
			})
		},
	}
}

// change changes the account of a name, again when somebody else did meanwhile.
func (k *keptAccounts) change(ctx context.Context, name, action, detail string, fn func(*gridmap.Account)) (gridmap.Account, error) {
	a, err := k.AccountNamed(ctx, rights.AccountName(name))
	if err != nil {
		return a, err
	}
	if err := k.note(ctx, action, fmt.Sprintf("account:%d", a.ID), detail); err != nil {
		return a, err
	}
	for range 10 {
		fn(&a)
		a.ChangedAt = time.Now()
		kept, err := k.PutAccount(ctx, a)
		if gridmap.CodeOf(err) != gridmap.Conflict {
			return kept, err
		}
		if a, err = k.Account(ctx, a.ID); err != nil {
			return a, err
		}
	}
	return a, gridmap.Errorf(gridmap.Conflict, "账号正被别人修改，请再试 (somebody else keeps changing the account)")
}

// outFile opens the file that a command writes to; "" is standard output.
func outFile(c *console, path string) (io.Writer, func() error, error) {
	if path == "" {
		return c.out, func() error { return nil }, nil
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, nil, gridmap.Errorf(gridmap.Invalid, "不能新建文件 %s (cannot make the file): %w", path, err)
	}
	return f, f.Close, nil
}
