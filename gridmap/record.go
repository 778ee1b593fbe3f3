package gridmap

import (
	"encoding/json"
	"strings"
)

// RecordID is the identity of a record.
type RecordID int64

// RecordKind says what a record is about. The rooms that own a kind know its
// body.
type RecordKind string

// The kinds of records.
const (
	MatterRecord  RecordKind = "matter"  // 事项: an admitted matter
	AbsenceRecord RecordKind = "absence" // 请假、空缺: a person who is away, and the substitute
	RosterRecord  RecordKind = "roster"  // 排班: night duty, and the emergency roster (平/急)
	ModeRecord    RecordKind = "mode"    // 平/急: the emergency roster holds while it is valid
	LiaisonRecord RecordKind = "liaison" // 包联: a cadre who looks after a place or a grid
	UnitRecord    RecordKind = "unit"    // a node of another tree: party branch, station, department
	LinkRecord    RecordKind = "link"    // a unit over a grid, many to many
	PolicyRecord  RecordKind = "policy"  // 公开策略: what of which field may be published
	TeamRecord    RecordKind = "team"    // 队伍配备: "1 名民警 + 2 名辅警 + N 名网格员"
	SignRecord    RecordKind = "sign"    // 公示牌
	LineageRecord RecordKind = "lineage" // 沿革: which share of a grid (Grid) went to which when a plan was published
)

// Record is one version of something that the map's own kinds do not know:
// configuration and relations that differ from place to place. Like everything
// versioned it has two times. Grid, Person and Place, where not 0, are what it
// is about, and must exist.
type Record struct {
	ID     RecordID
	Kind   RecordKind
	Key    string // unique within its kind, for ever, where given
	Grid   GridID
	Person PersonID
	Place  PlaceID
	Body   json.RawMessage // a JSON object
	Span
}

// MaxRecordBytes bounds the body of a record.
const MaxRecordBytes = 64 << 10

// Check complains about a version that could never be right.
func (r Record) Check() error {
	switch {
	case r.ID <= 0:
		return Errorf(Invalid, "记录 %s %q 没有编号 (record without an id)", r.Kind, r.Key)
	case r.Kind == "":
		return Errorf(Invalid, "记录 %d 没有类别 (record without a kind)", r.ID)
	case r.Key != strings.TrimSpace(r.Key):
		return Errorf(Invalid, "记录的编码 %q 首尾有空格 (key with blanks around it)", r.Key)
	case len(r.Body) > MaxRecordBytes:
		return Errorf(Invalid, "记录 %d 的内容有 %d 字节，超过 %d (record too long)", r.ID, len(r.Body), MaxRecordBytes)
	case len(r.Body) == 0 || r.Body[0] != '{' || !json.Valid(r.Body):
		return Errorf(Invalid, "记录 %d 的内容不是 JSON 对象 (the body is no JSON object)", r.ID)
	}
	return r.Span.Check()
}

// LineageBody is the body of a LineageRecord. Those of one grid and edition add
// up to the whole of it: where none leads back to the grid itself, it ended.
type LineageBody struct {
	From       GridID  `json:"from"`
	To         GridID  `json:"to"`    // 0: nobody's
	Share      float64 `json:"share"` // of the households, 0 … 1; of the area where there are none
	Households int64   `json:"households"`
	Edition    int64   `json:"edition"` // the one that the publishing made
}
