// Command chaos breaks what a running CloudGrid stands on (its database, its
// disk, a replica, the server itself, its clients' manners) while people read
// and write, and tells what held: `make chaos`. docs/reliability.md says what
// each scenario does and what it found. It needs Linux, wrk and PostgreSQL with
// PostGIS; a full disk needs root.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// Exit codes, as those of cloudgrid.
const (
	exitHeld   = 0
	exitBroken = 1
	exitBad    = 2
)

func main() {
	if run, ok := crowdProcess(os.Args[1:]); ok { // this program again, as the slow clients
		os.Exit(run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout)
	stop()
	os.Exit(code)
}

// options say how long and how hard.
type options struct {
	only        string
	binary      string
	seconds     float64
	soak        time.Duration
	rounds      int
	acks        int // acknowledged writes that a kill scenario wants in all
	connections int
	slow        int
	keep        bool
	list        bool
}

func parse(args []string, out io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("chaos", flag.ContinueOnError)
	f.SetOutput(out)
	f.StringVar(&o.only, "only", "", "scenarios to run, with commas between; all when empty")
	f.StringVar(&o.binary, "binary", "", "cloudgrid to test; built from ./cmd/cloudgrid when empty")
	f.Float64Var(&o.seconds, "seconds", 6, "how long each fault lasts")
	f.DurationVar(&o.soak, "soak", 10*time.Minute, "how long the soak lasts")
	f.IntVar(&o.rounds, "rounds", 50, "how often the server is killed, for each store")
	f.IntVar(&o.acks, "acks", 1000, "acknowledged writes that the rounds want in all")
	f.IntVar(&o.connections, "connections", 64, "connections that read at once")
	f.IntVar(&o.slow, "slow", 10_000, "slow clients")
	f.BoolVar(&o.keep, "keep", false, "keep the working folder")
	f.BoolVar(&o.list, "list", false, "list the scenarios and run none")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	return o, nil
}

// run does the scenarios and returns the exit code. Whatever it started has
// ended when it returns, also after an interrupt.
func run(ctx context.Context, args []string, out io.Writer) int {
	o, err := parse(args, out)
	if err != nil {
		return exitBad
	}
	chosen, err := choose(scenarios(), o.only)
	if err != nil {
		fmt.Fprintln(out, "chaos:", err)
		return exitBad
	}
	if o.list {
		for _, s := range chosen {
			fmt.Fprintf(out, "%-18s %s (%s)\n", s.name, s.zh, s.en)
		}
		return exitHeld
	}
	l, err := newLab(ctx, o, out)
	if err != nil {
		fmt.Fprintln(out, "chaos:", err)
		return exitBad
	}
	defer l.close()
	return l.all(ctx, chosen)
}

// choose picks the scenarios named.
func choose(all []scenario, only string) ([]scenario, error) {
	if only == "" {
		return all, nil
	}
	var chosen []scenario
	for _, name := range strings.Split(only, ",") {
		found := false
		for _, s := range all {
			if s.name == strings.TrimSpace(name) {
				chosen, found = append(chosen, s), true
			}
		}
		if !found {
			return nil, fmt.Errorf("no scenario %q; `chaos --list` names them", name)
		}
	}
	return chosen, nil
}
