package importers

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

// Column names that mean coordinates, lower case, without brackets.
var (
	lonNames = []string{"lon", "lng", "long", "longitude", "经度", "經度", "东经", "東經"}
	latNames = []string{"lat", "latitude", "纬度", "緯度", "北纬", "北緯"}
	wktNames = []string{"wkt", "wkt_geom", "the_geom", "geom", "geometry", "几何", "图形"}
	xNames   = []string{"x", "x坐标", "横坐标", "东坐标", "easting"}
	yNames   = []string{"y", "y坐标", "纵坐标", "北坐标", "northing"}
)

func (t *table) findCoordinates(names []string, o Options) error {
	var err error
	if t.wkt, err = t.column(names, o.WKT, wktNames); err != nil {
		return err
	}
	if t.lon, err = t.column(names, o.Lon, lonNames); err != nil {
		return err
	}
	if t.lat, err = t.column(names, o.Lat, latNames); err != nil {
		return err
	}
	if t.lon < 0 && t.lat < 0 {
		t.lon, _ = t.column(names, "", xNames)
		t.lat, _ = t.column(names, "", yNames)
	}
	if t.lon < 0 || t.lat < 0 {
		t.lon, t.lat = -1, -1
	}
	switch {
	case t.wkt >= 0:
		t.lon, t.lat = -1, -1
		t.info.Shape = []string{names[t.wkt]}
		t.info.Notes = append(t.info.Notes, "图形取自列 "+names[t.wkt])
	case t.lon >= 0:
		t.info.Shape = []string{names[t.lon], names[t.lat]}
		t.info.Notes = append(t.info.Notes, fmt.Sprintf("坐标取自列 %s、%s", names[t.lon], names[t.lat]))
	}
	return nil
}

// column finds the column asked for, which must exist, or one of the known
// names; -1 when there is none.
func (t *table) column(names []string, asked string, known []string) (int, error) {
	for i, n := range names {
		if asked != "" {
			if n == asked {
				return i, nil
			}
			continue
		}
		n, _, _ = strings.Cut(strings.ToLower(n), "(")
		n, _, _ = strings.Cut(n, "（")
		for _, k := range known {
			if strings.TrimSpace(n) == k {
				return i, nil
			}
		}
	}
	if asked != "" {
		return -1, fatal(t.info.File, CodeChoose, fmt.Sprintf("没有名为 %q 的列", asked), "从这些列里选："+strings.Join(names, "、"), nil)
	}
	return -1, nil
}

func (t *table) geometry(p Props) (orb.Geometry, error) {
	cell := func(i int) string {
		if i < 0 || i >= len(p) {
			return ""
		}
		s, _ := p[i].Value.(string)
		return s
	}
	if t.wkt >= 0 {
		if cell(t.wkt) == "" {
			return nil, nil
		}
		return parseWKT(cell(t.wkt), t.limits.MaxDepth)
	}
	lon, lat := cell(t.lon), cell(t.lat)
	if lon == "" && lat == "" {
		return nil, nil
	}
	x, errX := strconv.ParseFloat(lon, 64)
	y, errY := strconv.ParseFloat(lat, 64)
	if errX != nil || errY != nil || finite(x) == nil || finite(y) == nil {
		return nil, fmt.Errorf("坐标 %.30q, %.30q 不是数字", lon, lat)
	}
	return orb.Point{x, y}, nil
}
