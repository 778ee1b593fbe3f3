// Package cluster runs throwaway PostgreSQL servers with PostGIS, to be stopped,
// killed and promoted by tests. Each lives in a folder of its own and listens on
// a private Unix socket there and, when asked, on 127.0.0.1.
package cluster

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The database and the role of every cluster. The role may do everything and
// needs no password: only the owner of the folder reaches the socket.
const (
	Database = "cloudgrid"
	Role     = "cloudgrid"
)

// Options say what a cluster is like. The zero Options are durable and listen
// on the socket only.
type Options struct {
	Dir      string            // made when it is missing; "" is a new temporary one. Short: a socket's name has at most 107 bytes
	Port     int               // also on 127.0.0.1:Port; 0 is on the socket only
	Fast     bool              // no fsync: whoever pulls the plug loses data
	Settings map[string]string // more of postgresql.conf
}

// Cluster is a PostgreSQL server.
type Cluster struct {
	Dir      string
	Standing bool // made from another one, as a hot standby
	port     int
	bin      string
	own      bool // Dir is removed by Remove
}

// Modes in which a server stops; see pg_ctl.
const (
	Smart     = "smart"
	Fast      = "fast"
	Immediate = "immediate"
)

// Start makes a cluster, starts it and creates the database with its extensions.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	c, err := prepare(o)
	if err != nil {
		return nil, err
	}
	if err := c.make(ctx, o); err != nil {
		return nil, errors.Join(err, c.Remove())
	}
	return c, nil
}

func (c *Cluster) make(ctx context.Context, o Options) error {
	if _, err := c.as(ctx, "initdb", "-D", c.data(), "-U", Role, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"); err != nil {
		return err
	}
	if err := c.configure(o); err != nil {
		return err
	}
	if err := c.Run(ctx); err != nil {
		return err
	}
	if _, err := c.as(ctx, "createdb", "-h", c.Dir, "-p", c.portText(), "-U", Role, Database); err != nil {
		return err
	}
	for _, extension := range []string{"postgis", "btree_gist"} {
		if err := c.SQL(ctx, "CREATE EXTENSION "+extension); err != nil {
			return err
		}
	}
	return nil
}

// prepare finds the server's programs and makes the folder.
func prepare(o Options) (*Cluster, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	c := &Cluster{Dir: o.Dir, port: o.Port, bin: bin}
	if c.port == 0 {
		c.port = 5432 // names the socket only
	}
	if c.Dir == "" {
		if c.Dir, err = os.MkdirTemp("", "cgpg"); err != nil {
			return nil, err
		}
		c.own = true
	} else if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return nil, err
	}
	return c, c.give()
}

// configure writes the settings that a cluster keeps over restarts.
func (c *Cluster) configure(o Options) error {
	settings := map[string]string{
		"unix_socket_directories": c.Dir, "port": c.portText(), "listen_addresses": "",
		"max_connections": "200", "shared_buffers": "128MB", "wal_level": "replica", "max_wal_senders": "8", "hot_standby": "on",
		"wal_retrieve_retry_interval": "200ms", "logging_collector": "off",
	}
	if o.Port != 0 {
		settings["listen_addresses"] = "127.0.0.1"
	}
	if o.Fast {
		settings["fsync"], settings["full_page_writes"] = "off", "off"
	}
	for k, v := range o.Settings {
		settings[k] = v
	}
	names := make([]string, 0, len(settings))
	for k := range settings {
		names = append(names, k)
	}
	sort.Strings(names)
	f, err := os.OpenFile(filepath.Join(c.data(), "postgresql.conf"), os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	for _, k := range names {
		fmt.Fprintf(f, "%s = '%s'\n", k, strings.ReplaceAll(settings[k], "'", "''"))
	}
	return f.Close()
}

// Standby makes a hot standby of c that streams from it, and starts it. Its
// application_name is its port's, for synchronous_standby_names.
func (c *Cluster) Standby(ctx context.Context, o Options) (*Cluster, error) {
	s, err := prepare(o)
	if err != nil {
		return nil, err
	}
	s.Standing = true
	if err := s.follow(ctx, c, o); err != nil {
		return nil, errors.Join(err, s.Remove())
	}
	return s, nil
}

func (c *Cluster) follow(ctx context.Context, primary *Cluster, o Options) error {
	from := fmt.Sprintf("host=%s port=%d user=%s application_name=%s", primary.Dir, primary.port, Role, c.Name())
	if _, err := c.as(ctx, "pg_basebackup", "-D", c.data(), "-d", from, "-R", "-X", "stream", "-c", "fast", "--no-sync"); err != nil {
		return err
	}
	if err := c.configure(o); err != nil {
		return err
	}
	return c.Run(ctx)
}

// Name is what a standby calls itself to its primary.
func (c *Cluster) Name() string {
	return "s" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(filepath.Base(c.Dir)))
}

// Run starts a server that stands, and waits until it answers.
func (c *Cluster) Run(ctx context.Context) error {
	_, err := c.as(ctx, "pg_ctl", "-D", c.data(), "-w", "-t", "60", "-l", filepath.Join(c.data(), "server.log"), "start")
	if err != nil {
		return fmt.Errorf("%w\n%s", err, c.Log(20))
	}
	return nil
}

