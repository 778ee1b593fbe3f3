package postgis

import (
	"fmt"
	"net/url"
	"os"
	osexec "os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/storetest"
)

// startBouncer runs pgbouncer before the test server and returns the folder of
// its socket. mode is "transaction" or "session".
func startBouncer(t *testing.T, mode string, settings ...string) string {
	t.Helper()
	program, err := osexec.LookPath("pgbouncer")
	if err != nil {
		if program = "/usr/sbin/pgbouncer"; !exists(program) {
			t.Fatal("pgbouncer is needed: `make deps` installs it")
		}
	}
	behind, err := pgx.ParseConfig(newDSN(t))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp("", "cgpb") // short: a socket's name may have 107 bytes
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	ini := fmt.Sprintf(`[databases]
%s = host=%s port=%d user=%s pool_size=20
[pgbouncer]
listen_addr =
unix_socket_dir = %s
listen_port = 6432
auth_type = any
pool_mode = %s
max_client_conn = 500
default_pool_size = 40
logfile = %s/log
%s
`, behind.Database, behind.Host, behind.Port, behind.User, dir, mode, dir, strings.Join(settings, "\n"))
	if err := os.WriteFile(filepath.Join(dir, "ini"), []byte(ini), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := osexec.Command(program, "-q", filepath.Join(dir, "ini"))
	cmd.Dir = "/"
	if os.Geteuid() == 0 { // it refuses to be root
		borrowUser(t, cmd, dir)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if exists(filepath.Join(dir, ".s.PGSQL.6432")) {
			return dir
		}
	}
	log, _ := os.ReadFile(filepath.Join(dir, "log"))
	t.Fatalf("pgbouncer does not start: %s", log)
	return ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func borrowUser(t *testing.T, cmd *osexec.Cmd, dir string) {
	t.Helper()
	u, err := user.Lookup("postgres")
	if err != nil {
		t.Fatal(err)
	}
	uid, _ := strconv.Atoi(u.Uid)
	gid, _ := strconv.Atoi(u.Gid)
	if err := os.Chown(dir, uid, gid); err != nil {
		t.Fatal(err)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
}

// through is dsn by way of the pooler at dir.
func through(t *testing.T, dir, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("host", dir)
	q.Set("port", "6432")
	u.RawQuery = q.Encode()
	return u.String()
}

// TestAPoolerChangesNothingOfTheContract runs the contract through pgbouncer,
// which hands sessions out for a connection's life or for a transaction's.
func TestAPoolerChangesNothingOfTheContract(t *testing.T) {
	for name, how := range map[string]struct {
		mode     string
		direct   bool // there is an address past the pooler
		whole    bool // all of the contract, not only what several processes share
		settings []string
	}{
		"Session":                {mode: "session"},
		"Transaction":            {mode: "transaction", whole: true},
		"TransactionAndDirect":   {mode: "transaction", direct: true},
		"TransactionAndSwallows": {mode: "transaction", settings: []string{"ignore_startup_parameters = search_path, plan_cache_mode, synchronous_commit"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := startBouncer(t, how.mode, how.settings...)
			open := func(t *testing.T) gridmap.Store { return openThrough(t, dir, newDSN(t), how.mode, how.direct) }
			two := func(t *testing.T) (gridmap.Store, gridmap.Store) {
				dsn := newDSN(t)
				return openThrough(t, dir, dsn, how.mode, how.direct), openThrough(t, dir, dsn, how.mode, how.direct)
			}
			storetest.RunShared(t, two)
			if !how.whole && os.Getenv("CLOUDGRID_SLOW") == "" {
				return
			}
			storetest.Run(t, open)
			storetest.RunPlans(t, open)
			storetest.RunJournal(t, two)
			storetest.RunAccounts(t, two)
			storetest.RunReceipts(t, openThrough(t, dir, newDSN(t), how.mode, how.direct))
		})
	}
}

// openThrough opens the map of dsn through the pooler at dir. In transaction
// mode somebody else has made the schema.
func openThrough(t *testing.T, dir, dsn, mode string, direct bool) *Store {
	t.Helper()
	o := Options{}
	switch {
	case direct:
		o.Direct = dsn
	case mode == "transaction":
		s, err := Open(t.Context(), dsn, Options{})
		if err != nil {
			t.Fatal(err)
		}
		_ = s.Close()
		o.MustExist = true
	}
	s, err := Open(t.Context(), through(t, dir, dsn), o)
	if err != nil {
		t.Fatal(err)
	}
	if want := mode == "transaction"; !s.foot.pooled || s.foot.sharing != want {
		t.Errorf("found %+v behind pgbouncer in %s mode", s.foot, mode)
	}
	return s
}

func TestAPoolerThatSharesSessionsLeavesTheSchemaAlone(t *testing.T) {
	dir := startBouncer(t, "transaction")
	refuses(t, through(t, dir, newDSN(t)), Options{}, gridmap.Invalid, "--store-direct")
	refuses(t, through(t, dir, newDSN(t)), Options{MustExist: true}, gridmap.NotFound, "没有地图")
}
