package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress shows how far an import is: a bar on a terminal, a plain line per
// stage and per tenth in a pipe, both on standard error.
type progress struct {
	out      io.Writer
	terminal bool
	bar      *progressbar.ProgressBar
	stage    string
	tenth    int
}

func newProgress(c *console) *progress {
	f, ok := c.err.(*os.File)
	return &progress{out: c.err, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// step is an ingest.Options.Progress.
func (p *progress) step(stage string, done, total int) {
	if stage != p.stage {
		p.finish()
		p.stage, p.tenth = stage, 0
		if p.terminal {
			p.bar = progressbar.NewOptions(max(total, -1), progressbar.OptionSetWriter(p.out),
				progressbar.OptionSetDescription(stage), progressbar.OptionShowCount(),
				progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
		} else {
			_, _ = fmt.Fprintf(p.out, "%s …\n", stage)
		}
	}
	switch {
	case p.bar != nil && total > 0:
		_ = p.bar.Set(min(done, total)) // a bar that cannot be drawn stops nothing
	case p.terminal || total < 10000:
	case done*10/total > p.tenth:
		p.tenth = done * 10 / total
		_, _ = fmt.Fprintf(p.out, "%s %d%% (%d/%d)\n", stage, p.tenth*10, done, total)
	}
}

func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
		p.bar = nil
	}
	p.stage = ""
}
