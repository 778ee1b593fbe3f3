package sign

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"cloudgrid/gridmap"
)

// PrintEvent is the kind of the gridmap.Event that records a print; its key is
// the sign's code, its body a Print.
const PrintEvent = "print"

// Print is what was printed.
type Print struct {
	Hash    string  `json:"hash"`
	Sheet   string  `json:"sheet"` // "a4" …
	Edition int64   `json:"edition"`
	Content Content `json:"content"`
}

// Event makes the event of a print.
func (p Print) Event(at time.Time, actor string) (gridmap.Event, error) {
	body, err := json.Marshal(p)
	if err != nil {
		return gridmap.Event{}, err
	}
	return gridmap.Event{At: at, Actor: actor, Kind: PrintEvent, Key: p.Content.Code, Body: body}, nil
}

// Stale is a sign whose print no longer says what is true.
type Stale struct {
	Code    string
	Place   string
	Printed time.Time
	Why     []string
}

// Compare tells why a print is stale; nothing when it says what now holds.
func Compare(printed Print, now Content) []string {
	if printed.Hash == now.Hash() {
		return nil
	}
	was := printed.Content
	var why []string
	note := func(changed bool, what string, args ...any) {
		if changed {
			why = append(why, fmt.Sprintf(what, args...))
		}
	}
	note(was.GridCode != now.GridCode || was.Grid != now.Grid, "所属网格由「%s」改为「%s」", was.Grid, now.Grid)
	note(!slices.Equal(was.Upper, now.Upper), "上级由「%s」改为「%s」", strings.Join(was.Upper, " "), strings.Join(now.Upper, " "))
	note(was.Outside != now.Outside && now.Outside, "该处不再属于任何网格")
	for _, block := range []struct {
		name     string
		was, now []Person
	}{{"网格力量", was.Team, now.Team}, {"民警", was.Police, now.Police}, {"专家", was.Experts, now.Experts}} {
		note(!slices.Equal(block.was, block.now), "%s：%s", block.name, people(block.was, block.now))
	}
	note(!slices.Equal(was.Hotlines, now.Hotlines), "热线变动")
	note(!slices.Equal(was.Duties, now.Duties), "职责变动")
	note(!slices.Equal(was.Basics, now.Basics), "社区基本情况变动")
	note(!sameSketch(was.Sketch, now.Sketch), "示意图变动（边界或相邻网格）")
	note(was.MapReviewNo != now.MapReviewNo, "审图号变动")
	note(was.Place != now.Place || was.Address != now.Address || was.Mounting != now.Mounting, "地点名称变动")
	note(was.Title != now.Title || was.Source != now.Source || was.GridType != now.GridType, "标题、类型或来源变动")
	if len(why) == 0 {
		why = append(why, "版式变动")
	}
	return why
}

func sameSketch(a, b Sketch) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && string(x) == string(y)
}

// people says who came and who went.
func people(was, now []Person) string {
	var parts []string
	for _, p := range was {
		if !slices.Contains(now, p) {
			parts = append(parts, "不再是"+p.Name+"（"+p.Role+"）")
		}
	}
	for _, p := range now {
		if !slices.Contains(was, p) {
			parts = append(parts, "现为"+p.Name+"（"+p.Role+"）")
		}
	}
	if len(parts) == 0 {
		return "次序变动"
	}
	return strings.Join(parts, "，")
}
