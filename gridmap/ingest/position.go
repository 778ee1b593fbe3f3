package ingest

import (
	"fmt"

	"github.com/paulmach/orb"

	"cloudgrid/gridmap"
	"cloudgrid/importers"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
)

// chooseCRS finds the coordinate system: what the caller says, else what the
// file declares; never a guess.
func chooseCRS(info importers.Info, said string) (c crs.CRS, from string, notes []string, err error) {
	declared := info.CRS
	if declared == "" && info.WKT != "" {
		declared = info.CRSFrom
	}
	if said != "" {
		c, err := crs.Parse(said)
		if err != nil {
			return c, "", nil, &gridmap.Error{Code: gridmap.Invalid, Message: fmt.Sprintf("--crs %s 不认识；可用：%s (unknown crs)", said, crs.Accepted), Err: err}
		}
		if own, err := DeclaredCRS(info); declared != "" && (err != nil || own.Name() != c.Name()) {
			notes = append(notes, fmt.Sprintf("文件声明的坐标系是 %s（%s），按 --crs 用 %s", nameOr(own, declared), info.CRSFrom, c.Name()))
		}
		return c, "--crs", notes, nil
	}
	if declared == "" {
		return c, "", nil, gridmap.Errorf(gridmap.Invalid, "%s 没有声明坐标系，请用 --crs 说明：%s (no crs declared; say --crs)", info.File, crs.Accepted)
	}
	c, err = DeclaredCRS(info)
	if err != nil {
		return c, "", nil, &gridmap.Error{Code: gridmap.Invalid, Err: err, Message: fmt.Sprintf(
			"%s 声明的坐标系（%s）不支持：%v；请先转换，或用 --crs 另行说明 (unsupported crs)", info.File, info.CRSFrom, err)}
	}
	if info.CRSFrom == importers.RFC7946 {
		notes = append(notes, "GeoJSON 没有另外声明坐标系，按 RFC 7946 为 WGS84；若出自高德、腾讯或百度，请用 --crs gcj02 或 bd09")
	}
	return c, info.CRSFrom, notes, nil
}

// DeclaredCRS reads the coordinate system that a file declares; the error says
// why it is not supported. A file that declares none has none to read: look at
// Info first.
func DeclaredCRS(info importers.Info) (crs.CRS, error) {
	var byName error
	if info.CRS != "" {
		c, err := crs.Parse(info.CRS)
		if err == nil {
			return c, nil
		}
		byName = err
	}
	if info.WKT != "" {
		return crs.FromWKT(info.WKT)
	}
	return crs.CRS{}, byName
}

func nameOr(c crs.CRS, other string) string {
	if c.Name() != "" {
		return c.Name()
	}
	return other
}

// standing says how coordinates stand in their system.
type standing int

const (
	inPlace standing = iota // inside the area the system is for
	swapped                 // outside, but inside when turned round
	farAway                 // outside either way, yet on the globe
	nowhere                 // no position at all
)

// judge looks at one position.
func judge(c crs.CRS, p orb.Point) standing {
	lon, lat, err := c.ToWGS84(p[0], p[1])
	if err == nil && c.Bounds().Contains(lon, lat) {
		return inPlace
	}
	tlon, tlat, terr := c.ToWGS84(p[1], p[0])
	if terr == nil && c.Bounds().Contains(tlon, tlat) {
		return swapped
	}
	if err == nil && lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90 {
		return farAway
	}
	return nowhere
}

// placer puts positions of the file on the lattice.
type placer struct {
	crs  crs.CRS
	turn bool // coordinates stand as latitude, longitude
}

func (p placer) point(q orb.Point) (spatial.Point, error) {
	if p.turn {
		q[0], q[1] = q[1], q[0]
	}
	lon, lat, err := p.crs.ToWGS84(q[0], q[1])
	if err != nil {
		return spatial.Point{}, err
	}
	return spatial.FromLonLat(lon, lat)
}
