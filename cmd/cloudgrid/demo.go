package main

import (
	"context"
	"errors"
	"maps"
	"net"
	"os/signal"
	"sort"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/cmd/cloudgrid/demodata"
	"cloudgrid/cmd/cloudgrid/demodata/packs"
	"cloudgrid/gridmap"
)

// demoPlaces are the maps that the demo can show: two of real places, and seven
// made up to the figures that real places published.
var demoPlaces = withPacks(map[string]packs.Fill{
	"bund":     demodata.Bund,
	"taichung": demodata.Taichung,
})

func withPacks(places map[string]packs.Fill) map[string]packs.Fill {
	maps.Copy(places, packs.All())
	return places
}

const defaultPlace = "bund"

type demoFlags struct {
	place, store, addr string
	noServe            bool
	access             access
}

func newDemoCmd(c *console) *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "start on real data, with nothing else installed",
		Long: `Makes (once) a store from real data embedded in this program, serves it and
prints the address: the Bund in Shanghai, where buildings, roads and names are
real, or five districts of Taichung. Staff and phone numbers are made up, and on
the Bund so are households and grids.

The other places are packs: as many grids, people, shops and matters as a real
place published, on made-up ground with made-up names.`,
		Example: `  cloudgrid demo
  cloudgrid demo --place taichung --addr 127.0.0.1:9000
  cloudgrid demo --accounts on
  cloudgrid demo --no-serve --store gpkg:bund.gpkg`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			return runDemo(ctx, c, f)
		},
	}
	cmd.Flags().StringVar(&f.place, "place", defaultPlace, "which map: "+strings.Join(placeNames(), ", "))
	cmd.Flags().StringVar(&f.store, "store", "", "where to keep it (default gpkg:cloudgrid-demo-PLACE.gpkg)")
	cmd.Flags().StringVar(&f.addr, "addr", defaultAddr, "address to listen on; another free port is taken when this one is in use")
	accessFlags(cmd, &f.access)
	cmd.Flags().BoolVar(&f.noServe, "no-serve", false, "make the store and stop")
	return cmd
}

func placeNames() []string {
	var names []string
	for n := range demoPlaces {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

func runDemo(ctx context.Context, c *console, f demoFlags) error {
	fill, ok := demoPlaces[f.place]
	if !ok {
		return gridmap.Errorf(gridmap.Invalid, "没有示例 %q；现有：%s (no such demo)", f.place, strings.Join(placeNames(), ", "))
	}
	where := f.store
	if where == "" {
		where = "gpkg:cloudgrid-demo-" + f.place + ".gpkg"
	}
	s, err := openStore(ctx, where, storeMake)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // nothing is pending at the end
	head, err := headOf(ctx, s)
	if err != nil {
		return err
	}
	if head.Edition == 0 {
		c.sayf("首次运行，正在生成示例数据 %s … (making the demo store)", storeName(where))
		if err := fill(ctx, s, time.Now()); err != nil && gridmap.CodeOf(err) != gridmap.Conflict {
			return err // a conflict says that another demo has filled the store meanwhile
		}
		if head, err = headOf(ctx, s); err != nil {
			return err
		}
	}
	if f.noServe {
		c.sayf("示例数据已就绪：%s (ready)", storeName(where))
		return c.printJSON(map[string]any{"store": storeName(where), "edition": head.Edition})
	}
	return serveDemo(ctx, c, s, where, f)
}

func headOf(ctx context.Context, s gridmap.Store) (head gridmap.Head, err error) {
	err = s.View(ctx, func(r gridmap.Reader) error {
		head, err = r.Head(ctx)
		return err
	})
	return head, err
}

func serveDemo(ctx context.Context, c *console, s gridmap.Store, where string, f demoFlags) error {
	l, err := listen(f.addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		host, _, _ := net.SplitHostPort(f.addr)
		l, err = listen(net.JoinHostPort(host, "0"))
	}
	if err != nil {
		return err
	}
	srv, err := newServer(ctx, c, s, l, "", f.access)
	if err != nil {
		return err
	}
	url := f.access.baseURL(l.Addr())
	c.sayf("云上网格 CloudGrid: %s/", url)
	if err := f.access.sayReach(ctx, c, srv.gate, l.Addr()); err != nil {
		return err
	}
	c.sayf("试一试 (paste into another terminal):")
	for _, line := range demoExamples(srv, url, where) {
		c.sayf("  %s", line)
	}
	if err := c.printJSON(map[string]any{"url": url + "/", "store": storeName(where)}); err != nil {
		return err
	}
	return srv.serve(ctx)
}
