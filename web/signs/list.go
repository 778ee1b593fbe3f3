package signs

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/sign"
	"cloudgrid/web/problem"
)

// signItem is a sign as lists show it.
type signItem struct {
	Code      string     `json:"code"`
	Place     int64      `json:"place"`
	PlaceName string     `json:"place_name"`
	Grid      string     `json:"grid"` // code; "" in none
	GridName  string     `json:"grid_name"`
	Lon       float64    `json:"lon,omitempty"`
	Lat       float64    `json:"lat,omitempty"`
	Status    string     `json:"status"`
	Successor string     `json:"successor,omitempty"`
	Mounting  string     `json:"mounting,omitempty"`
	Entrance  string     `json:"entrance,omitempty"`
	Network   string     `json:"network,omitempty"`
	Photo     bool       `json:"photo"`
	Printed   *time.Time `json:"printed" doc:"last; null: never"`
	Scans30   int64      `json:"scans_30_days"`
}

type listAnswer struct {
	Signs []signItem `json:"signs"`
}

func (s *Service) list(c echo.Context) error {
	d, _, err := s.desk(c)
	if err != nil {
		return problem.Write(c, err)
	}
	ctx := c.Request().Context()
	register, a := s.signs()
	_, printed, err := d.LastPrints(ctx)
	if err != nil {
		return problem.Write(c, err)
	}
	now := s.Now()
	tallies, err := s.Journal.Tallies(ctx, "scan", "", now.AddDate(0, 0, -30), now)
	if err != nil {
		return problem.Write(c, err)
	}
	scans := map[string]int64{}
	for _, t := range tallies {
		scans[t.Key] += t.N
	}
	items, within := []signItem{}, s.Reach.Of(ctx, auth.Look)
	for _, e := range register.Signs() {
		if !within.Place(e.Place) {
			continue
		}
		item := itemOf(a, e)
		item.Scans30 = scans[e.Code]
		if at, ok := printed[e.Code]; ok {
			item.Printed = &at
		}
		items = append(items, item)
	}
	return c.JSON(http.StatusOK, listAnswer{items})
}

func itemOf(a *atlas.Atlas, e sign.Entry) signItem {
	item := signItem{
		Code: e.Code, Place: int64(e.Place), Status: string(e.Status), Successor: e.Successor, Mounting: e.Mounting,
		Entrance: e.Entrance, Network: e.Network, Photo: e.Photo != "",
	}
	p := a.Place(e.Place)
	if p == nil {
		return item
	}
	if item.PlaceName = p.Name; p.Name == "" {
		item.PlaceName = p.Address.String()
	}
	if p.HasPoint {
		item.Lon, item.Lat = p.Point.LonLat()
	}
	n := a.Main()
	if e.Network != "" {
		n = a.Net(e.Network)
	}
	if i := n.OfPlace(a, p); i != atlas.None {
		item.Grid, item.GridName = n.Grids[i].Code, n.Grids[i].Name
	}
	return item
}
