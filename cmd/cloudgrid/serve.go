package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/plan"
	"cloudgrid/web"
	"cloudgrid/web/api"
	"cloudgrid/web/plans"
)

// version is what the API document names.
const version = "0.1.0"

// defaultAddr is loopback: there are no accounts yet, so whoever reaches the
// port reads everything.
const defaultAddr = "127.0.0.1:8080"

func newServeCmd(c *console) *cobra.Command {
	var store, addr, snapshot string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "serve the map, the API and the tiles of a store",
		Example: `  cloudgrid serve --store gpkg:cloudgrid.gpkg
  cloudgrid serve --store postgres://cloudgrid@localhost/cloudgrid --addr 127.0.0.1:8081`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			s, err := openStore(ctx, store, storeWrite)
			if err != nil {
				return err
			}
			defer s.Close() //nolint:errcheck // nothing is pending at the end
			l, err := listen(addr)
			if err != nil {
				return err
			}
			srv, err := newServer(ctx, c, s, l, snapshotFile(snapshot, store))
			if err != nil {
				return err
			}
			c.sayf("云上网格 CloudGrid: http://%s/", l.Addr())
			sayReach(c, l.Addr())
			return srv.serve(ctx)
		},
	}
	storeFlag(cmd, &store)
	cmd.Flags().StringVar(&addr, "addr", defaultAddr, "address to listen on")
	cmd.Flags().StringVar(&snapshot, "snapshot", "auto", "file that keeps the map as loaded, for a fast start; auto: beside a large GeoPackage; off: none")
	return cmd
}

// snapshotFile returns where the map is kept as loaded, "" for nowhere. A small
// map loads so fast that the file would only be one more to look after.
func snapshotFile(flag, store string) string {
	const largeBytes = 64 << 20
	switch flag {
	case "off", "":
		return ""
	case "auto":
	default:
		return flag
	}
	if store == "" {
		store = defaultStore
	}
	path, ok := strings.CutPrefix(store, "gpkg:")
	if !ok {
		return ""
	}
	path = strings.TrimPrefix(path, "//")
	if info, err := os.Stat(path); err != nil || info.Size() < largeBytes {
		return ""
	}
	return path + ".atlas"
}

// sayReach says who can reach the server, and why that is so.
func sayReach(c *console, addr net.Addr) {
	if tcp, ok := addr.(*net.TCPAddr); ok && tcp.IP.IsLoopback() {
		c.sayf("仅本机可访问：账号功能尚未提供，任何能连上的人都能读到全部内容；确需对外请用 --addr (loopback only until accounts exist)")
		return
	}
	c.sayf("注意：正在 %s 上对外提供服务，且尚无账号：能连上的人都能读到全部内容 (reachable from other machines, without accounts)", addr)
}

func listen(addr string) (net.Listener, error) {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Unavailable, "无法监听 %s，换一个 --addr (cannot listen): %w", addr, err)
	}
	return l, nil
}

// server is a running service over a store.
type server struct {
	keeper *atlas.Keeper
	serve  func(context.Context) error
}

// newServer loads the map, from the snapshot file where there is one; serve then answers on l until its context ends.
func newServer(ctx context.Context, c *console, s gridmap.Store, l net.Listener, snapshot string) (*server, error) {
	log := slog.New(slog.NewTextHandler(c.err, nil))
	keeper, err := atlas.NewKeeperBeside(ctx, s, time.Now, log, snapshot)
	if err != nil {
		return nil, fmt.Errorf("载入地图失败 (loading the map): %w", err)
	}
	desk := deskOf(s, l.Addr())
	drafts := planDesk(s, keeper, log, desk.Planners)
	e, err := web.New(web.Config{Maps: keeper, Log: log, Version: version, Desk: desk, Plans: drafts})
	if err != nil {
		return nil, err
	}
	return &server{keeper: keeper, serve: func(ctx context.Context) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		var following sync.WaitGroup
		following.Go(func() { keeper.Run(ctx) })
		if drafts != nil {
			following.Go(func() { drafts.Run(ctx) })
		}
		err := web.Serve(ctx, e, l, &http.Server{ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn)})
		cancel()
		following.Wait()
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}}, nil
}

// planDesk is where plans are made; nil when the store keeps none.
func planDesk(s gridmap.Store, keeper *atlas.Keeper, log *slog.Logger, planners bool) *plan.Desk {
	kept, ok := s.(gridmap.Plans)
	if !ok {
		return nil
	}
	audit, _ := s.(plan.Auditor)
	return plan.NewDesk(plan.Config{Plans: kept, Store: s, Maps: keeper, Log: log, Audit: audit, Policy: plans.LocalPolicy{Planners: planners}})
}

// deskOf opens the routes that write: receipts and feedback to everybody,
// changes of the map only where nobody but this machine can connect.
func deskOf(s gridmap.Store, addr net.Addr) api.Desk {
	d := api.Desk{Store: s, Now: time.Now}
	d.Receipts, _ = s.(gridmap.Receipts)
	tcp, ok := addr.(*net.TCPAddr)
	d.Planners = ok && tcp.IP.IsLoopback() && d.Receipts != nil
	return d
}
