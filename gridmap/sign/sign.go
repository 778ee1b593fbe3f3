package sign

import (
	"encoding/json"

	"cloudgrid/gridmap"
)

// Status says what became of a sign.
type Status string

// The states of a sign.
const (
	Active  Status = "active"  // 在用
	Moved   Status = "moved"   // 已迁移: to the sign named as successor, or to its own new place
	Merged  Status = "merged"  // 已合并: into the successor
	Retired Status = "retired" // 已停用
)

// Sign is the body of a gridmap.SignRecord. The record's Key is the code, its
// Place the place that the sign names; it has no grid.
type Sign struct {
	Mounting  string `json:"mounting,omitempty"` // 小区东门保安亭旁
	Entrance  string `json:"entrance,omitempty"`
	Photo     string `json:"photo,omitempty"` // id of an attachment
	Status    Status `json:"status"`
	Successor string `json:"successor,omitempty"` // code
	Network   string `json:"network,omitempty"`   // code of the network it speaks for; "" is the main one
	Note      string `json:"note,omitempty"`
}

// Check complains about a body that could never be right.
func (s Sign) Check() error {
	switch s.Status {
	case Active, Moved, Merged, Retired:
	default:
		return gridmap.Errorf(gridmap.Invalid, "公示牌状态 %q 未知 (unknown status of a sign)", s.Status)
	}
	if s.Successor != "" {
		if _, ok := ParseCode(s.Successor); !ok {
			return gridmap.Errorf(gridmap.Invalid, "后继公示牌编码 %q 有误 (bad code of the successor)", s.Successor)
		}
	}
	return nil
}

// Entry is a sign as registered.
type Entry struct {
	Code  string
	Place gridmap.PlaceID
	ID    gridmap.RecordID
	Sign
}

// Read reads the register; the errors name the records that it left out.
func Read(records []gridmap.Record) (signs []Entry, bad []error) {
	for _, r := range records {
		if r.Kind != gridmap.SignRecord {
			continue
		}
		e := Entry{Code: r.Key, Place: r.Place, ID: r.ID}
		err := json.Unmarshal(r.Body, &e.Sign)
		if err == nil {
			err = e.Check()
		}
		if code, ok := ParseCode(r.Key); err == nil && (!ok || code != r.Key) {
			err = gridmap.Errorf(gridmap.Invalid, "编码有误 (bad code)")
		}
		if err != nil {
			bad = append(bad, gridmap.Errorf(gridmap.Invalid, "公示牌 %s 无法使用 (unusable sign): %w", r.Key, err))
			continue
		}
		signs = append(signs, e)
	}
	return signs, bad
}

// Record makes the record of a sign.
func (e Entry) Record(valid gridmap.Span) (gridmap.Record, error) {
	if err := e.Check(); err != nil {
		return gridmap.Record{}, err
	}
	body, err := json.Marshal(e.Sign)
	if err != nil {
		return gridmap.Record{}, err
	}
	return gridmap.Record{ID: e.ID, Kind: gridmap.SignRecord, Key: e.Code, Place: e.Place, Body: body, Span: valid}, nil
}
