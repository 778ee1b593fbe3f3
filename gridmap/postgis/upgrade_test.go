package postgis

import (
	"testing"

	"cloudgrid/gridmap/storetest"
)

func TestAMapOfTheVersionBeforePlansIsUpgradedWithItsCodes(t *testing.T) {
	s, err := Open(t.Context(), before(t, 2, storetest.OldMap), Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	storetest.Upgraded(t, s)
}
