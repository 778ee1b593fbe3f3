package gpkg

import (
	"testing"

	"cloudgrid/gridmap/storetest"
)

func TestReceiptsKeepTheirContract(t *testing.T) { storetest.RunReceipts(t, openNew(t)) }
