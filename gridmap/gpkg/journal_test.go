package gpkg

import (
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/storetest"
)

func TestTheJournalKeepsItsContract(t *testing.T) { storetest.RunJournal(t, openTwo) }
func TestAccountsKeepTheirContract(t *testing.T)  { storetest.RunAccounts(t, openTwo) }

// openTwo opens one new map twice, as two processes would.
func openTwo(t *testing.T) (gridmap.Store, gridmap.Store) {
	a := openNew(t)
	b, err := Open(t.Context(), a.path, Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}
