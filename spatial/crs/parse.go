package crs

import (
	"fmt"
	"strconv"
	"strings"
)

// Accepted says, for messages and documentation, which names Parse takes.
const Accepted = "wgs84 (epsg:4326), cgcs2000 (epsg:4490), gcj02, bd09, epsg:3857, " +
	"epsg:4491…4554 (CGCS2000 Gauss-Krüger, 3° and 6°), epsg:3824/3825/3826 (TWD97), " +
	"epsg:32601…32660 (UTM north), epsg:4269 (NAD83)"

// WGS84 returns the system that the others are transformed to.
func WGS84() CRS { return CRS{lonLat("wgs84", 4326)} }

// Parse finds a system by name or EPSG code, upper or lower case; "GCJ-02",
// "EPSG:4490", "urn:ogc:def:crs:EPSG::4490" and
// "http://www.opengis.net/def/crs/OGC/1.3/CRS84" are understood as well. The
// error for an empty name is ErrUndeclared with the reason why a crs is
// mandatory; every error lists what is accepted.
func Parse(name string) (CRS, error) {
	key := canonical(name)
	if key == "" {
		return CRS{}, fmt.Errorf("%w; say crs as one of: %s", ErrUndeclared, Accepted)
	}
	switch key {
	case "wgs84", "crs84":
		return WGS84(), nil
	case "cgcs2000":
		return fromEPSG(4490)
	case "gcj02":
		return CRS{gcj02()}, nil
	case "bd09", "bd09ll":
		return CRS{bd09()}, nil
	}
	if digits, ok := strings.CutPrefix(key, "epsg:"); ok {
		if code, err := strconv.Atoi(digits); err == nil {
			return fromEPSG(code)
		}
	}
	return CRS{}, fmt.Errorf("unknown crs %.60q; accepted are: %s", name, Accepted)
}

// canonical lowers the name and reduces the OGC spellings to "epsg:NNNN" or
// "crs84", and "GCJ-02" to "gcj02".
func canonical(name string) string {
	s := strings.ToLower(strings.TrimSpace(name))
	if rest, ok := strings.CutPrefix(s, "urn:ogc:def:crs:"); ok {
		parts := strings.Split(rest, ":")
		if parts[0] == "ogc" {
			return parts[len(parts)-1]
		}
		return parts[0] + ":" + parts[len(parts)-1]
	}
	for _, scheme := range []string{"http://", "https://"} {
		if rest, ok := strings.CutPrefix(s, scheme+"www.opengis.net/def/crs/"); ok {
			parts := strings.Split(strings.TrimSuffix(rest, "/"), "/")
			if parts[0] == "ogc" {
				return parts[len(parts)-1]
			}
			return parts[0] + ":" + parts[len(parts)-1]
		}
	}
	if strings.HasPrefix(s, "epsg") || strings.HasPrefix(s, "ogc:") {
		return strings.TrimPrefix(strings.ReplaceAll(s, " ", ""), "ogc:")
	}
	return strings.NewReplacer("-", "", "_", "", " ", "").Replace(s)
}

// China, its sea included: the area of use of CGCS2000 in the EPSG register.
var chinaBounds = Bounds{West: 73.62, South: 16.7, East: 134.77, North: 53.56}

const (
	grs80A    = 6378137.0
	grs80InvF = 298.257222101
	wgs84InvF = 298.257223563

	cgcsSource = "taken as WGS84: the frames agree to centimetres at epoch 2000.0, plate motion of some 3 cm a year keeps them within 1 m until 2030"
	twdSource  = "taken as WGS84 (EPSG transformation 3830, stated accuracy 1 m)"
	nadSource  = "taken as WGS84: NAD83 and the current frame differ by 1–2 m in the conterminous United States"
	gcjSource  = "public approximation of an unpublished algorithm: within 0.74 m of vendor-converted positions of 664 cities; the inverse is iterated to under 1 mm"
)

