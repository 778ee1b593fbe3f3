package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/sign"
	"cloudgrid/web/fresh"
)

// signDesk is where signs are registered and printed; nil when the store keeps
// no journal.
func signDesk(s gridmap.Store) *sign.Desk {
	journal, ok := s.(gridmap.Journal)
	if !ok {
		return nil
	}
	return &sign.Desk{Store: fresh.Noting(s), Journal: journal, Now: time.Now, Random: rand.Reader}
}

func newSignCmd(c *console) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sign",
		Short: "public signboards: register, list, print, and which to print again",
	}
	cmd.AddCommand(newSignAddCmd(c), newSignListCmd(c), newSignPrintCmd(c), newSignStaleCmd(c))
	return cmd
}

// signOffice is what the sign commands work on.
type signOffice struct {
	store    gridmap.Store
	desk     *sign.Desk
	atlas    *atlas.Atlas
	register *sign.Register
}

func openSigns(ctx context.Context, c *console, where string, mode storeMode) (*signOffice, error) {
	s, err := openStore(ctx, where, mode)
	if err != nil {
		return nil, err
	}
	o := &signOffice{store: s, desk: signDesk(s)}
	keeper, err := atlas.NewKeeper(ctx, s, time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	o.atlas = keeper.Current()
	book, bad := duty.NewBook(duty.Records(o.atlas), o.atlas.Settings())
	register, unreadable := sign.NewRegister(o.atlas, book)
	for _, err := range append(bad, unreadable...) {
		c.sayf("注意：%v", err)
	}
	o.register = register
	return o, nil
}

func newSignAddCmd(c *console) *cobra.Command {
	var store string
	var kinds []string
	cmd := &cobra.Command{
		Use:     "add",
		Short:   "register a sign at every place of the given kinds that has none",
		Example: `  cloudgrid sign add --kind compound --store gpkg:cloudgrid.gpkg`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			o, err := openSigns(ctx, c, store, storeWrite)
			if err != nil {
				return err
			}
			defer o.store.Close() //nolint:errcheck // the signs are written
			have := map[gridmap.PlaceID]bool{}
			for _, e := range o.register.Signs() {
				have[e.Place] = have[e.Place] || e.Status == sign.Active
			}
			var add []sign.New
			for _, p := range o.atlas.Places() {
				if slices.Contains(kinds, p.Kind) && !have[p.ID] {
					add = append(add, sign.New{Place: p.ID})
				}
			}
			if len(add) == 0 {
				c.sayf("没有需要设牌的地点（%s） (no place without a sign)", strings.Join(kinds, "、"))
				return c.printJSON(map[string]any{"added": 0})
			}
			entries, err := o.desk.Register(ctx, "cli", add...)
			if err != nil {
				return err
			}
			c.sayf("已登记公示牌 %d 块，第一块 %s", len(entries), sign.Grouped(entries[0].Code))
			codes := make([]string, len(entries))
			for i, e := range entries {
				codes[i] = e.Code
			}
			return c.printJSON(map[string]any{"added": len(entries), "codes": codes})
		},
	}
	storeFlag(cmd, &store)
	cmd.Flags().StringSliceVar(&kinds, "kind", []string{"compound"}, "kinds of places: compound, building, door, shop …")
	return cmd
}

func newSignListCmd(c *console) *cobra.Command {
	var store string
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "list the signs with the grid that each is in today",
		Example: `  cloudgrid sign list --store gpkg:cloudgrid.gpkg`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := openSigns(cmd.Context(), c, store, storeRead)
			if err != nil {
				return err
			}
			defer o.store.Close() //nolint:errcheck // read only
			rows := []map[string]any{}
			for _, e := range o.register.Signs() {
				content, err := o.register.Content(e)
				if err != nil {
					content = sign.Content{Place: err.Error()}
				}
				c.sayf("%s  %-8s %s  %s", sign.Grouped(e.Code), e.Status, content.Place, content.Grid)
				rows = append(rows, map[string]any{"code": e.Code, "status": e.Status, "place": content.Place, "grid": content.GridCode})
			}
			c.sayf("公示牌 %d 块", len(rows))
			return c.printJSON(map[string]any{"signs": rows})
		},
	}
	storeFlag(cmd, &store)
	return cmd
}

