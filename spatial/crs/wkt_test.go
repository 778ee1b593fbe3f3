package crs

import (
	"strings"
	"testing"
)

const (
	esriCGCS   = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	esriWGS    = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.017453292519943295]]`
	esriNAD    = `GEOGCS["GCS_North_American_1983",DATUM["D_North_American_1983",SPHEROID["GRS_1980",6378137,298.257222101]],PRIMEM["Greenwich",0],UNIT["Degree",0.017453292519943295]]`
	esriXian   = `GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	esriTWD    = `GEOGCS["GCS_TWD_1997",DATUM["D_TWD_1997",SPHEROID["GRS_1980",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	ogcCGCS    = `GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4490"]]`
	mercParams = `PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]`
)

func tmWKT(name, geog, method, falseE, lon0, k string) string {
	return `PROJCS["` + name + `",` + geog + `,PROJECTION["` + method + `"],PARAMETER["False_Easting",` + falseE +
		`],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",` + lon0 + `],PARAMETER["Scale_Factor",` + k +
		`],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`
}

func TestPrjFilesAreRecognised(t *testing.T) {
	for _, c := range []struct{ prj, want string }{
		{esriWGS, "wgs84"},
		{"\ufeff" + esriWGS + "\n", "wgs84"},
		{esriCGCS, "cgcs2000"},
		{ogcCGCS, "cgcs2000"},
		{esriNAD, "epsg:4269"},
		{esriTWD, "epsg:3824"},
		{tmWKT("CGCS2000_3_Degree_GK_CM_117E", esriCGCS, "Gauss_Kruger", "500000.0", "117.0", "1.0"), "epsg:4548"},
		{tmWKT("CGCS2000_3_Degree_GK_Zone_39", esriCGCS, "Gauss_Kruger", "39500000.0", "117.0", "1.0"), "epsg:4527"},
		{tmWKT("CGCS2000_GK_Zone_20", esriCGCS, "Gauss_Kruger", "20500000.0", "117.0", "1.0"), "epsg:4498"},
		{tmWKT("CGCS2000 / 3-degree Gauss-Kruger CM 117E", ogcCGCS, "Transverse_Mercator", "500000", "117", "1"), "epsg:4548"},
		{tmWKT("TWD_1997_TM_Taiwan", esriTWD, "Transverse_Mercator", "250000.0", "121.0", "0.9999"), "epsg:3826"},
		{tmWKT("WGS_1984_UTM_Zone_51N", esriWGS, "Transverse_Mercator", "500000.0", "123.0", "0.9996"), "epsg:32651"},
		{`PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",` + esriWGS + `,PROJECTION["Mercator_Auxiliary_Sphere"],` + mercParams, "epsg:3857"},
		{`PROJCS["WGS 84 / Pseudo-Mercator",` + esriWGS + `,PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],UNIT["metre",1],AUTHORITY["EPSG","3857"]]`, "epsg:3857"},
		{`geogcs("wgs 84",datum("WGS_1984",spheroid("WGS 84",6378137,298.257223563)),primem("Greenwich",0),unit("degree",0.0174532925199433))`, "wgs84"},
	} {
		got, err := FromWKT(c.prj)
		if err != nil || got.Name() != c.want {
			t.Errorf("%.60s: %q, %v, want %s", c.prj, got.Name(), err, c.want)
		}
	}
}

func TestALocalMeridianIsReadByItsParameters(t *testing.T) {
	c, err := FromWKT(tmWKT("local", esriCGCS, "Gauss_Kruger", "500000", "118.5", "1"))
	if err != nil || c.EPSG() != 0 || !strings.Contains(c.Name(), "lon_0=118.5") {
		t.Fatalf("%q, %v", c.Name(), err)
	}
	lon, _, err := c.ToWGS84(500000, 3456000)
	if err != nil || lon != 118.5 {
		t.Fatalf("%v, %v", lon, err)
	}
	// A latitude of origin moves the northings by the meridian's length to it.
	c, err = FromWKT(strings.Replace(tmWKT("local", esriCGCS, "Gauss_Kruger", "0", "118.5", "1"), `Latitude_Of_Origin",0.0`, `Latitude_Of_Origin",30.0`, 1))
	if err != nil {
		t.Fatal(err)
	}
	if x, y, _ := c.FromWGS84(118.5, 30); x != 0 || y > 1e-6 || y < -1e-6 {
		t.Errorf("the origin is at %v,%v", x, y)
	}
}

func TestWhatCannotBeReadIsRefusedWithItsReason(t *testing.T) {
	for _, c := range []struct{ prj, why string }{
		{esriXian, "not public"},
		{tmWKT("Xian_1980_GK_CM_105E", esriXian, "Gauss_Kruger", "500000", "105", "1"), "not public"},
		{strings.ReplaceAll(esriXian, "Xian_1980", "Beijing_1954"), "not public"},
		{strings.ReplaceAll(esriWGS, "WGS_1984", "Tokyo"), "not supported"},
		{tmWKT("x", esriWGS, "Albers", "0", "0", "1"), "Albers"},
		{strings.Replace(esriWGS, `"Greenwich",0.0`, `"Paris",2.3372`, 1), "Paris"},
		{strings.Replace(esriWGS, `"Degree",0.017453292519943295`, `"Grad",0.01570796`, 1), "Grad"},
		{tmWKT("x", esriWGS, "Transverse_Mercator", "0", "1e300", "1"), "impossible"},
		{"", "cannot be read"},
		{`GEOGCS["x"`, "never closed"},
		{`GEOGCS["x`, "never closed"},
		{esriWGS + "]", "after the end"},
		{strings.Repeat("A[", 100000), "too long"},
		{strings.Repeat("A[", 1000), "nested"},
		{`LOCAL_CS["x"]`, "GEOGCS or PROJCS"},
	} {
		if got, err := FromWKT(c.prj); err == nil || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%.60s: %q, %v, want a reason with %q", c.prj, got.Name(), err, c.why)
		}
	}
}

func FuzzFromWKT(f *testing.F) {
	for _, s := range []string{esriWGS, esriXian, ogcCGCS, tmWKT("x", esriCGCS, "Gauss_Kruger", "500000", "118.5", "1"), `A("b",1)`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := FromWKT(s)
		if err != nil {
			return
		}
		if c.Name() == "" || c.ErrorSource() == "" {
			t.Fatalf("accepted without name or error: %q", s)
		}
		if lon, lat, err := c.ToWGS84(500000, 3000000); err == nil && !(lon >= -180 && lon <= 180 && lat >= -90 && lat <= 90) {
			t.Fatalf("%q answers %v,%v", s, lon, lat)
		}
	})
}
