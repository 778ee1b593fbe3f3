package postgis

import (
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/storetest"
)

func TestPlansKeepTheirContract(t *testing.T) {
	storetest.RunPlans(t, func(t *testing.T) gridmap.Store { return openNew(t) })
}

func TestAKilledProcessLosesNoAcknowledgedOperation(t *testing.T) {
	storetest.KillPlans(t, newDSN(t), openAt)
}

func BenchmarkPlans(b *testing.B) {
	storetest.BenchPlans(b, func(t testing.TB) gridmap.Store { return openNew(t) })
}
