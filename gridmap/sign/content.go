package sign

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/publish"
)

// Content is everything that a sign says, already fit for the public: the five
// blocks of official signs, and what identifies the sign. What a print shows is
// exactly this, so its Hash tells whether a printed sign is still true.
type Content struct {
	Code     string   `json:"code"`
	Title    string   `json:"title"` // of the map
	Place    string   `json:"place"`
	Address  string   `json:"address,omitempty"`
	Mounting string   `json:"mounting,omitempty"`
	Upper    []string `json:"upper"` // names of the grids above, from the top
	Grid     string   `json:"grid"`
	GridCode string   `json:"grid_code"`
	GridType string   `json:"grid_type"`
	Outside  bool     `json:"outside,omitempty"` // the place lies in no grid

	Basics   []Fact         `json:"basics"`   // 社区基本情况
	Sketch   Sketch         `json:"sketch"`   // 网格平面示意图
	Hotlines []gridmap.Line `json:"hotlines"` // 便民热线
	Team     []Person       `json:"team"`     // 组织架构: grid team
	Police   []Person       `json:"police,omitempty"`
	Experts  []Person       `json:"experts,omitempty"`
	Duties   []string       `json:"duties"` // 职责及内容

	MapReviewNo string `json:"map_review_no"`
	Source      string `json:"source"`
}

// Fact is one line of the community's basics.
type Fact struct {
	Label string `json:"label"`
	Value string `json:"value"`
}

// Person is somebody on a sign, as the publication policy lets strangers see.
type Person struct {
	Role   string `json:"role"`
	Name   string `json:"name"`
	Phone  string `json:"phone,omitempty"`
	Office string `json:"office,omitempty"`
	Of     string `json:"of"` // the grid whose post it is
}

// Number is what a stranger may call; "" when there is nothing to call.
func (p Person) Number() string {
	if p.Phone != "" && !masked(p.Phone) {
		return p.Phone
	}
	return p.Office
}

func masked(phone string) bool { return slices.Contains([]rune(phone), '*') }

// Hash identifies what a print of the content shows.
func (c Content) Hash() string {
	text, err := json.Marshal(c)
	if err != nil {
		return "" // cannot be: the type holds nothing that JSON does not know
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:16])
}

// Input is what a sign's content is made of.
type Input struct {
	Atlas *atlas.Atlas
	Book  *duty.Book
	Sign  Entry
	Place gridmap.Place
	At    time.Time // for emergency rosters; a print shows posts, not shifts
}

// Make says what a sign says now. A place without a point, or outside every
// grid, gives a content with Outside set: the sign still tells whom to call.
func Make(in Input) (Content, error) {
	n := in.Atlas.Main()
	if in.Sign.Network != "" {
		n = in.Atlas.Net(in.Sign.Network)
	}
	if n == nil {
		return Content{}, gridmap.Errorf(gridmap.NotFound, "公示牌 %s 的网 %q 不存在 (no such network)", in.Sign.Code, in.Sign.Network)
	}
	s := in.Atlas.Settings()
	c := Content{
		Code: in.Sign.Code, Title: s.Title, Place: placeName(in.Place), Address: in.Place.Address.String(), Mounting: in.Sign.Mounting,
		Hotlines: hotlines(s), Duties: duties(s), MapReviewNo: s.MapReviewNo, Source: s.SourceLine,
		Upper: []string{}, Basics: []Fact{}, Team: []Person{},
	}
	if c.Address == c.Place {
		c.Address = ""
	}
	grid := n.OfPlace(in.Atlas, &in.Place)
	if grid == atlas.None {
		c.Outside = true
		return c, nil
	}
	c.fill(in, n, grid)
	return c, nil
}

func placeName(p gridmap.Place) string {
	if p.Name != "" {
		return p.Name
	}
	return p.Address.String()
}

