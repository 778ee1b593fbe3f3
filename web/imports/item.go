package imports

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/ingest"
	"cloudgrid/gridmap/intake"
)

// The states of an import.
const (
	stateReceiving = "receiving" // the file is coming in
	stateReady     = "ready"     // there is a file; nothing is known of what it would do
	stateQueued    = "queued"    // a check or import waits for others'
	stateChecking  = "checking"  // a dry run
	stateChecked   = "checked"   // there is a report
	stateImporting = "importing" // the map is being changed
	stateDone      = "done"      // it was
)

// checked is the outcome of a check.
type checked struct {
	n           int // the first check of an import is 1
	choice      intake.Choice
	fingerprint string
	refusal     string // why it cannot be accepted; "" when it can
	report      *ingest.Report
	findings    int // of the report, before it was cut
	kinds       []importKind
	outlines    importDrawn
}

// done is what was written.
type done struct {
	edition, seq int64
	at           time.Time
}

// item is one import.
type item struct {
	id, owner, dir string
	files          []string // names within dir; the first is the one to open
	bytes          int64
	at             time.Time

	mu       sync.Mutex
	used     time.Time
	state    string
	stage    string
	progress [2]int // done, total; total 0 is unknown
	fault    string // why the last job failed
	checks   int
	check    *checked
	done     *done
	cancel   context.CancelFunc // of the job; nil when none runs
	ended    chan struct{}      // closes when the job has ended
	news     chan struct{}      // closes at the next change
}

func newItem(id, owner, dir string, now time.Time) *item {
	return &item{id: id, owner: owner, dir: dir, at: now, used: now, state: stateReceiving, news: make(chan struct{})}
}

func errReceiving() error {
	return gridmap.Errorf(gridmap.Conflict, "文件还在上传 (the file is still coming in)")
}

// path is the file to open; Conflict while it is coming in.
func (it *item) path() (string, error) {
	it.mu.Lock()
	defer it.mu.Unlock()
	if it.state == stateReceiving {
		return "", errReceiving()
	}
	return filepath.Join(it.dir, it.files[0]), nil
}

func (it *item) touch(now time.Time) {
	it.mu.Lock()
	defer it.mu.Unlock()
	it.used = now
}

// idleSince tells for how long nobody has asked; zero while something runs.
func (it *item) idleSince(now time.Time) time.Duration {
	it.mu.Lock()
	defer it.mu.Unlock()
	if it.cancel != nil {
		return 0
	}
	return now.Sub(it.used)
}

// tell lets those who follow look again; call with the lock held.
func (it *item) tell() {
	close(it.news)
	it.news = make(chan struct{})
}

// step is an ingest.Options.Progress. Stages are told at once; within a stage
// followers look by themselves.
func (it *item) step(stage string, n, total int) {
	it.mu.Lock()
	defer it.mu.Unlock()
	it.progress = [2]int{n, total}
	if it.stage != stage {
		it.stage = stage
		it.tell()
	}
}

// start runs a job. One at a time: the error is Conflict while another runs.
// The job outlives the request that started it; when it fails the import is
// back in the state before, with the reason. slots bounds the jobs of all.
func (it *item) start(ctx context.Context, state string, slots chan struct{}, job func(context.Context) error) error {
	it.mu.Lock()
	defer it.mu.Unlock()
	if it.cancel != nil {
		return gridmap.Errorf(gridmap.Conflict, "正在检查或导入，请等它结束或先取消 (it is being checked or imported: wait, or cancel)")
	}
	if it.state == stateReceiving {
		return errReceiving()
	}
	if it.state == stateDone {
		return gridmap.Errorf(gridmap.Conflict, "已经导入为第 %d 版 (already imported)", it.done.edition)
	}
	before := it.state
	ctx, it.cancel = context.WithCancel(context.WithoutCancel(ctx))
	it.state, it.stage, it.progress, it.fault, it.ended = stateQueued, "", [2]int{}, "", make(chan struct{})
	it.tell()
	go func() {
		err := it.inTurn(ctx, state, slots, job)
		it.mu.Lock()
		defer it.mu.Unlock()
		if err != nil {
			if it.state, it.fault = before, faultOf(err); it.check == nil {
				it.state = stateReady
			}
		}
		it.cancel()
		it.cancel = nil
		it.stage = ""
		close(it.ended)
		it.tell()
	}()
	return nil
}

// inTurn waits for a slot, then runs the job. A panic of a library over a
// stranger's bytes is a fault of that file.
func (it *item) inTurn(ctx context.Context, state string, slots chan struct{}, job func(context.Context) error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = gridmap.Errorf(gridmap.Internal, "处理文件时出错：%v", r)
		}
	}()
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	it.mu.Lock()
	it.state = state
	it.tell()
	it.mu.Unlock()
	return job(ctx)
}

// faultOf is what a person is told of a job that failed.
func faultOf(err error) string {
	var e *gridmap.Error
	switch {
	case errors.Is(err, context.Canceled):
		return "已取消 (cancelled)"
	case errors.As(err, &e) && e.Code == gridmap.Unavailable:
		return "存储暂时不可用，没有改动任何数据；请稍后再试 (the store cannot be reached now; nothing was changed)"
	case errors.As(err, &e) && e.Code != gridmap.Internal:
		return inWizard(e.Message)
	}
	return "服务器出错，没有改动任何数据 (the server failed; nothing was changed)"
}

// stop cancels the job, if one runs, and waits for its end.
func (it *item) stop() {
	it.mu.Lock()
	cancel, ended := it.cancel, it.ended
	it.mu.Unlock()
	if cancel != nil {
		cancel()
		<-ended
	}
}

// remove stops what runs and removes the files.
func (it *item) remove() {
	it.stop()
	_ = os.RemoveAll(it.dir) // what cannot be removed now the sweep tries again
	it.mu.Lock()
	defer it.mu.Unlock()
	it.tell()
}
