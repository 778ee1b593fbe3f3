package main

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
)

// How a finding of doctor stands.
const (
	isOK   = "ok"
	isWarn = "warn" // it works, and should be seen to
	isFail = "fail" // something does not work, or is lost
)

// finding is one thing that doctor looked at.
type finding struct {
	Check  string `json:"check"`
	State  string `json:"state"`
	What   string `json:"what"`
	Advice string `json:"advice,omitempty"`
}

// diagnosis is what `cloudgrid doctor --json` prints.
type diagnosis struct {
	Store    string    `json:"store"`
	State    string    `json:"state"` // the worst of the findings
	Findings []finding `json:"findings"`
}

func (d *diagnosis) add(check, state, what, advice string) {
	if state == isOK {
		advice = ""
	}
	d.Findings = append(d.Findings, finding{check, state, what, advice})
	worse := []string{isOK, isWarn, isFail}
	if slices.Index(worse, state) > slices.Index(worse, d.State) {
		d.State = state
	}
}

// when adds a finding that is fine unless bad.
func (d *diagnosis) when(bad bool, state, check, what, advice string) {
	if !bad {
		state = isOK
	}
	d.add(check, state, what, advice)
}

func newDoctorCmd(c *console) *cobra.Command {
	var store, snapshot string
	var beside databases
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "look a store over and say what to do about what is wrong",
		Long: `doctor opens a store to read it and looks at its connection, versions, audit
chain, disk, accounts, settings and records. It changes nothing. It exits with 0
when all is well, 1 when something should be seen to, and 2 when something does
not work.`,
		Example: `  cloudgrid doctor --store gpkg:cloudgrid.gpkg
  cloudgrid doctor --store postgres://cloudgrid@localhost/grid --json
  cloudgrid doctor --store postgres://cloudgrid@a,b/grid --store-read postgres://cloudgrid@b/grid`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := diagnose(cmd.Context(), store, snapshotFile(snapshot, store, ""), time.Now())
			beside.examine(doctor{diagnosis: d, ctx: cmd.Context(), now: time.Now()}, store)
			sign := map[string]string{isOK: "  好", isWarn: "注意", isFail: "故障"}
			for _, f := range d.Findings {
				c.sayf("%s  %-14s %s", sign[f.State], f.Check, f.What)
				if f.Advice != "" {
					c.sayf("      → %s", f.Advice)
				}
			}
			if err := c.printJSON(d); err != nil {
				return err
			}
			switch d.State {
			case isFail:
				return gridmap.Errorf(gridmap.Unavailable, "%s 有故障 (something does not work)", d.Store)
			case isWarn:
				return errWanting
			}
			return nil
		},
	}
	storeFlag(cmd, &store)
	databaseFlags(cmd, &beside)
	cmd.Flags().StringVar(&snapshot, "snapshot", "auto", "the snapshot file that serve uses")
	return cmd
}

// diagnose looks a store over. What cannot be looked at is a finding too.
func diagnose(ctx context.Context, store, snapshot string, now time.Time) *diagnosis {
	d := &diagnosis{Store: storeName(store), State: isOK}
	look := doctor{ctx: ctx, diagnosis: d, now: now}
	look.files(store)
	s, err := openStore(ctx, store, storeRead)
	if err != nil {
		d.add("connection", isFail, err.Error(), adviceOn(err))
		return d
	}
	defer s.Close() //nolint:errcheck // read only
	d.add("connection", isOK, "可读 (readable)", "")
	look.engine(s)
	look.audit(s)
	look.posts(s)
	look.people(s)
	look.content(s, snapshot, slog.New(slog.DiscardHandler))
	return d
}

// adviceOn says what to do about a store that cannot be opened.
func adviceOn(err error) string {
	switch gridmap.CodeOf(err) {
	case gridmap.NotFound:
		return "核对 --store；新装请先 cloudgrid import 或 restore (check --store; a new one is made by import or restore)"
	case gridmap.Unavailable:
		return "核对数据库是否在运行、地址与网络、磁盘是否已满 (is the server running, the address right, the disk full?)"
	case gridmap.Forbidden:
		return "核对数据库用户及其权限 (check the user and its rights)"
	case gridmap.Conflict:
		return "把不属于此地图的 .app.db 移走，或从备份恢复 (move the foreign .app.db away, or restore a backup)"
	case gridmap.Invalid:
		return "旧结构：先 cloudgrid backup，再启动一次 serve 以升级；新结构：升级程序 (older: back up, then start serve once; newer: upgrade the program)"
	case gridmap.Internal, gridmap.Full, gridmap.Elsewhere, gridmap.Busy: // opening gives none of the last three
	}
	return "文件可能已损坏：从最近的备份恢复 (the file may be damaged: restore the newest backup)"
}
