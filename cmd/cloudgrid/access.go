package main

import (
	"context"
	"crypto/tls"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/web"
	"cloudgrid/web/auth"
)

// access says who can reach a server and how they are told apart. The zero
// access is that of one machine, as --accounts auto has it.
type access struct {
	accounts          string // "auto" (or ""), "on", "off"
	proxies           []string
	cert, key         string
	perMinute         int // of an address that has not signed in; 0 is the default
	logFormat, logMin string
	importDir         string     // where files that people import wait; "" is among the temporary ones
	scope             string     // counties that are served; "" is everything
	webhooks          string     // file that lists whom to tell of changes; "" is nobody
	drain             *web.Drain // told when the server is about to end; nil: it never says
	identity          identity   // where people may sign in who have an account elsewhere
}

// accessFlags adds the flags of an access to a command.
func accessFlags(cmd *cobra.Command, a *access) {
	f := cmd.Flags()
	f.StringVar(&a.accounts, "accounts", "auto", "auto: people sign in when other machines can reach the server or there are accounts; on; off")
	f.StringSliceVar(&a.proxies, "trust-proxy", nil, "networks whose X-Forwarded-* headers are believed, like 10.0.0.5 or 10.0.0.0/8")
	f.StringVar(&a.cert, "tls-cert", "", "certificate file (PEM, with its chain): serve over TLS; read again when it changes")
	f.StringVar(&a.key, "tls-key", "", "key file of the certificate (PEM)")
	f.IntVar(&a.perMinute, "rate", 0, "requests a minute from an address that has not signed in (0: 12000; -1: no bound)")
	identityFlags(cmd, &a.identity)
	f.StringVar(&a.webhooks, "webhooks", "", "JSON file that lists addresses to tell of changes; see docs/api.md")
	f.StringVar(&a.importDir, "import-dir", "", "private folder where files that people import wait (default: among the temporary files)")
	f.StringVar(&a.logFormat, "log-format", "text", "log as text or json")
	f.StringVar(&a.logMin, "log-level", "info", "debug (every request), info, warn or error")
}

// logger writes to the console as the flags say.
func (a access) logger(c *console) (*slog.Logger, error) {
	var level slog.Level
	if a.logMin != "" {
		if err := level.UnmarshalText([]byte(a.logMin)); err != nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "--log-level %q 应为 debug、info、warn 或 error (unknown level)", a.logMin)
		}
	}
	options := &slog.HandlerOptions{Level: level}
	switch a.logFormat {
	case "", "text":
		return slog.New(slog.NewTextHandler(c.err, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(c.err, options)), nil
	}
	return nil, gridmap.Errorf(gridmap.Invalid, "--log-format %q 应为 text 或 json (unknown format)", a.logFormat)
}

// onlyHere tells whether nobody but the people of this machine can reach addr.
func (a access) onlyHere(addr net.Addr) bool {
	tcp, ok := addr.(*net.TCPAddr)
	return ok && tcp.IP.IsLoopback() && len(a.proxies) == 0
}

// mode decides how people are told apart.
func (a access) mode(ctx context.Context, kept gridmap.Accounts, addr net.Addr) (auth.Mode, error) {
	without := auth.Nobody
	if a.onlyHere(addr) {
		without = auth.Local
	}
	switch a.accounts {
	case "off":
		return without, nil
	case "on":
		if kept == nil {
			return 0, gridmap.Errorf(gridmap.Invalid, "此存储不保存账号 (this store keeps no accounts)")
		}
		return auth.Accounts, nil
	case "", "auto":
	default:
		return 0, gridmap.Errorf(gridmap.Invalid, "--accounts %q 应为 auto、on 或 off", a.accounts)
	}
	if kept == nil {
		return without, nil
	}
	if without == auth.Local {
		all, err := kept.ListAccounts(ctx)
		if err != nil || len(all) == 0 {
			return auth.Local, err
		}
	}
	return auth.Accounts, nil
}