func newSignPrintCmd(c *console) *cobra.Command {
	var store, base, out, sheet string
	var stale bool
	cmd := &cobra.Command{
		Use:   "print [CODE…]",
		Short: "write print sheets as SVG in a ZIP, with a list for the printers",
		Long: `Writes one sheet for each sign in use, or for those named, or with --stale for
those whose print is no longer true, and remembers what each shows. Sheets: a4,
a3, lightbox, card. The QR codes begin with --base or the store's sign_base,
which must be good for as long as the signs hang.`,
		Example: `  cloudgrid sign print --sheet a4 --base https://wg.example.gov.cn/q/ --out signs.zip
  cloudgrid sign print --stale --out reprint.zip`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return printSigns(cmd.Context(), c, store, base, out, sheet, stale, args)
		},
	}
	storeFlag(cmd, &store)
	cmd.Flags().StringVar(&base, "base", "", "what the QR codes begin with (default: the store's sign_base)")
	cmd.Flags().StringVar(&out, "out", "signs.zip", "ZIP to write; it must not exist")
	cmd.Flags().StringVar(&sheet, "sheet", "a4", "a4, a3, lightbox or card")
	cmd.Flags().BoolVar(&stale, "stale", false, "only signs whose print is no longer true")
	return cmd
}

func printSigns(ctx context.Context, c *console, store, base, out, sheetCode string, stale bool, codes []string) error {
	sheet, err := sign.SheetOf(sheetCode)
	if err != nil {
		return err
	}
	o, err := openSigns(ctx, c, store, storeWrite)
	if err != nil {
		return err
	}
	defer o.store.Close() //nolint:errcheck // what was printed is written
	if base == "" {
		base = o.atlas.Settings().SignBase
	}
	if !strings.HasPrefix(base, "http") {
		return gridmap.Errorf(gridmap.Invalid, "请用 --base 写明二维码网址前缀，如 https://wg.example.gov.cn/q/ (say what the QR codes begin with)")
	}
	base = strings.TrimSuffix(base, "/") + "/"
	entries, err := o.desk.ToPrint(ctx, o.register, stale, codes...)
	if err != nil {
		return err
	}
	contents, err := o.register.Contents(entries)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return gridmap.Errorf(gridmap.Invalid, "无法写入 %s (cannot write): %w", out, err)
	}
	bar := progressbar.NewOptions(len(contents), progressbar.OptionSetWriter(c.err), progressbar.OptionSetDescription("排版"), progressbar.OptionClearOnFinish())
	err = sign.WriteZIP(f, contents, sheet, base, time.Now(), func() { _ = bar.Add(1) })
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = o.desk.Printed(ctx, "cli", sheet.Code, o.atlas.Edition().Number, contents...)
	}
	if err != nil {
		return errors.Join(err, os.Remove(out))
	}
	c.sayf("已写出 %d 块公示牌（%s）：%s", len(contents), sheet.Name, out)
	return c.printJSON(map[string]any{"printed": len(contents), "file": out, "sheet": sheet.Code})
}

func newSignStaleCmd(c *console) *cobra.Command {
	var store string
	cmd := &cobra.Command{
		Use:     "stale",
		Short:   "list the signs whose print is no longer true, and why; exit 1 when there are any",
		Example: `  cloudgrid sign stale --store gpkg:cloudgrid.gpkg`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := openSigns(cmd.Context(), c, store, storeRead)
			if err != nil {
				return err
			}
			defer o.store.Close() //nolint:errcheck // read only
			list, err := o.desk.Stale(cmd.Context(), o.register)
			if err != nil {
				return err
			}
			rows := []map[string]any{}
			for _, x := range list {
				c.sayf("%s  %s（%s 印）：%s", sign.Grouped(x.Code), x.Place, x.Printed.Format(time.DateOnly), strings.Join(x.Why, "；"))
				rows = append(rows, map[string]any{"code": x.Code, "place": x.Place, "why": x.Why})
			}
			c.sayf("需要重印 %d 块", len(rows))
			if err := c.printJSON(map[string]any{"stale": rows}); err != nil {
				return err
			}
			if len(rows) > 0 {
				return fmt.Errorf("%w: stale signs", errWanting)
			}
			return nil
		},
	}
	storeFlag(cmd, &store)
	return cmd
}
