package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/backdrop"
	"cloudgrid/gridmap/plan"
	"cloudgrid/web"
	"cloudgrid/web/api"
	"cloudgrid/web/auth"
	"cloudgrid/web/feed"
	"cloudgrid/web/fresh"
	"cloudgrid/web/plans"
)

// version is what the API document names.
const version = "0.1.0"

// defaultAddr is loopback: a server that others can reach wants accounts.
const defaultAddr = "127.0.0.1:8080"

func newServeCmd(c *console) *cobra.Command {
	var store, addr, snapshot string
	var beside databases
	var drain time.Duration
	var create bool
	how := access{drain: &web.Drain{}}
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "serve the map, the API and the tiles of a store",
		Example: `  cloudgrid serve --store gpkg:cloudgrid.gpkg
  cloudgrid serve --create --store gpkg:new.gpkg
  cloudgrid serve --store postgres://cloudgrid@localhost/cloudgrid --addr 127.0.0.1:8081
  cloudgrid serve --store 'postgres://cloudgrid@a,b/cloudgrid' --store-read postgres://cloudgrid@b/cloudgrid --drain 5s
  cloudgrid serve --addr :443 --tls-cert grid.pem --tls-key grid.key
  cloudgrid serve --store postgres://cloudgrid@localhost/province --scope 310101,310109
  cloudgrid serve --addr 127.0.0.1:8080 --trust-proxy 127.0.0.1`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, stop := untilStopped(cmd.Context(), how.drain, drain)
			defer stop()
			log, err := how.logger(c)
			if err != nil {
				return err
			}
			s, err := beside.open(ctx, store, create, log)
			if err != nil {
				return firstDay(err)
			}
			defer s.Close() //nolint:errcheck // nothing is pending at the end
			l, err := listen(addr)
			if err != nil {
				return err
			}
			srv, err := newServer(ctx, c, s, l, snapshotFile(snapshot, store, how.scope), how)
			if err != nil {
				return err
			}
			c.sayf("云上网格 CloudGrid: %s/", how.baseURL(l.Addr()))
			if err := how.sayReach(ctx, c, srv.gate, l.Addr()); err != nil {
				return err
			}
			return srv.serve(ctx)
		},
	}
	storeFlag(cmd, &store)
	accessFlags(cmd, &how)
	scopeFlag(cmd, &how.scope)
	databaseFlags(cmd, &beside)
	cmd.Flags().StringVar(&addr, "addr", defaultAddr, "address to listen on; systemd: the socket that systemd hands over")
	cmd.Flags().BoolVar(&create, "create", false, "where there is no store yet begin with an empty one, to be filled at #/import")
	cmd.Flags().DurationVar(&drain, "drain", 0, "after SIGTERM go on answering for so long while /readyz says no, so that balancers turn to other servers")
	cmd.Flags().StringVar(&snapshot, "snapshot", "auto", "file that keeps the map as loaded, for a fast start; auto: beside a large GeoPackage; off: none")
	return cmd
}

// firstDay says to whoever has no store yet how to begin. A store is never made
// unasked: a mistyped name would serve an empty map in place of the real one.
func firstDay(err error) error {
	if gridmap.CodeOf(err) != gridmap.NotFound {
		return err
	}
	return gridmap.Errorf(gridmap.NotFound, "%w；从零开始请加 --create：先建一个空的，再在网页上导入第一张地图 (to begin with an empty map say --create)", err)
}

// snapshotFile returns where the map is kept as loaded, "" for nowhere. A small
// map loads so fast that the file would only be one more to look after.
func snapshotFile(flag, store, scope string) string {
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
	if scope != "" {
		return path + "." + strings.ReplaceAll(strings.ReplaceAll(scope, " ", ""), ",", "-") + ".atlas"
	}
	return path + ".atlas"
}

// server is a running service over a store.
type server struct {
	keeper *atlas.Keeper
	gate   *auth.Gate
	routes []*routeOf
	serve  func(context.Context) error
}

// routeOf is a route as the router has it.
type routeOf = echo.Route

