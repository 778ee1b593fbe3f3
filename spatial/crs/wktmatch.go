package crs

import (
	"fmt"
	"math"
	"strings"
)

// FromWKT recognises the definition in a .prj file or a GeoPackage: WKT 1 as
// ESRI and OGC write it, geographic, transverse Mercator (Gauss-Krüger, UTM,
// TM2 and local meridians), Lambert conformal conic and Web Mercator, on WGS84,
// CGCS2000, TWD97 or NAD83. Where the parameters are those of a system that Parse knows, that one
// is returned. Xian 1980 and Beijing 1954 are refused: the parameters that
// would shift them to WGS84 are not public, and without them every position is
// 50–120 m off.
func FromWKT(prj string) (CRS, error) {
	root, err := parseWKT(prj)
	if err != nil {
		return CRS{}, fmt.Errorf("the coordinate system definition cannot be read: %w", err)
	}
	if root.word == "COMPD_CS" && len(root.kids) > 1 {
		root = root.kids[1] // heights do not matter here
	}
	switch root.word {
	case "GEOGCS", "GEOGCRS", "GEODCRS":
		return geographicFromWKT(root)
	case "PROJCS":
		return projectedFromWKT(root)
	}
	return CRS{}, fmt.Errorf("definition begins with %.20q; GEOGCS or PROJCS was expected (convert the file to %s)", root.word, "CGCS2000 or WGS84")
}

// datum returns the EPSG code of the geographic system whose datum is named,
// and the flattening to project with.
func datum(geog node) (epsg int, invF float64, err error) {
	d, _ := geog.child("DATUM")
	names := []string{squash(d.name()), squash(geog.name())}
	for _, name := range names {
		switch {
		case name == "":
		case strings.Contains(name, "xian") || strings.Contains(name, "西安"):
			return 0, 0, secretDatum("Xian 1980 (西安80)")
		case strings.Contains(name, "beijing") || strings.Contains(name, "北京"):
			return 0, 0, secretDatum("Beijing 1954 (北京54)")
		case name == "dwgs1984" || name == "wgs1984" || name == "wgs84" || name == "gcswgs1984" || strings.HasPrefix(name, "worldgeodeticsystem1984"):
			return 4326, wgs84InvF, nil
		case name == "dchina2000" || name == "china2000" || strings.Contains(name, "cgcs2000") || strings.Contains(name, "chinageodeticcoordinatesystem2000") || strings.Contains(name, "国家大地坐标系"):
			return 4490, grs80InvF, nil
		case name == "dnorthamerican1983" || name == "northamericandatum1983" || name == "nad83":
			return 4269, grs80InvF, nil
		case name == "dtwd1997" || strings.HasPrefix(name, "taiwandatum1997") || name == "twd97" || name == "gcstwd1997" || name == "dtwd97":
			return 3824, grs80InvF, nil
		}
	}
	return 0, 0, fmt.Errorf("datum %.60q is not supported; convert the file to CGCS2000 or WGS84 first", d.name())
}

func secretDatum(name string) error {
	return fmt.Errorf("%s cannot be read: the parameters that shift it to CGCS2000 are not public, and without them positions are 50–120 m off; "+
		"ask the survey office for the data in CGCS2000", name)
}

func geographicFromWKT(geog node) (CRS, error) {
	epsg, _, err := datum(geog)
	if err != nil {
		return CRS{}, err
	}
	if err := greenwichDegrees(geog); err != nil {
		return CRS{}, err
	}
	return fromEPSG(epsg)
}

func greenwichDegrees(geog node) error {
	if pm, ok := geog.child("PRIMEM"); ok {
		if v, _ := pm.number(1); v != 0 {
			return fmt.Errorf("longitudes counted from %q instead of Greenwich are not supported", pm.name())
		}
	}
	if u, ok := geog.child("UNIT"); ok {
		if v, _ := u.number(1); math.Abs(v-math.Pi/180) > 1e-9 {
			return fmt.Errorf("angles in %q instead of degrees are not supported", u.name())
		}
	}
	return nil
}