// gate makes the gate of a server over s.
func (a access) gate(ctx context.Context, s gridmap.Store, maps *atlas.Keeper, addr net.Addr, log *slog.Logger) (*auth.Gate, error) {
	kept, _ := s.(gridmap.Accounts)
	journal, _ := s.(gridmap.Journal)
	mode, err := a.mode(ctx, kept, addr)
	if err != nil {
		return nil, err
	}
	proxies, err := auth.TrustedNetworks(a.proxies)
	if err != nil {
		return nil, err
	}
	rates := auth.DefaultRates()
	if a.perMinute != 0 {
		rates.Address = a.perMinute
	}
	provider, err := a.identity.provider()
	if err != nil {
		return nil, err
	}
	sayGroups(log, provider, auth.Names{Atlas: maps.Current()})
	const slowest = 300 * time.Millisecond
	return auth.New(auth.Config{
		Mode: mode, Accounts: kept, Journal: journal, Head: auditHead(s), Maps: maps, Rules: web.Rules(), Rates: rates,
		Secure: a.cert != "", Proxies: proxies, Log: log, Slowest: slowest, Identity: provider,
	}), nil
}

// auditHead tells the last line of the audit of a store; the zero line when it
// cannot say.
func auditHead(s gridmap.Store) func(context.Context) (gridmap.AuditEntry, error) {
	return func(ctx context.Context) (last gridmap.AuditEntry, err error) {
		return last, s.View(ctx, func(r gridmap.Reader) (err error) {
			if archive, ok := r.(gridmap.Archive); ok {
				last, err = archive.LastAudit(ctx)
			}
			return err
		})
	}
}

// tls returns the configuration of a server with a certificate; nil without.
func (a access) tls() (*tls.Config, error) {
	if a.cert == "" && a.key == "" {
		return nil, nil //nolint:nilnil // plain HTTP is no error
	}
	if a.cert == "" || a.key == "" {
		return nil, gridmap.Errorf(gridmap.Invalid, "--tls-cert 与 --tls-key 须同时给出 (both or neither)")
	}
	c := &certificate{certFile: a.cert, keyFile: a.key}
	if _, err := c.current(nil); err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "证书不能用 (the certificate cannot be used): %w", err)
	}
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.current}, nil
}

// certificate reads its files again when they have changed, so that a renewed
// one is used without a restart.
type certificate struct {
	certFile, keyFile string

	mu      sync.Mutex
	have    *tls.Certificate
	changed time.Time // of the file that have was read from
	looked  time.Time
}

// lookEvery is how often the file is looked at.
const lookEvery = 30 * time.Second

func (c *certificate) current(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	if c.have != nil && now.Sub(c.looked) < lookEvery {
		return c.have, nil
	}
	c.looked = now
	info, err := os.Stat(c.certFile)
	if err == nil && c.have != nil && info.ModTime().Equal(c.changed) {
		return c.have, nil
	}
	fresh, err := tls.LoadX509KeyPair(c.certFile, c.keyFile)
	if err != nil {
		if c.have != nil { // half written, perhaps: the old one goes on
			return c.have, nil
		}
		return nil, err
	}
	if c.have = &fresh; info != nil {
		c.changed = info.ModTime()
	}
	return c.have, nil
}

// sayReach says who can reach the server and how to get in.
func (a access) sayReach(ctx context.Context, c *console, gate *auth.Gate, addr net.Addr) error {
	base := a.baseURL(addr)
	switch gate.Mode {
	case auth.Local:
		c.sayf("仅本机可访问，不需登录：能连上的人都能查看和修改全部内容；对外服务请用 --addr，届时须登录 (this machine only, no sign-in)")
	case auth.Nobody:
		c.sayf("注意：正在 %s 上对外提供服务，没有账号：只供查询，不能修改 (reachable from other machines, read-only)", addr)
	case auth.Accounts:
		c.sayf("登录 sign in: %s/sign-in", base)
		if a.cert == "" && len(a.proxies) == 0 && !a.onlyHere(addr) {
			c.sayf("注意：没有启用 TLS，口令会以明文经过网络；请用 --tls-cert 与 --tls-key，或放在代理之后并用 --trust-proxy (passwords cross the network in clear)")
		}
	}
	path, err := gate.SetupPath(ctx)
	if err == nil && path != "" {
		c.sayf("还没有管理员。一次性链接（用后即废，勿转发；重启后更换） one-time admin link: %s%s", base, path)
	}
	return err
}

// baseURL is how a person reaches addr from elsewhere, as well as can be known.
func (a access) baseURL(addr net.Addr) string {
	scheme := "http://"
	if a.cert != "" {
		scheme = "https://"
	}
	tcp, ok := addr.(*net.TCPAddr)
	if !ok || !tcp.IP.IsUnspecified() {
		return scheme + addr.String()
	}
	host, err := os.Hostname()
	if err != nil {
		host = "localhost"
	}
	_, port, _ := net.SplitHostPort(addr.String())
	return scheme + net.JoinHostPort(host, port)
}