// newServer loads the map, from the snapshot file where there is one; serve then answers on l until its context ends.
func newServer(ctx context.Context, c *console, s gridmap.Store, l net.Listener, snapshot string, how access) (*server, error) {
	log, err := how.logger(c)
	if err != nil {
		return nil, err
	}
	certificates, err := how.tls()
	if err != nil {
		return nil, err
	}
	scope, err := gridmap.ParseScope(how.scope)
	if err != nil {
		return nil, err
	}
	keeper, err := atlas.NewScopedKeeper(ctx, s, time.Now, log, snapshot, scope)
	if err != nil {
		return nil, fmt.Errorf("载入地图失败 (loading the map): %w", err)
	}
	if n := keeper.Current().Main(); n != nil && !scope.Whole() && n.Bounds().Empty() {
		log.Warn("no ground lies in the scope: every question is sent elsewhere", "scope", scope.String())
	}
	gate, err := how.gate(ctx, s, keeper, l.Addr(), log)
	if err != nil {
		return nil, err
	}
	drafts := planDesk(s, keeper, log, gate.Mode)
	journal, _ := s.(gridmap.Journal)
	hooks, err := readWebhooks(how.webhooks)
	if err != nil {
		return nil, err
	}
	changes := &feed.Service{Store: s, Hub: &feed.Hub{}}
	wizard, err := importDesk(s, keeper, how.importDir, gate.Mode)
	if err != nil {
		return nil, err
	}
	under, err := backdrop.NewKeeper(ctx, s, log)
	if err != nil {
		return nil, fmt.Errorf("载入底图图层失败 (loading the reference layers): %w", err)
	}
	e, err := web.New(web.Config{
		Maps: keeper, Log: log, Version: version, Desk: deskOf(s, keeper, gate.Mode), Gate: gate, Plans: drafts, Signs: signDesk(s), Journal: journal,
		Feed: changes, Layers: under, Imports: wizard,
		Drain: how.drain, Databases: standings(s),
	})
	if err != nil {
		return nil, err
	}
	return &server{keeper: keeper, gate: gate, routes: e.Routes(), serve: func(ctx context.Context) error {
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		var following sync.WaitGroup
		following.Go(func() { keeper.Run(ctx) })
		auditing, audited := context.WithCancel(context.WithoutCancel(ctx)) // requests that are finished at the end still make lines
		defer audited()
		following.Go(func() { gate.Run(auditing) })
		following.Go(func() { under.Run(ctx) })
		following.Go(func() { watch(ctx, s) })
		following.Go(func() { changes.Hub.Run(ctx, s) })
		for _, w := range hooks {
			following.Go(func() { courierOf(changes, journal, log).Run(ctx, w) })
		}
		if drafts != nil {
			following.Go(func() { drafts.Run(ctx) })
		}
		if wizard != nil {
			following.Go(func() { wizard.Run(ctx) })
		}
		err := web.Serve(ctx, e, l, &http.Server{ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelWarn), TLSConfig: certificates})
		cancel()
		audited()
		following.Wait()
		if errors.Is(err, context.Canceled) {
			return nil
		}
		return err
	}}, nil
}

// planDesk is where plans are made; nil when the store keeps none.
func planDesk(s gridmap.Store, keeper *atlas.Keeper, log *slog.Logger, mode auth.Mode) *plan.Desk {
	kept, ok := s.(gridmap.Plans)
	if !ok {
		return nil
	}
	audit, _ := s.(plan.Auditor)
	journal, _ := s.(gridmap.Journal)
	var policy plan.Policy = plans.LocalPolicy{Planners: mode == auth.Local}
	if mode == auth.Accounts {
		policy = auth.PlanPolicy{Policy: auth.Policy{Maps: keeper}, Plans: kept}
	}
	return plan.NewDesk(plan.Config{Plans: kept, Store: fresh.Noting(s), Maps: keeper, Log: log, Audit: audit, Journal: journal, Policy: policy, Stale: staleSigns})
}

// deskOf opens the routes that write: receipts and feedback to everybody,
// changes of the map to whom the gate lets through and, where people sign in,
// within what each was granted.
func deskOf(s gridmap.Store, keeper *atlas.Keeper, mode auth.Mode) api.Desk {
	d := api.Desk{Store: fresh.Noting(s), Now: time.Now}
	d.Receipts, _ = s.(gridmap.Receipts)
	d.Planners = mode != auth.Nobody && d.Receipts != nil
	if mode == auth.Accounts {
		policy := auth.Policy{Maps: keeper}
		d.MayChange = func(ctx context.Context, id gridmap.PlaceID) error { return policy.CanPlace(ctx, rights.Keep, id) }
		d.Reach = policy.Reach
	}
	return d
}
