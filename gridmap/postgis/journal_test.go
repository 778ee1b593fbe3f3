package postgis

import (
	"testing"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/storetest"
)

func TestTheJournalKeepsItsContract(t *testing.T) { storetest.RunJournal(t, openTwo) }
func TestAccountsKeepTheirContract(t *testing.T)  { storetest.RunAccounts(t, openTwo) }

// openTwo opens one new map twice, as two processes would.
func openTwo(t *testing.T) (gridmap.Store, gridmap.Store) {
	dsn := newDSN(t)
	a, err := Open(t.Context(), dsn, Options{})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(t.Context(), dsn, Options{MustExist: true})
	if err != nil {
		t.Fatal(err)
	}
	return a, b
}
