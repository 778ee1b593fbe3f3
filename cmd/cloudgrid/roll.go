package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/rolls"
)

type rollFlags struct {
	store, network, since, out string
	inside                     bool
}

func newRollCmd(c *console) *cobra.Command {
	var f rollFlags
	cmd := &cobra.Command{
		Use:   "roll NAME",
		Short: "write a roll (台账, 登记表, 联系卡, 移交清单) as XLSX or CSV, whole or what changed",
		Long: `Rolls: responsibility 《网格化管理责任分工台账》, shopfronts 《街巷门面责任分工台账》, cards 联系卡,
registration 《网格划分登记表》, orphans 悬空岗位, handover 《工作移交清单》 (needs --since).

With --since only what changed since that day is written, and what is gone.
Phones are as the publication policy allows; --inside writes them in full, for
the office alone, and the audit says so.`,
		Example: `  cloudgrid roll responsibility --out 台账.xlsx
  cloudgrid roll cards --since 2026-11-01 --out 换发.xlsx
  cloudgrid roll handover --since 2026-11-01 --out 移交.csv`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return runRoll(cmd.Context(), c, args[0], f) },
	}
	storeFlag(cmd, &f.store)
	cmd.Flags().StringVar(&f.network, "network", "", "code of a network (default: the main one)")
	cmd.Flags().StringVar(&f.since, "since", "", "only what changed since this day (YYYY-MM-DD) or RFC 3339 time")
	cmd.Flags().StringVar(&f.out, "out", "", "file to write, .xlsx or .csv; it must not exist")
	cmd.Flags().BoolVar(&f.inside, "inside", false, "phones in full: personal data, for the office alone")
	return cmd
}

func runRoll(ctx context.Context, c *console, name string, f rollFlags) error {
	format := strings.ToLower(filepath.Ext(f.out))
	if format != ".xlsx" && format != ".csv" {
		return gridmap.Errorf(gridmap.Invalid, "请用 --out 写明 .xlsx 或 .csv 文件 (say which .xlsx or .csv to write)")
	}
	s, err := openStore(ctx, f.store, storeRead)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // read only
	tables, err := rollTables(ctx, s, name, f)
	if err != nil {
		return err
	}
	if f.inside {
		if err := noteInside(ctx, f.store, name); err != nil {
			return err
		}
	}
	w, err := os.OpenFile(f.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return gridmap.Errorf(gridmap.Invalid, "无法写入 %s (cannot write): %w", f.out, err)
	}
	if format == ".csv" {
		err = tables[0].WriteCSV(w)
	} else {
		err = rolls.WriteXLSX(w, tables...)
	}
	if cerr := w.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.out))
	}
	for _, t := range tables {
		c.sayf("%s：%d 行", t.Title, len(t.Rows))
	}
	return c.printJSON(map[string]any{"roll": name, "rows": len(tables[0].Rows), "file": f.out})
}

// noteInside tells the audit that phones were written out.
func noteInside(ctx context.Context, where, name string) error {
	s, err := openStore(ctx, where, storeWrite)
	if err != nil {
		return err
	}
	journal, ok := s.(gridmap.Journal)
	if ok {
		now := time.Now()
		err = journal.AppendAudit(ctx, gridmap.AuditEntry{At: now, Actor: "cli", Action: "read_phones", Thing: "roll:" + name})
	}
	return errors.Join(err, s.Close())
}

func rollTables(ctx context.Context, s gridmap.Store, name string, f rollFlags) (tables []rolls.Table, err error) {
	err = s.View(ctx, func(r gridmap.Reader) error {
		now, err := rollSource(ctx, r, time.Now(), f)
		if err != nil {
			return err
		}
		if f.since == "" {
			if name == "handover" {
				return gridmap.Errorf(gridmap.Invalid, "移交清单需要 --since (a handover needs --since)")
			}
			t, err := rolls.Named(name, now)
			tables = []rolls.Table{t}
			return err
		}
		at, err := gridmap.ParseTime(f.since)
		if err != nil {
			return err
		}
		before, err := rollSource(ctx, r, at, f)
		if err != nil {
			return err
		}
		if name == "handover" {
			tables = []rolls.Table{rolls.Handover(before, now)}
			return nil
		}
		was, err := rolls.Named(name, before)
		if err != nil {
			return err
		}
		is, err := rolls.Named(name, now)
		tables = []rolls.Table{rolls.Changed(was, is), rolls.Gone(was, is)}
		return err
	})
	return tables, err
}

func rollSource(ctx context.Context, r gridmap.Reader, at time.Time, f rollFlags) (rolls.Source, error) {
	a, err := atlas.Load(ctx, r, at, 0)
	if err != nil {
		return rolls.Source{}, err
	}
	n, _, err := netAndLevel(a, f.network, "")
	if err != nil {
		return rolls.Source{}, err
	}
	book, _ := duty.NewBook(duty.Records(a), a.Settings()) // what it cannot use, a check tells
	return rolls.Source{Atlas: a, Net: n, Book: book, Inside: f.inside}, nil
}
