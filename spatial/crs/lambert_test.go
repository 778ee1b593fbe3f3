package crs

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const (
	nad83   = `GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]`
	cgcs    = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["Degree",0.0174532925199433]]`
	lccCT   = `PROJCS["Lambert_Conformal_Conic",` + nad83 + `,PROJECTION["Lambert_Conformal_Conic"],PARAMETER["standard_parallel_1",41.86666666666667],PARAMETER["standard_parallel_2",41.2],PARAMETER["latitude_of_origin",40.83333333333334],PARAMETER["central_meridian",-72.75],PARAMETER["false_easting",304800.6096],PARAMETER["false_northing",152400.3048],UNIT["Meter",1]]`
	lccCN   = `PROJCS["China",` + cgcs + `,PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["Standard_Parallel_1",25],PARAMETER["Standard_Parallel_2",47],PARAMETER["Central_Meridian",105],PARAMETER["Latitude_Of_Origin",0],UNIT["Meter",1]]`
	lcc1SP  = `PROJCS["south",` + cgcs + `,PROJECTION["Lambert_Conformal_Conic_1SP"],PARAMETER["latitude_of_origin",-30],PARAMETER["central_meridian",25],PARAMETER["scale_factor",0.9998],PARAMETER["false_easting",328083.98950131235],PARAMETER["false_northing",0],UNIT["Foot",0.3048]]`
	lccFlat = `PROJCS["flat",` + cgcs + `,PROJECTION["Lambert_Conformal_Conic_2SP"],PARAMETER["Standard_Parallel_1",25],PARAMETER["Standard_Parallel_2",-25],PARAMETER["Central_Meridian",105],UNIT["Meter",1]]`
)

// Expected figures from PROJ 9 (gdaltransform).
func TestLambertConformalConicAgreesWithPROJ(t *testing.T) {
	for _, c := range []struct {
		wkt            string
		lon, lat, x, y float64
	}{
		{lccCT, -73.2, 41.1, 266996.788770906, 182113.910690452},
		{lccCT, -71.9, 42.0, 375223.763876847, 282319.287566906},
		{lccCN, 116.4, 39.9, 956773.955227741, 4653754.61255776},
		{lccCN, 91.1, 29.65, -1325184.03431374, 3574539.45220363},
		{lccCN, 121.5, 24.9, 1659510.42199764, 3097985.44167932},
		{lcc1SP, 26.5, -33.2, 787567.09401731, -1167476.3018666},
	} {
		s, err := FromWKT(c.wkt)
		if err != nil {
			t.Fatal(err)
		}
		x, y, err := s.FromWGS84(c.lon, c.lat)
		if err != nil || math.Hypot(x-c.x, y-c.y) > 2e-4 { // the test of 1SP differs in ellipsoid by 0.1 mm
			t.Errorf("%s: %v, %v is %.4f, %.4f (%v), PROJ says %.4f, %.4f", s, c.lon, c.lat, x, y, err, c.x, c.y)
		}
		lon, lat, err := s.ToWGS84(x, y)
		if err != nil || math.Abs(lon-c.lon) > 1e-10 || math.Abs(lat-c.lat) > 1e-10 {
			t.Errorf("%s: back at %v, %v (%v)", s, lon, lat, err)
		}
	}
}

func TestLambertRoundTripsAllOverChina(t *testing.T) {
	s, err := FromWKT(lccCN)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		lon, lat := rapid.Float64Range(73, 136).Draw(t, "lon"), rapid.Float64Range(3, 54).Draw(t, "lat")
		x, y, err := s.FromWGS84(lon, lat)
		if err != nil {
			t.Fatal(err)
		}
		lon2, lat2, err := s.ToWGS84(x, y)
		if err != nil || math.Abs(lon2-lon) > 1e-10 || math.Abs(lat2-lat) > 1e-10 {
			t.Fatalf("%v, %v came back as %v, %v (%v)", lon, lat, lon2, lat2, err)
		}
	})
}

func TestImpossibleLambertIsRefused(t *testing.T) {
	for _, wkt := range []string{lccFlat, strings.Replace(lccCT, `PARAMETER["central_meridian",-72.75],`, "", 1), strings.Replace(lccCT, `41.2]`, `99]`, 1)} {
		if s, err := FromWKT(wkt); err == nil {
			t.Errorf("%.60s was taken for %s", wkt, s)
		}
	}
	s, err := FromWKT(lccCT)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range [][2]float64{{math.NaN(), 0}, {math.Inf(1), 0}, {1e9, 1e9}} {
		if lon, lat, err := s.ToWGS84(p[0], p[1]); err == nil {
			t.Error(fmt.Sprint(p, " is at ", lon, lat))
		}
	}
}
