package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cloudgrid/gridmap"
	"cloudgrid/web/api"
)

func newResolveCmd(c *console) *cobra.Command {
	var store, scope string
	var q api.Question
	var b batchFlags
	cmd := &cobra.Command{
		Use:   "resolve",
		Short: "which grid is responsible at a coordinate or an address, and whom to call",
		Example: `  cloudgrid resolve --lon 120.6839 --lat 24.1378 --crs wgs84
  cloudgrid resolve --store gpkg:cloudgrid.gpkg --lon 120.6881 --lat 24.1350 --crs gcj02 --accuracy 15 --json
  cloudgrid resolve --address 中區大誠街12號
  cloudgrid resolve --batch points.csv --crs gcj02 --out answers.csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if b.in != "" {
				for _, name := range []string{"lon", "lat", "address", "accuracy", "level", "at", "known-at", "out-crs"} {
					if cmd.Flags().Changed(name) {
						return gridmap.Errorf(gridmap.Invalid, "--%s 不能与 --batch 同用 (--%s does not go with --batch)", name, name)
					}
				}
				b.crs, b.network = q.CRS, q.Network
				return runBatch(cmd.Context(), c, store, scope, b)
			}
			return runResolve(cmd.Context(), c, store, scope, q)
		},
	}
	storeFlag(cmd, &store)
	scopeFlag(cmd, &scope)
	f := cmd.Flags()
	f.StringVar(&q.Lon, "lon", "", "longitude in degrees, or easting in metres")
	f.StringVar(&q.Lat, "lat", "", "latitude in degrees, or northing in metres")
	f.StringVar(&q.CRS, "crs", "", "frame of the coordinates, mandatory: wgs84, cgcs2000, gcj02, bd09, epsg:NNNN")
	f.StringVar(&q.Accuracy, "accuracy", "", "radius in metres in which the position is known to be")
	f.StringVar(&q.Address, "address", "", "an address instead of, or beside, a coordinate")
	f.StringVar(&q.Network, "network", "", "code of a network; the main one when absent")
	f.StringVar(&q.Level, "level", "", "code of the deepest level wanted")
	f.StringVar(&q.At, "at", "", "as it was then: a date or RFC 3339")
	f.StringVar(&q.KnownAt, "known-at", "", "as the system believed it then; without --at, also as it was then")
	f.StringVar(&q.OutCRS, "out-crs", "", "frame of the coordinates in the answer")
	f.StringVar(&b.in, "batch", "", "a CSV with a header: answer every row")
	f.StringVar(&b.out, "out", "resolved.csv", "with --batch: where the rows go, with their answers appended")
	f.StringVar(&b.lon, "lon-col", "lon", "with --batch: column of longitudes or eastings")
	f.StringVar(&b.lat, "lat-col", "lat", "with --batch: column of latitudes or northings")
	f.StringVar(&b.address, "address-col", "", "with --batch: column of addresses, instead of coordinates")
	f.BoolVar(&b.resume, "resume", false, "with --batch: go on where an earlier run stopped")
	return cmd
}

func runResolve(ctx context.Context, c *console, store, scope string, q api.Question) error {
	s, err := openStore(ctx, store, storeRead)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // read only
	keeper, err := keeperOf(ctx, s, scope)
	if err != nil {
		return err
	}
	body, err := api.New(keeper, api.Desk{}).Resolve(ctx, q)
	if err != nil {
		return err
	}
	if c.asJSON {
		_, err = fmt.Fprintf(c.out, "%s\n", bytes.TrimSpace(body))
		return err
	}
	return sayAnswer(c, body)
}

// answerText is what a person reads of an answer.
type answerText struct {
	Message string `json:"message"`
	Chain   []struct {
		Code  string `json:"code"`
		Name  string `json:"name"`
		Level struct {
			Name string `json:"name"`
		} `json:"level"`
		Staff []struct {
			Role  string `json:"role_name"`
			Name  string `json:"name"`
			Phone string `json:"phone"`
			Line  string `json:"office_phone"`
		} `json:"staff"`
	} `json:"chain"`
	Border *struct {
		DistanceM float64                `json:"distance_m"`
		Across    *struct{ Name string } `json:"across"`
	} `json:"nearest_border"`
}

func sayAnswer(c *console, body []byte) error {
	var a answerText
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	c.sayf("%s", a.Message)
	for i, g := range a.Chain {
		c.sayf("%s%s %s（%s）", strings.Repeat("  ", i), g.Level.Name, g.Name, g.Code)
		for _, p := range g.Staff {
			c.sayf("%s- %s %s %s", strings.Repeat("  ", i+1), p.Role, p.Name, strings.TrimSpace(p.Phone+" "+p.Line))
		}
	}
	if a.Border != nil {
		across := "辖区外"
		if a.Border.Across != nil {
			across = a.Border.Across.Name
		}
		c.sayf("距最近边界 %.1f 米，对面是%s", a.Border.DistanceM, across)
	}
	return nil
}
