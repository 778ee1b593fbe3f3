package imports

import (
	"slices"
	"strings"
	"time"

	"cloudgrid/gridmap/ingest"
	"cloudgrid/gridmap/intake"
)

// mostFindings is how many findings an answer lists; the table has them all.
const mostFindings = 5000

// importBody is an import as it is told.
type importBody struct {
	ID        string            `json:"id"`
	File      string            `json:"file"`
	Files     []string          `json:"files"`
	Bytes     int64             `json:"bytes"`
	At        time.Time         `json:"at"`
	ExpiresAt time.Time         `json:"expires_at" doc:"unless somebody looks at it before"`
	State     string            `json:"state" enum:"receiving,ready,queued,checking,checked,importing,done"`
	Stage     string            `json:"stage,omitempty"`
	Done      int               `json:"done"`
	Total     int               `json:"total" doc:"0 when unknown"`
	Fault     string            `json:"fault,omitempty" doc:"why the last check or import failed"`
	Check     *importCheckBody  `json:"check,omitempty"`
	Result    *importResultBody `json:"result,omitempty"`
	Choice    *intake.Choice    `json:"choice,omitempty" doc:"of the newest check"`
}

type importCheckBody struct {
	Number  int    `json:"number"`
	Refusal string `json:"refusal,omitempty" doc:"why it cannot be accepted"`
	ImportCounts
}

// ImportCounts is what became of the rows. It is exported for the OpenAPI
// library, which does not look into embedded types that are not.
type ImportCounts struct {
	Read      int `json:"rows_read"`
	Accepted  int `json:"rows_accepted"`
	Rejected  int `json:"rows_rejected"`
	Merged    int `json:"rows_merged"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
}

type importResultBody struct {
	Edition int64     `json:"edition" doc:"0 when the map was like this already"`
	Seq     int64     `json:"seq"`
	At      time.Time `json:"at"`
	ImportCounts
}

func countsOf(r *ingest.Report) ImportCounts {
	return ImportCounts{r.Read, r.Accepted, r.Rejected, r.Merged, r.Created, r.Updated, r.Unchanged}
}

func (it *item) body(s *Service) importBody {
	it.mu.Lock()
	defer it.mu.Unlock()
	b := importBody{
		ID: it.id, Files: slices.Clone(it.files), Bytes: it.bytes, At: it.at, ExpiresAt: it.used.Add(s.Idle), State: it.state, Stage: it.stage,
		Done: it.progress[0], Total: it.progress[1], Fault: it.fault,
	}
	if b.Files == nil {
		b.Files = []string{}
	}
	if len(b.Files) > 0 {
		b.File = b.Files[0]
	}
	if ck := it.check; ck != nil {
		b.Check = &importCheckBody{ck.n, ck.refusal, countsOf(ck.report)}
		choice := ck.choice
		b.Choice = &choice
	}
	if it.done != nil {
		b.Result = &importResultBody{it.done.edition, it.done.seq, it.done.at, countsOf(it.check.report)}
	}
	return b
}

// importKind is how many findings there are of a kind.
type importKind struct {
	Kind     string          `json:"kind"`
	Severity ingest.Severity `json:"severity"`
	Name     string          `json:"name"`
	NameEn   string          `json:"name_en"`
	Do       string          `json:"do,omitempty" doc:"what to do about it"`
	DoEn     string          `json:"do_en,omitempty"`
	Count    int             `json:"count"`
	AreaM2   float64         `json:"area_m2,omitempty"`
}

// kindsOf counts the findings, which come sorted by severity and kind.
func kindsOf(r *ingest.Report) []importKind {
	kinds := []importKind{}
	for _, f := range r.Findings {
		last := len(kinds) - 1
		if last < 0 || kinds[last].Kind != f.Kind || kinds[last].Severity != f.Severity {
			k := importKind{Kind: f.Kind, Severity: f.Severity}
			k.Name, k.NameEn = ingest.KindName(f.Kind)
			k.Do, k.DoEn = ingest.Advice(f.Kind)
			kinds, last = append(kinds, k), last+1
		}
		kinds[last].Count++
		kinds[last].AreaM2 += f.AreaM2
	}
	return kinds
}

// shown are the findings that an answer lists: those of each kind in turn, so
// that no kind hides another.
func shown(all []ingest.Finding) []ingest.Finding {
	if len(all) <= mostFindings {
		return all
	}
	type kind struct {
		severity ingest.Severity
		kind     string
	}
	of := map[kind]int{}
	for _, f := range all {
		of[kind{f.Severity, f.Kind}]++
	}
	each := mostFindings / len(of)
	taken := map[kind]int{}
	var out []ingest.Finding
	for _, f := range all {
		k := kind{f.Severity, f.Kind}
		if taken[k]++; taken[k] <= each {
			out = append(out, f)
		}
	}
	return out
}

// importReportBody is what a check found.
type importReportBody struct {
	Number   int             `json:"number"`
	Refusal  string          `json:"refusal,omitempty"`
	CRS      string          `json:"crs,omitempty"`
	CRSFrom  string          `json:"crs_from,omitempty" doc:"absent when it was chosen"`
	Layer    string          `json:"layer,omitempty"`
	Network  string          `json:"network"`
	Level    string          `json:"level,omitempty"`
	Mapping  ingest.Mapping  `json:"mapping"`
	Notes    []string        `json:"notes"`
	Kinds    []importKind    `json:"kinds"`
	Total    int             `json:"total" doc:"how many findings there are; the table lists them all"`
	Findings []importFinding `json:"findings"`
	Outlines importDrawn     `json:"outlines"`
	Choice   intake.Choice   `json:"choice"`
	As       ingest.Kind     `json:"as"`
	ImportCounts
}

// importFinding is a finding with its number in the report.
type importFinding struct {
	N        int             `json:"n"`
	Kind     string          `json:"kind"`
	Severity ingest.Severity `json:"severity"`
	Rows     []int           `json:"rows"`
	Codes    []string        `json:"codes"`
	Message  string          `json:"message"`
	At       []float64       `json:"at,omitempty" doc:"longitude and latitude, WGS84"`
	AreaM2   float64         `json:"area_m2,omitempty"`
}

func findingItemOf(n int, f ingest.Finding) importFinding {
	item := importFinding{N: n, Kind: f.Kind, Severity: f.Severity, Rows: f.Rows, Codes: f.Codes, Message: inWizard(f.Message), AreaM2: f.AreaM2}
	if item.Rows == nil {
		item.Rows = []int{}
	}
	if item.Codes == nil {
		item.Codes = []string{}
	}
	if f.At != nil {
		item.At = []float64{f.At.Lon, f.At.Lat}
	}
	return item
}

func reportOf(ck *checked) importReportBody {
	r := ck.report
	b := importReportBody{
		Number: ck.n, Refusal: ck.refusal, CRS: r.CRS, CRSFrom: inWizardFrom(r.CRSFrom), Layer: r.Layer, Network: r.Network, Level: r.Level, Mapping: r.Mapping,
		Notes: r.Notes, Kinds: ck.kinds, Total: ck.findings, Findings: []importFinding{}, Outlines: ck.outlines, Choice: ck.choice, As: r.As, ImportCounts: countsOf(r),
	}
	if b.Notes == nil {
		b.Notes = []string{}
	}
	for i, f := range r.Findings {
		b.Findings = append(b.Findings, findingItemOf(i+1, f))
	}
	return b
}

// inWizardFrom says where the frame comes from; "" is: from the choice.
func inWizardFrom(from string) string { return strings.TrimPrefix(from, "--crs") }