func projectedFromWKT(root node) (CRS, error) {
	geog, ok := root.child("GEOGCS")
	if !ok {
		return CRS{}, fmt.Errorf("PROJCS %.60q names no GEOGCS, so its datum is unknown", root.name())
	}
	geoCode, invF, err := datum(geog)
	if err != nil {
		return CRS{}, err
	}
	if err := greenwichDegrees(geog); err != nil {
		return CRS{}, err
	}
	proj, _ := root.child("PROJECTION")
	method := squash(proj.name())
	switch method {
	case "transversemercator", "gausskruger":
		return tmFromWKT(root, geoCode, invF)
	case "lambertconformalconic", "lambertconformalconic2sp", "lambertconformalconic1sp":
		return lambertFromWKT(root, geoCode, invF)
	case "mercatorauxiliarysphere", "popularvisualisationpseudomercator":
		return mercatorFromWKT(root)
	}
	if code, ok := root.epsg(); ok && code == 3857 {
		return fromEPSG(code) // OGC writers call it Mercator_1SP with an extension
	}
	return CRS{}, fmt.Errorf("projection %.60q of %.60q is not supported; convert the file to CGCS2000 or WGS84 first", proj.name(), root.name())
}

// wktParams collects PARAMETER["name",value], names squashed.
func wktParams(root node) map[string]float64 {
	m := map[string]float64{}
	for _, k := range root.kids {
		if v, ok := k.number(1); ok && k.word == "PARAMETER" {
			m[squash(k.name())] = v
		}
	}
	return m
}

func mercatorFromWKT(root node) (CRS, error) {
	for name, v := range wktParams(root) {
		if v != 0 && name != "scalefactor" {
			return CRS{}, fmt.Errorf("web mercator with %s = %v is not epsg:3857", name, v)
		}
	}
	if u, _ := root.child("UNIT"); len(u.kids) > 1 {
		if v, _ := u.number(1); v != 1 {
			return CRS{}, fmt.Errorf("web mercator in %q instead of metres is not epsg:3857", u.name())
		}
	}
	return fromEPSG(3857)
}

func tmFromWKT(root node, geoCode int, invF float64) (CRS, error) {
	p := wktParams(root)
	lon0, ok := p["centralmeridian"]
	if !ok {
		return CRS{}, fmt.Errorf("%.60q does not say its central meridian", root.name())
	}
	k0, ok := p["scalefactor"]
	if !ok {
		k0 = 1
	}
	unit := 1.0
	if u, ok := root.child("UNIT"); ok {
		unit, _ = u.number(1)
	}
	lat0, falseE, falseN := p["latitudeoforigin"], p["falseeasting"], p["falsenorthing"]
	if !(math.Abs(lon0) <= 180 && math.Abs(lat0) <= 90 && k0 > 0.9 && k0 < 1.1 && unit > 0.01 && unit < 2000 &&
		math.Abs(falseE) < 1e9 && math.Abs(falseN) < 1e9) {
		return CRS{}, fmt.Errorf("%.60q has impossible projection parameters: %v", root.name(), p)
	}
	tm := newTransverseMercator(lon0, lat0, k0, falseE, falseN, unit, grs80A, invF)
	if d := knownTM(tm, geoCode); d != nil {
		return CRS{d}, nil
	}
	base := lonLat("", geoCode)
	name := fmt.Sprintf("tm lon_0=%v lat_0=%v k=%v x_0=%v y_0=%v to_meter=%v datum=epsg:%d", lon0, lat0, k0, falseE, falseN, unit, geoCode)
	b := Bounds{lon0 - 3, base.bounds.South, lon0 + 3, base.bounds.North}
	return CRS{tmDefinition(name, 0, b, max(base.errorM, 1e-6), base.source, tm)}, nil
}

// knownTM finds the registered system with these very parameters. CGCS2000 has
// the same meridian in its 3° and 6° series (each sixth degree): the 3° one is
// returned, the coordinates are the same.
func knownTM(tm transverseMercator, geoCode int) *definition {
	var from, to int
	switch geoCode {
	case 4490:
		from, to = 4491, 4554
	case 4326:
		from, to = 32601, 32660
	case 3824:
		from, to = 3825, 3826
	}
	for code := to; code >= from && code > 0; code-- {
		if d := tmByCode(fmt.Sprintf("epsg:%d", code), code); d != nil && d.tm == tm {
			return d
		}
	}
	return nil
}
