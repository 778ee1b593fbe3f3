package ingest

import (
	"slices"

	"cloudgrid/spatial"
)

// Severity of a finding.
type Severity string

// An Error is a row that is not taken; a Warning is taken and should be looked
// at; a Note is said for completeness.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
	Note    Severity = "note"
)

// The kinds of findings. Those about the coverage have the names of package
// topology: overlap, gap, hole, duplicate, contained, self-crossing,
// self-touch, spike, disconnected, sliver, no-ground; and hairline-overlap,
// hairline-gap.
const (
	KindUnreadable    = "unreadable"       // the row cannot be read
	KindNoCode        = "no-code"          // no code in the code column
	KindNoGeometry    = "no-geometry"      // a row without a shape
	KindWrongGeometry = "wrong-geometry"   // a line where a polygon should be
	KindInvalidRing   = "invalid-ring"     // a ring without area
	KindTinyRing      = "tiny-ring"        // a ring under a lattice step wide
	KindUnclosedRing  = "unclosed-ring"    // a ring that was closed for it
	KindSwapped       = "swapped-axes"     // latitude before longitude
	KindOffGlobe      = "off-globe"        // no position on earth
	KindFarAway       = "far-away"         // outside the area the coordinate system is for
	KindSameCode      = "duplicate-code"   // a code that an earlier row has
	KindSameShape     = "duplicate-shape"  // a shape that an earlier row has
	KindBadValue      = "bad-value"        // a cell that is no number, date, known word
	KindNoParent      = "no-parent"        // the parent named is not there
	KindOutsideParent = "outside-parent"   // ground outside the parent's
	KindUncovered     = "uncovered-parent" // ground of a parent that none of its children has
	KindMultiPart     = "disconnected"     // a grid in several parts
	KindGroundKept    = "ground-by-atoms"  // the grid has atoms of its own; its drawn shape changes nothing
	KindNotInFile     = "not-in-file"      // in the store, not in the file; left as it is
)

// The kinds of findings about places.
const (
	KindTwice             = "duplicate-row"       // the same address at the same point again; taken once
	KindTwoPositions      = "two-positions"       // the same address at another point; the first is taken
	KindSameAddress       = "same-address"        // the same address, written or coded otherwise; both are taken
	KindUnexplained       = "unexplained-address" // text of a whole address that was not understood
	KindAddressConflict   = "address-conflict"    // the whole address says other than the columns
	KindPhone             = "phone-in-address"    // a telephone number among the address; left out
	KindCompoundIsArea    = "compound-is-area"    // a compound that is a town or community
	KindCompoundIsRoad    = "compound-is-road"
	KindCompoundIsAddress = "compound-is-address"
	KindBadNumber         = "bad-number"          // a door number without a number
	KindNumberSplit       = "number-split"        // the column of numbers held floors or rooms too
	KindNoRoad            = "number-without-road" // nor a compound
	KindUnmatchable       = "unmatchable"         // areas only
	KindAliasElsewhere    = "alias-elsewhere"     // an alias of two compounds
	KindNoPoint           = "no-point"
	KindMirrored          = "wrong-hemisphere"  // a sign of the coordinates is wrong
	KindOutsideCommunity  = "outside-community" // a point outside the community of the address
)

// LonLat is a place in degrees, WGS84.
type LonLat struct {
	Lon float64 `json:"lon"`
	Lat float64 `json:"lat"`
}

func lonLat(p spatial.Point) *LonLat {
	lon, lat := p.LonLat()
	return &LonLat{lon, lat}
}

// Finding is one thing found, with its rows and its place.
type Finding struct {
	Kind     string   `json:"kind"`
	Severity Severity `json:"severity"`
	Rows     []int    `json:"rows,omitempty"` // as a person counts in the file, from 1
	Codes    []string `json:"codes,omitempty"`
	Message  string   `json:"message"`
	At       *LonLat  `json:"at,omitempty"`
	AreaM2   float64  `json:"area_m2,omitempty"`
	WidthM   float64  `json:"width_m,omitempty"` // mean width of the ground in question
}

// Report is what an import found and did.
type Report struct {
	File     string `json:"file"`
	Format   string `json:"format"`
	Layer    string `json:"layer,omitempty"`
	Encoding string `json:"encoding,omitempty"`
	CRS      string `json:"crs,omitempty"`
	CRSFrom  string `json:"crs_from,omitempty"`

	As      Kind    `json:"as"`
	Network string  `json:"network"`
	Level   string  `json:"level,omitempty"`
	Mapping Mapping `json:"mapping"`

	Read     int `json:"rows_read"`
	Accepted int `json:"rows_accepted"`
	Rejected int `json:"rows_rejected"`
	Merged   int `json:"rows_merged,omitempty"` // parts of an accepted row, or a place again

	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`

	Notes    []string  `json:"notes,omitempty"`
	Findings []Finding `json:"findings"`

	DryRun  bool  `json:"dry_run"`
	Written bool  `json:"written"`
	Partial bool  `json:"partial,omitempty"` // rejected rows were left out of what was written
	Seq     int64 `json:"seq,omitempty"`     // the change set it became
	Edition int64 `json:"edition,omitempty"`
}

func (r *Report) add(f Finding) { r.Findings = append(r.Findings, f) }

// Count returns how many findings there are of a severity.
func (r *Report) Count(s Severity) int {
	n := 0
	for _, f := range r.Findings {
		if f.Severity == s {
			n++
		}
	}
	return n
}

// Clean tells whether there is nothing to look at: no errors, no warnings.
func (r *Report) Clean() bool { return r.Count(Error) == 0 && r.Count(Warning) == 0 }

// sort orders findings by severity, kind, size, then row.
func (r *Report) sort() {
	rank := map[Severity]int{Error: 0, Warning: 1, Note: 2}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		switch {
		case a.Severity != b.Severity:
			return rank[a.Severity] - rank[b.Severity]
		case a.Kind != b.Kind:
			if a.Kind < b.Kind {
				return -1
			}
			return 1
		case a.AreaM2 != b.AreaM2:
			if a.AreaM2 > b.AreaM2 {
				return -1
			}
			return 1
		}
		return slices.Compare(a.Rows, b.Rows)
	})
}