// Stop ends the server in one of the modes and waits for it.
func (c *Cluster) Stop(ctx context.Context, mode string) error {
	_, err := c.as(ctx, "pg_ctl", "-D", c.data(), "-w", "-t", "60", "-m", mode, "stop")
	return err
}

// Restart stops the server at once and starts it.
func (c *Cluster) Restart(ctx context.Context) error {
	if err := c.Stop(ctx, Fast); err != nil {
		return err
	}
	return c.Run(ctx)
}

// Kill ends the postmaster and all its children with SIGKILL, as the kernel
// would. The server can Run again and then recovers.
func (c *Cluster) Kill() error {
	pid, err := c.pid()
	if err != nil {
		return err
	}
	children := childrenOf(pid)
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		return err
	}
	for _, child := range children {
		syscall.Kill(child, syscall.SIGKILL) //nolint:errcheck // many end by themselves
	}
	for _, p := range append(children, pid) {
		for range 500 {
			if syscall.Kill(p, 0) != nil {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	return os.Remove(filepath.Join(c.data(), "postmaster.pid"))
}

// KillConnections ends every client connection; clients may come again.
func (c *Cluster) KillConnections(ctx context.Context) error {
	return c.SQL(ctx, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()")
}

// Promote makes a standby a primary and waits until it takes writes.
func (c *Cluster) Promote(ctx context.Context) error {
	_, err := c.as(ctx, "pg_ctl", "-D", c.data(), "-w", "-t", "60", "promote")
	return err
}

// SQL runs statements and forgets what they return.
func (c *Cluster) SQL(ctx context.Context, statement string) error {
	_, err := c.Query(ctx, statement)
	return err
}

// Query runs a statement and returns its rows, columns parted by "|".
func (c *Cluster) Query(ctx context.Context, statement string) (string, error) {
	out, err := c.as(ctx, "psql", "-h", c.Dir, "-p", c.portText(), "-U", Role, "-d", Database, "-v", "ON_ERROR_STOP=1", "-qAtc", statement)
	return strings.TrimSpace(string(out)), err
}

// DSN is how a client of this machine connects.
func (c *Cluster) DSN() string {
	q := url.Values{"host": {c.Dir}, "port": {c.portText()}, "user": {Role}}
	return "postgres:///" + Database + "?" + q.Encode()
}

// Remove stops the server, however it stands, and removes a folder that Start made.
func (c *Cluster) Remove() error {
	if _, err := c.pid(); err == nil {
		if err := c.Stop(context.Background(), Immediate); err != nil {
			return err
		}
	}
	if !c.own {
		return os.RemoveAll(c.data())
	}
	return os.RemoveAll(c.Dir)
}

// Log returns the last lines of the server's log.
func (c *Cluster) Log(lines int) string {
	text, err := os.ReadFile(filepath.Join(c.data(), "server.log"))
	if err != nil {
		return ""
	}
	all := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

func (c *Cluster) data() string     { return filepath.Join(c.Dir, "data") }
func (c *Cluster) portText() string { return strconv.Itoa(c.port) }

// pid reads the process of the server; an error when there is none.
func (c *Cluster) pid() (int, error) {
	text, err := os.ReadFile(filepath.Join(c.data(), "postmaster.pid"))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	return strconv.Atoi(strings.TrimSpace(first))
}

// owner is the user that servers run as when root asks: they refuse to be root.
const owner = "postgres"

// as runs one of the server's programs as the cluster's user.
func (c *Cluster) as(ctx context.Context, program string, args ...string) ([]byte, error) {
	argv := append([]string{filepath.Join(c.bin, program)}, args...)
	if os.Geteuid() == 0 {
		argv = append([]string{"runuser", "-u", owner, "--"}, argv...)
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = "/"
	// The output goes to a file: a server inherits it, and a pipe would never end.
	out, err := os.CreateTemp("", "cgpg")
	if err != nil {
		return nil, err
	}
	defer os.Remove(out.Name()) //nolint:errcheck // a temporary file
	defer out.Close()           //nolint:errcheck // read back below
	cmd.Stdout, cmd.Stderr = out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // an interrupt is for us, not for the server
	failed := cmd.Run()
	text, err := os.ReadFile(out.Name())
	if failed != nil {
		return nil, fmt.Errorf("%s: %w: %s", program, failed, strings.TrimSpace(string(text)))
	}
	return text, err
}

// give hands the folder to the cluster's user.
func (c *Cluster) give() error {
	if os.Geteuid() != 0 {
		return nil
	}
	u, err := user.Lookup(owner)
	if err != nil {
		return err
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	return os.Chown(c.Dir, uid, gid)
}

// programs finds the folder of the newest server, wherever the system keeps it.
func programs() (string, error) {
	var found []string
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin/initdb", "/usr/pgsql-*/bin/initdb"} {
		some, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		found = append(found, some...)
	}
	if len(found) > 0 {
		sort.Strings(found)
		return filepath.Dir(found[len(found)-1]), nil
	}
	path, err := exec.LookPath("initdb")
	if err != nil {
		return "", errors.New("no PostgreSQL server found: `make deps` installs one")
	}
	return filepath.Dir(path), nil
}

// childrenOf lists the processes whose parent is pid.
func childrenOf(pid int) []int {
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	var children []int
	for _, path := range stats {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		// pid (name) state parent …; a name may hold anything, the last ")" ends it.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			child, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
			if err == nil {
				children = append(children, child)
			}
		}
	}
	return children
}