func (c *Content) fill(in Input, n *atlas.Net, grid int32) {
	g := &n.Grids[grid]
	chain := n.Chain(nil, grid)
	for _, i := range chain[:len(chain)-1] {
		c.Upper = append(c.Upper, n.Grids[i].Name)
	}
	c.Grid, c.GridCode, c.GridType = g.Name, g.Code, g.Type.Name()
	c.Basics = basics(in.Atlas, n, grid)
	c.Sketch = sketch(n, grid, in.Place.Point)
	var ids []gridmap.GridID
	for _, i := range chain {
		ids = append(ids, n.Grids[i].ID)
	}
	for k := len(chain) - 1; k >= 0; k-- {
		for _, p := range n.Grids[chain[k]].Posts {
			c.addPost(in, &n.Grids[chain[k]], ids[:k+1], p)
		}
	}
}

// addPost lists the holder of a post in the block where the role belongs.
func (c *Content) addPost(in Input, g *atlas.Grid, chain []gridmap.GridID, p atlas.Post) {
	if p.Person == atlas.Vacant {
		return
	}
	who := in.Atlas.Person(p.Person)
	post := publish.Post{Role: p.Role.Code, Employment: p.Employment, Chain: chain}
	policy := in.Book.Policy()
	phone, office := policy.PhoneOf(who, post)
	person := Person{Role: p.Role.Name, Name: policy.NameOf(who, post), Phone: phone, Office: office, Of: g.Name}
	if person.Name == "" && person.Number() == "" {
		return // hidden altogether
	}
	switch blockOf(p.Role.Code) {
	case police:
		c.Police = append(c.Police, person)
	case experts:
		c.Experts = append(c.Experts, person)
	default:
		c.Team = append(c.Team, person)
	}
}

type block int

const (
	team block = iota
	police
	experts
)

// blockOf sorts roles into the blocks of official signs by their codes.
func blockOf(role string) block {
	switch role {
	case "police", "aux_police":
		return police
	case "judge", "prosecutor", "officer", "legal_worker", "mediator":
		return experts
	}
	return team
}

// smallest is the number of households under which a count could tell of one.
const smallest = 10

// basics are the figures of the community that the grid belongs to.
func basics(a *atlas.Atlas, n *atlas.Net, grid int32) []Fact {
	of := grid
	if up := n.Grids[grid].Parent; up != atlas.None {
		of = up
	}
	g := &n.Grids[of]
	facts := []Fact{{Label: levelName(n, g.Level), Value: g.Name}}
	if len(g.Children) > 0 {
		facts = append(facts, Fact{"网格数", strconv.Itoa(len(g.Children)) + " 个"})
	}
	for k, key := range a.CountKeys() {
		label, unit := countName(key)
		if label == "" || g.Counts[k] < smallest {
			continue
		}
		facts = append(facts, Fact{label, "约 " + strconv.FormatInt(rounded(g.Counts[k]), 10) + " " + unit})
	}
	return append(facts, Fact{"面积", "约 " + strconv.FormatFloat(g.AreaM2/1e6, 'f', 2, 64) + " 平方公里"})
}

// rounded keeps two digits: what hangs on a wall for years must not turn false
// with every move of a household.
func rounded(n int64) int64 {
	step := int64(1)
	for n/step >= 100 {
		step *= 10
	}
	return (n + step/2) / step * step
}

func countName(key string) (label, unit string) {
	switch key {
	case "households":
		return "户数", "户"
	case "persons":
		return "人口", "人"
	case "shops":
		return "商户", "家"
	}
	return "", ""
}

func levelName(n *atlas.Net, rank int) string {
	if rank < len(n.Levels) {
		return n.Levels[rank].Name
	}
	return "所属"
}

func hotlines(s gridmap.Settings) []gridmap.Line {
	lines := []gridmap.Line{{Name: "政务服务", Number: s.PublicHotline()}}
	if len(s.Hotlines) > 0 {
		return append(lines, s.Hotlines...)
	}
	return append(lines, gridmap.Line{Name: "报警", Number: "110"}, gridmap.Line{Name: "火警", Number: "119"}, gridmap.Line{Name: "急救", Number: "120"})
}

// duties of grid staff, the six of the field unless the tenant says otherwise.
func duties(s gridmap.Settings) []string {
	if len(s.Duties) > 0 {
		return s.Duties
	}
	return []string{"基础信息采集", "社情民意收集", "政策法规宣传", "安全隐患排查", "矛盾纠纷化解", "特殊人群管理"}
}
