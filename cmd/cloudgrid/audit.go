package main

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rolls"
)

func newAuditCmd(c *console) *cobra.Command {
	var store string
	cmd := &cobra.Command{Use: "audit", Short: "check and export the record of who did what"}
	cmd.PersistentFlags().StringVar(&store, "store", defaultStore, "where the map is kept: gpkg:FILE or postgres://USER@HOST/DATABASE")
	cmd.AddCommand(newAuditVerifyCmd(c, &store), newAuditExportCmd(c, &store))
	return cmd
}

// auditVerified is what `cloudgrid audit verify --json` prints.
type auditVerified struct {
	OK     bool                 `json:"ok"`
	Lines  int64                `json:"lines"`
	Last   int64                `json:"last"`
	Hash   string               `json:"hash"`
	Faults []gridmap.ChainFault `json:"faults"`
	Aside  int64                `json:"aside,omitempty"` // lines beside the chain
}

// auditAside counts the lines that a store has beside its chain.
func auditAside(ctx context.Context, s gridmap.Store) (int64, error) {
	j, ok := s.(gridmap.Journal)
	if !ok {
		return 0, nil
	}
	return j.AuditAside(ctx)
}

// sayAside tells of lines that a reader of the chain does not see.
func (c *console) sayAside(n int64) {
	if n > 0 {
		c.sayf("另有 %d 条审计记录尚未入链，不在其中：启动一次服务即入链，再重做 (%d audit lines are beside the chain and not in this: start the server once, then repeat)", n, n)
	}
}

func newAuditVerifyCmd(c *console, store *string) *cobra.Command {
	var known []string
	cmd := &cobra.Command{
		Use: "verify", Short: "check that no line was changed or removed",
		Long: `verify reads the whole audit and checks that each line is chained to the one
before and that the last is where the store says. It exits with 1 when that is
not so. Whoever can write to the store could forge the whole chain: note the
number and hash that verify prints somewhere else and give them later with
--known, which then must still be in the chain.`,
		Example: `  cloudgrid audit verify --store gpkg:cloudgrid.gpkg
  cloudgrid audit verify --known 1207:9f86d081884c7d65…`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			noted, err := notedLines(known)
			if err != nil {
				return err
			}
			v, err := verifyAudit(cmd.Context(), *store, noted)
			if err != nil {
				return err
			}
			for _, f := range v.Faults {
				c.sayf("%s", f.What)
			}
			c.sayAside(v.Aside)
			if v.OK {
				c.sayf("审计完好，共 %d 条；请另存：--known %d:%s (the audit is whole; note this elsewhere)", v.Lines, v.Last, v.Hash)
			}
			if err := c.printJSON(v); err != nil || v.OK {
				return err
			}
			return errWanting
		},
	}
	cmd.Flags().StringArrayVar(&known, "known", nil, "ID:HASH of a line that was noted elsewhere, any number of times")
	return cmd
}

func notedLines(known []string) (map[int64]string, error) {
	noted := make(map[int64]string)
	for _, text := range known {
		number, hash, ok := strings.Cut(text, ":")
		id, err := strconv.ParseInt(number, 10, 64)
		if !ok || err != nil || len(hash) != 64 {
			return nil, gridmap.Errorf(gridmap.Invalid, "--known %q 应为 编号:哈希 (want ID:HASH)", text)
		}
		noted[id] = strings.ToLower(hash)
	}
	return noted, nil
}

func verifyAudit(ctx context.Context, store string, known map[int64]string) (v auditVerified, err error) {
	s, err := openStore(ctx, store, storeRead)
	if err != nil {
		return v, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	v.Faults = []gridmap.ChainFault{}
	if v.Aside, err = auditAside(ctx, s); err != nil {
		return v, err
	}
	return v, s.View(ctx, func(r gridmap.Reader) error {
		archive, ok := r.(gridmap.Archive)
		if !ok {
			return gridmap.Errorf(gridmap.Invalid, "此类存储不能核对 (this kind of store cannot be verified)")
		}
		last, err := archive.LastAudit(ctx)
		if err != nil {
			return err
		}
		n, faults, err := gridmap.VerifyChain(r.Audit(ctx, 0), last, known)
		v.Lines, v.Last, v.Hash, v.OK = n, last.ID, last.Hash, len(faults) == 0
		v.Faults = append(v.Faults, faults...)
		return err
	})
}

func newAuditExportCmd(c *console, store *string) *cobra.Command {
	var out, format string
	var after int64
	cmd := &cobra.Command{
		Use: "export", Short: "write the audit as JSON lines or CSV; that this was done is audited",
		Example: `  cloudgrid audit export --out audit.csv --format csv
  cloudgrid audit export --after 1207 > audit.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			if format != "jsonl" && format != "csv" {
				return gridmap.Errorf(gridmap.Invalid, "--format %q 应为 jsonl 或 csv (unknown format)", format)
			}
			if c.asJSON && out == "" {
				return gridmap.Errorf(gridmap.Invalid, "--json 须与 --out 同用 (--json wants --out)")
			}
			return withAccounts(ctx, *store, func(k *keptAccounts) error {
				if err := k.note(ctx, "audit_export", "audit", fmt.Sprintf("after %d", after)); err != nil {
					return err
				}
				w, done, err := outFile(c, out)
				if err != nil {
					return err
				}
				n, err := exportAudit(ctx, k.store, w, format, after)
				if err = errors.Join(err, done()); err != nil {
					return err
				}
				return c.printJSON(map[string]any{"lines": n, "file": out})
			})
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "file to make (default: standard output)")
	cmd.Flags().StringVar(&format, "format", "jsonl", "jsonl or csv")
	cmd.Flags().Int64Var(&after, "after", 0, "only lines with a greater number")
	return cmd
}

// auditLine is an audit line as it is exported: with what its hash is made of.
type auditLine struct {
	ID     int64     `json:"id"`
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`
	Action string    `json:"action"`
	Thing  string    `json:"thing"`
	Detail string    `json:"detail"`
	Seq    int64     `json:"seq"`
	Prev   string    `json:"prev"`
	Hash   string    `json:"hash"`
}

func exportAudit(ctx context.Context, s gridmap.Store, w io.Writer, format string, after int64) (n int, err error) {
	table := csv.NewWriter(w)
	lines := json.NewEncoder(w)
	lines.SetEscapeHTML(false)
	if format == "csv" {
		if err := table.Write([]string{"id", "at", "actor", "action", "thing", "detail", "seq", "prev", "hash"}); err != nil {
			return 0, err
		}
	}
	err = s.View(ctx, func(r gridmap.Reader) error {
		for e, err := range r.Audit(ctx, after) {
			if err != nil {
				return err
			}
			n++
			if format == "jsonl" {
				err = lines.Encode(auditLine{e.ID, e.At.UTC(), e.Actor, e.Action, e.Thing, e.Detail, int64(e.Seq), e.Prev, e.Hash})
			} else {
				err = table.Write([]string{
					strconv.FormatInt(e.ID, 10), e.At.UTC().Format(time.RFC3339Nano), rolls.Plain(e.Actor), rolls.Plain(e.Action), rolls.Plain(e.Thing), rolls.Plain(e.Detail),
					strconv.FormatInt(int64(e.Seq), 10), e.Prev, e.Hash,
				})
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	table.Flush()
	return n, errors.Join(err, table.Error())
}
