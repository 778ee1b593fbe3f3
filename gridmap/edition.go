package gridmap

import "time"

// Edition is a published state of the map (版次), never changed afterwards.
// Numbers run 1, 2, 3 … without a gap over the whole store.
type Edition struct {
	Number      int64
	Name        string
	EffectiveAt time.Time
	PublishedAt time.Time
	Seq         Seq // the change set that published it
	By          string
	Note        string
}

// ChangeSet is one committed transaction.
type ChangeSet struct {
	Seq     Seq
	At      time.Time
	Actor   string
	Action  string // "import", "publish", "staff", "settings" …
	Note    string
	Edition int64 // the edition it published, 0 for none
}

// AuditEntry is one line of the append-only record of who did what. Prev and
// Hash chain it to the line before, so that a line cannot vanish unseen.
type AuditEntry struct {
	ID     int64
	At     time.Time
	Actor  string
	Action string
	Thing  string // "grid:12", "import:villages.geojson" …
	Detail string
	Seq    Seq // the change set it belongs to, 0 for a read
	Prev   string
	Hash   string // ChainHash of this entry
}

// Settings are what a tenant says once about its map.
type Settings struct {
	Title         string    `json:"title"`           // "台中市中区网格图"
	SourceLine    string    `json:"source_line"`     // where the data comes from, shown on every public page
	MapReviewNo   string    `json:"map_review_no"`   // 审图号
	DataDate      time.Time `json:"data_date"`       // of the map data
	Hotline       string    `json:"hotline"`         // the number that always answers, last in every fallback
	PublishPhones bool      `json:"publish_phones"`  // show staff phones in full; masked otherwise
	NearestLimitM float64   `json:"nearest_limit_m"` // how far outside the jurisdiction a nearest grid is still named; 0 is the default

	SignBase  string `json:"sign_base,omitempty"`  // what the QR codes of signs begin with, for ever: "https://wg.example.gov.cn/q/"
	ReportURL string `json:"report_url,omitempty"` // where a sign's 我要反映 leads; {code}, {place} and {grid} are filled in

	Hotlines []Line   `json:"hotlines,omitempty"` // on every sign, beside Hotline: 110, 119, 120 when none are set
	Duties   []string `json:"duties,omitempty"`   // what grid staff do, on every sign; the six duties of the field when none are set

	Sizing SizingThresholds `json:"sizing,omitzero"` // when a grid counts as overloaded
}

// DefaultHotline is the public service line of Chinese cities, for a tenant
// that set none.
const DefaultHotline = "12345"

// PublicHotline is the number that always answers.
func (s Settings) PublicHotline() string {
	if s.Hotline != "" {
		return s.Hotline
	}
	return DefaultHotline
}

// Line is a telephone number of an office or a service, with its name.
type Line struct {
	Name   string `json:"name"`
	Number string `json:"number"`
}

// SizingThresholds say from when on a grid is called over- or underloaded. Zero
// values stand for the defaults of package load.
type SizingThresholds struct {
	Over       float64 `json:"over,omitzero"`       // share of the profile's maximum
	Under      float64 `json:"under,omitzero"`      // share of the profile's minimum
	Deviation  float64 `json:"deviation,omitzero"`  // from the community's mean, as a share of it
	Hysteresis float64 `json:"hysteresis,omitzero"` // how far back within a bound, as a share of it, before the verdict changes again
}