func lonLat(name string, epsg int) *definition {
	d := &definition{name: name, epsg: epsg, kind: kindLonLat}
	switch epsg {
	case 4490:
		d.bounds, d.errorM, d.source = chinaBounds, 1, cgcsSource
	case 3824:
		d.bounds, d.errorM, d.source = Bounds{114.32, 17.36, 123.61, 26.96}, 1, twdSource
	case 4269:
		d.bounds, d.errorM, d.source = Bounds{-180, 14.92, -40.73, 86.45}, 2, nadSource
	default:
		d.bounds, d.source = Bounds{-180, -90, 180, 90}, "the reference itself"
	}
	return d
}

func gcj02() *definition {
	return &definition{name: "gcj02", kind: kindGCJ02, bounds: chinaRectangle, errorM: 1, source: gcjSource}
}

func bd09() *definition {
	return &definition{name: "bd09", kind: kindBD09, bounds: chinaRectangle, errorM: 1.5, source: gcjSource + "; BD-09 adds its own published shift"}
}

func fromEPSG(code int) (CRS, error) {
	name := "epsg:" + strconv.Itoa(code)
	switch {
	case code == 4326:
		return WGS84(), nil
	case code == 4490:
		return CRS{lonLat("cgcs2000", code)}, nil
	case code == 3824 || code == 4269:
		return CRS{lonLat(name, code)}, nil
	case code == 3857:
		return CRS{&definition{
			name: name, epsg: code, kind: kindWebMercator,
			bounds: Bounds{-180, -mercatorMaxLat, 180, mercatorMaxLat}, source: "closed formula",
		}}, nil
	}
	if d := tmByCode(name, code); d != nil {
		return CRS{d}, nil
	}
	return CRS{}, fmt.Errorf("unknown crs %q; accepted are: %s", name, Accepted)
}

// tmByCode builds the Gauss-Krüger, TM2 and UTM systems by the arithmetic of
// their EPSG numbers; nil for any other code.
func tmByCode(name string, code int) *definition {
	gk := func(zone, stepDeg int, prefix bool) *definition {
		lon0 := float64(zone * stepDeg)
		if stepDeg == 6 {
			lon0 -= 3
		}
		falseE := 500000.0
		if prefix {
			falseE += float64(zone) * 1e6
		}
		b := Bounds{max(lon0-float64(stepDeg)/2, chinaBounds.West), chinaBounds.South, min(lon0+float64(stepDeg)/2, chinaBounds.East), chinaBounds.North}
		return tmDefinition(name, code, b, 1, cgcsSource, newTransverseMercator(lon0, 0, 1, falseE, 0, 1, grs80A, grs80InvF))
	}
	switch {
	case code >= 4491 && code <= 4501:
		return gk(code-4491+13, 6, true)
	case code >= 4502 && code <= 4512:
		return gk(code-4502+13, 6, false)
	case code >= 4513 && code <= 4533:
		return gk(code-4513+25, 3, true)
	case code >= 4534 && code <= 4554:
		return gk(code-4534+25, 3, false)
	case code == 3825 || code == 3826:
		lon0 := 119 + 2*float64(code-3825)
		b := Bounds{lon0 - 1.2, 18.63, lon0 + 1.2, 26.96}
		return tmDefinition(name, code, b, 1, twdSource, newTransverseMercator(lon0, 0, 0.9999, 250000, 0, 1, grs80A, grs80InvF))
	case code >= 32601 && code <= 32660:
		lon0 := float64(code-32600)*6 - 183
		return tmDefinition(name, code, Bounds{lon0 - 3, 0, lon0 + 3, 84}, 1e-6, "Krüger series to n⁶ (Karney 2011)",
			newTransverseMercator(lon0, 0, 0.9996, 500000, 0, 1, grs80A, wgs84InvF))
	}
	return nil
}

func tmDefinition(name string, code int, b Bounds, errorM float64, source string, tm transverseMercator) *definition {
	return &definition{name: name, epsg: code, kind: kindTM, bounds: b, errorM: errorM, source: source, tm: tm}
}

// prefixedCode names the system whose eastings begin with this zone number:
// 6° zones are 13–23 and 3° zones 25–45 over China, so the number decides.
func prefixedCode(zone int) string {
	switch {
	case zone >= 13 && zone <= 23:
		return "epsg:" + strconv.Itoa(4491+zone-13)
	case zone >= 25 && zone <= 45:
		return "epsg:" + strconv.Itoa(4513+zone-25)
	}
	return "epsg:4491…4501 or 4513…4533"
}
