package ogc

import (
	"fmt"
	"strings"

	"cloudgrid/gridmap"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
)

// crs84 is the default of the standard: longitude, latitude.
const crs84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"

// frame is a coordinate system as the standard names it. swap is set where the
// authority's axes run north before east.
type frame struct {
	uri  string
	crs  crs.CRS
	swap bool
}

func epsgURI(code int) string { return fmt.Sprintf("http://www.opengis.net/def/crs/EPSG/0/%d", code) }

// northFirst tells which EPSG systems have their axes so: WGS84 and CGCS2000 in
// degrees, and the Gauss-Krüger systems of CGCS2000.
func northFirst(code int) bool {
	return code == 4326 || code == 4490 || code >= 4491 && code <= 4554
}

// frames are the systems that every collection is served in: in degrees, Web
// Mercator, and the 3-degree Gauss-Krüger system of the map.
func frames(bounds spatial.Box) []frame {
	codes := []int{4326, 4490, 3857}
	if !bounds.Empty() {
		west, _ := bounds.Min.LonLat()
		east, _ := bounds.Max.LonLat()
		if zone := int((west+east)/2/3 + 0.5); zone >= 25 && zone <= 45 { // central meridians 75° to 135°
			codes = append(codes, 4534+zone-25)
		}
	}
	all := []frame{{uri: crs84, crs: crs.WGS84()}}
	for _, code := range codes {
		if c, err := crs.Parse(fmt.Sprintf("epsg:%d", code)); err == nil {
			all = append(all, frame{uri: epsgURI(code), crs: c, swap: northFirst(code)})
		}
	}
	return all
}

// frameOf finds a system by its URI; CRS84 for none.
func frameOf(uri string, all []frame) (frame, error) {
	uri = strings.Trim(uri, "<>")
	if uri == "" {
		return all[0], nil
	}
	var known []string
	for _, f := range all {
		if f.uri == uri || strings.Replace(uri, "https://", "http://", 1) == f.uri {
			return f, nil
		}
		known = append(known, f.uri)
	}
	return frame{}, gridmap.Errorf(gridmap.Invalid, "不提供坐标系 %q；现有：%s (no such crs)", uri, strings.Join(known, ", "))
}

// parse reads a position in the frame's order of axes.
func (f frame) parse(x, y string) (spatial.Point, error) {
	if f.swap {
		x, y = y, x
	}
	return f.crs.ParsePoint(x, y)
}

// write gives a position in the frame's order of axes.
func (f frame) write(p spatial.Point) (x, y float64, err error) {
	lon, lat := p.LonLat()
	x, y, err = f.crs.FromWGS84(lon, lat)
	if f.swap {
		x, y = y, x
	}
	return x, y, err
}
