package postgis

import (
	"context"
	"fmt"
	"net"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"cloudgrid/gridmap"
)

// line stands between a store and its server and can go silent: it takes what
// it is given, and new connections, and passes nothing on.
type line struct {
	net.Listener
	behind string // the server's socket

	mu     sync.Mutex
	silent chan struct{} // closed while it passes on
}

func newLine(t *testing.T, dsn string) (*line, string) {
	t.Helper()
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	open := make(chan struct{})
	close(open)
	between := &line{Listener: l, behind: filepath.Join(c.Host, fmt.Sprintf(".s.PGSQL.%d", c.Port)), silent: open}
	go between.serve()
	t.Cleanup(func() { _ = l.Close() })
	return between, fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable&search_path=%s", c.User, l.Addr(), c.Database, c.RuntimeParams["search_path"])
}

func (l *line) serve() {
	for {
		front, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			back, err := net.Dial("unix", l.behind)
			if err != nil {
				_ = front.Close()
				return
			}
			go l.pass(back, front)
			l.pass(front, back)
		}()
	}
}

func (l *line) pass(to, from net.Conn) {
	defer func() { _, _ = to.Close(), from.Close() }()
	for b := make([]byte, 64<<10); ; {
		n, err := from.Read(b)
		l.mu.Lock()
		open := l.silent
		l.mu.Unlock()
		<-open
		if _, werr := to.Write(b[:n]); err != nil || werr != nil {
			return
		}
	}
}

// hush makes the line silent; the returned function has it go on.
func (l *line) hush() (speak func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	open := make(chan struct{})
	l.silent = open
	return sync.OnceFunc(func() { close(open) })
}

func TestAServerThatFallsSilentIsUnavailableAndIsHeardAgain(t *testing.T) {
	between, dsn := newLine(t, newDSN(t))
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	if err := addOne(t, s); err != nil {
		t.Fatal(err)
	}
	s.patience = 300 * time.Millisecond // from here on nothing is to be answered
	speak := between.hush()
	defer speak()
	read := func() error {
		return s.View(t.Context(), func(r gridmap.Reader) error { _, err := r.Settings(t.Context()); return err })
	}
	for name, do := range map[string]func() error{
		"a read":   read,
		"a write":  func() error { return addOne(t, s) },
		"a lookup": func() error { _, err := s.Plan(t.Context(), 1); return err },
	} {
		if err := do(); gridmap.CodeOf(err) != gridmap.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
	speak()
	for end := time.Now().Add(time.Minute); read() != nil || addOne(t, s) != nil; {
		if time.Now().After(end) {
			t.Fatal("it is not heard again")
		}
	}
}

func TestAWriteUnderWayWhenItsServerFallsSilentIsGivenUp(t *testing.T) {
	between, dsn := newLine(t, newDSN(t))
	s, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	s.patience = time.Second // in which the write must have begun
	speak := func() {}
	defer func() { speak() }()
	_, err = s.Update(t.Context(), gridmap.Commit{At: time.Unix(1e9, 0)}, func(w gridmap.Writer) error {
		speak = between.hush()
		return w.PutPersons(t.Context(), gridmap.Person{ID: 5, Name: "不会有"})
	})
	if gridmap.CodeOf(err) != gridmap.Unavailable {
		t.Errorf("got %v", err)
	}
}

func TestAStatementThatTakesLongIsWaitedFor(t *testing.T) {
	s := openNew(t)
	defer func() { _ = s.Close() }()
	s.patience = time.Second // in which a busy machine opens a connection
	tx, err := s.begin(context.Background(), readTx)
	if err != nil {
		t.Fatal(err)
	}
	defer rollback(t.Context(), tx)
	if _, err := tx.Exec(t.Context(), "SELECT pg_sleep(2.5)"); err != nil {
		t.Error(err)
	}
}
