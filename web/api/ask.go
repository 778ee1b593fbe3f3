package api

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/jsontext"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
)

// maxAccuracyM bounds the accuracy circle: beyond it a position is not a
// position but a guess at the town.
const maxAccuracyM = 5000

// ask is one parsed question.
type ask struct {
	atlas.Ask
	id      string
	network string    // code; "" is the main one
	level   string    // code; "" is the leaves
	at      time.Time // zero is now
	knownAt time.Time // zero is: as known now
	out     crs.CRS

	address  string
	hasPoint bool
	receipt  bool // keep the answer
	duty     bool // also whom to call now
	matter   string
	every    bool      // of every network: network=*
	now      time.Time // when at is zero
}

// everyNetwork asks for the answers of all networks.
const everyNetwork = "*"

// Question is a question as it was sent: a coordinate, or an address, or both.
// Numbers are text so that a complaint can quote them; ID is a JSON token that
// the answer repeats.
type Question struct {
	ID, Lon, Lat, CRS, Accuracy, Address, Network, Level, At, KnownAt, OutCRS, Receipt, Duty, Matter string
}

// String writes the question as a query string.
func (r Question) String() string {
	q := url.Values{}
	for name, value := range map[string]string{
		"lon": r.Lon, "lat": r.Lat, "crs": r.CRS, "accuracy": r.Accuracy, "address": r.Address,
		"network": r.Network, "level": r.Level, "at": r.At, "known_at": r.KnownAt, "out_crs": r.OutCRS,
		"duty": r.Duty, "matter": r.Matter,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return q.Encode()
}

// hasPoint tells whether a coordinate was sent.
func (r Question) hasPoint() bool { return r.Lon != "" || r.Lat != "" }

// parseQuery reads a query string; unlike the standard shortcut it does not
// drop what it cannot read.
func parseQuery(rawQuery string) (url.Values, error) {
	q, err := url.ParseQuery(rawQuery)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "查询字符串无法解析 (malformed query string): %w", err)
	}
	return q, nil
}

func questionFromQuery(q url.Values) (Question, error) {
	var r Question
	known := map[string]*string{
		"id": &r.ID, "lon": &r.Lon, "lat": &r.Lat, "crs": &r.CRS, "accuracy": &r.Accuracy, "address": &r.Address,
		"network": &r.Network, "level": &r.Level, "at": &r.At, "known_at": &r.KnownAt, "out_crs": &r.OutCRS, "receipt": &r.Receipt,
		"duty": &r.Duty, "matter": &r.Matter,
	}
	for name, values := range q {
		field, ok := known[name]
		if !ok {
			return r, gridmap.Errorf(gridmap.Invalid, "未知参数 %q (unknown parameter; known: lon, lat, crs, accuracy, address, network, level, at, known_at, out_crs, receipt, duty, matter)", name)
		}
		if len(values) > 1 {
			return r, gridmap.Errorf(gridmap.Invalid, "参数 %s 出现了 %d 次 (parameter given more than once)", name, len(values))
		}
		*field = values[0]
	}
	if r.ID != "" {
		r.ID = string(jsontext.String(nil, r.ID))
	}
	return r, nil
}

// plainQuery reads a query string in which nothing is escaped, nothing unknown
// and nothing given twice: what programs send. ok is false for any other, which
// parseQuery and questionFromQuery then read or refuse.
func plainQuery(raw string) (r Question, ok bool) {
	if strings.ContainsAny(raw, "%+;") {
		return r, false
	}
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		var field *string
		switch name {
		case "lon":
			field = &r.Lon
		case "lat":
			field = &r.Lat
		case "crs":
			field = &r.CRS
		case "accuracy":
			field = &r.Accuracy
		case "network":
			field = &r.Network
		case "level":
			field = &r.Level
		case "out_crs":
			field = &r.OutCRS
		}
		if field == nil || *field != "" || value == "" {
			return r, false
		}
		*field = value
	}
	return r, true
}

// frame finds a coordinate frame by its name.
func frame(name string) (crs.CRS, error) {
	if name == "wgs84" {
		return crs.WGS84(), nil
	}
	return crs.Parse(name)
}

// maxAddressRunes bounds an address: longer texts are letters, not addresses.
const maxAddressRunes = 300

// parse reads a whole question.
func (r Question) parse() (ask, error) {
	q, err := r.options()
	if err != nil {
		return q, err
	}
	if q.address != "" && !r.hasPoint() {
		return q, nil
	}
	q.hasPoint = true
	return q, r.parsePosition(&q)
}

// options reads everything but the position.
func (r Question) options() (ask, error) {
	q := ask{id: r.ID, network: r.Network, level: r.Level, address: strings.TrimSpace(r.Address)}
	q.Level, q.Around, q.receipt = -1, true, r.Receipt == "1"
	q.out = crs.WGS84()
	var err error
	if r.OutCRS != "" {
		if q.out, err = frame(r.OutCRS); err != nil {
			return q, gridmap.Errorf(gridmap.Invalid, "不认识的坐标系 out_crs=%q: %w", r.OutCRS, err)
		}
	}
	if r.At != "" {
		if q.at, err = gridmap.ParseTime(r.At); err != nil {
			return q, gridmap.Errorf(gridmap.Invalid, "at=: %w", err)
		}
	}
	if r.KnownAt != "" {
		if q.knownAt, err = gridmap.ParseTime(r.KnownAt); err != nil {
			return q, gridmap.Errorf(gridmap.Invalid, "known_at=: %w", err)
		}
		if q.at.IsZero() { // what did you tell me then?
			q.at = q.knownAt
		}
	}
	if n := utf8.RuneCountInString(q.address); n > maxAddressRunes {
		return q, gridmap.Errorf(gridmap.Invalid, "地址有 %d 个字，超过 %d 个 (address too long)", n, maxAddressRunes)
	}
	if r.Receipt != "" && r.Receipt != "1" {
		return q, gridmap.Errorf(gridmap.Invalid, "receipt=%q 应为 1，或不写 (receipt is 1 or absent)", r.Receipt)
	}
	if r.Duty != "" && r.Duty != "1" {
		return q, gridmap.Errorf(gridmap.Invalid, "duty=%q 应为 1，或不写 (duty is 1 or absent)", r.Duty)
	}
	q.matter = strings.TrimSpace(r.Matter)
	if utf8.RuneCountInString(q.matter) > maxMatterRunes {
		return q, gridmap.Errorf(gridmap.Invalid, "事项名称超过 %d 个字 (matter too long)", maxMatterRunes)
	}
	q.duty = r.Duty == "1" || q.matter != ""
	if q.every = r.Network == everyNetwork; q.every {
		q.network = ""
	}
	q.AccuracyM, err = parseAccuracy(r.Accuracy)
	return q, err
}

// maxMatterRunes bounds a matter: a code or a few words.
const maxMatterRunes = 60

// parsePosition reads the coordinate.
func (r Question) parsePosition(q *ask) error {
	if strings.TrimSpace(r.CRS) == "" {
		return gridmap.Errorf(gridmap.Invalid,
			"缺少坐标系参数 crs：同一组数字在 GCJ-02（高德、腾讯）和 WGS84（GPS）下相差约 500 米，会落到别的网格。"+
				"请写明 crs=wgs84、cgcs2000、gcj02 或 bd09 (parameter crs is mandatory: a GCJ-02 position read as WGS84 is about 500 m off)")
	}
	in, err := frame(r.CRS)
	if err != nil {
		return gridmap.Errorf(gridmap.Invalid, "不认识的坐标系 crs=%q: %w", r.CRS, err)
	}
	q.Point, err = parsePoint(r.Lon, r.Lat, in)
	return err
}

// parseAccuracy reads how well the position is known.
func parseAccuracy(text string) (float64, error) {
	if text == "" {
		return 0, nil
	}
	m, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(m) || m < 0 || m > maxAccuracyM {
		return 0, gridmap.Errorf(gridmap.Invalid, "定位精度 accuracy=%q 应为 0 到 %d 之间的米数 (metres)", text, maxAccuracyM)
	}
	return m, nil
}

func parsePoint(lon, lat string, in crs.CRS) (spatial.Point, error) {
	if in.Lattice() {
		if p, ok := spatial.ParseLonLat(lon, lat); ok {
			return p, nil
		}
	}
	x, err := parseNumber("lon", lon)
	if err != nil {
		return spatial.Point{}, err
	}
	y, err := parseNumber("lat", lat)
	if err != nil {
		return spatial.Point{}, err
	}
	p, err := in.ParsePoint(lon, lat)
	if err != nil {
		return p, gridmap.Errorf(gridmap.Invalid, "坐标 lon=%s, lat=%s 不是有效的 %s 位置%s: %w",
			lon, lat, in.Name(), swapHint(in, x, y), err)
	}
	return p, nil
}

func parseNumber(name, text string) (float64, error) {
	if text == "" {
		return 0, gridmap.Errorf(gridmap.Invalid, "缺少参数 %s (parameter %s is missing)", name, name)
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, gridmap.Errorf(gridmap.Invalid, "参数 %s=%q 不是数字 (not a number)", name, text)
	}
	return v, nil
}

// swapHint adds a guess where the two numbers make sense only the other way
// round.
func swapHint(in crs.CRS, x, y float64) string {
	if in.Geographic() && math.Abs(x) <= 90 && math.Abs(y) > 90 && math.Abs(y) <= 180 {
		return "（经纬度可能写反了 lon and lat may be swapped）"
	}
	return ""
}

// settle finds the network and the level in a snapshot.
func (q *ask) settle(a *atlas.Atlas) (*atlas.Net, error) {
	n := a.Main()
	if q.network != "" {
		n = a.Net(q.network)
	}
	if len(a.Nets()) == 0 {
		return nil, gridmap.Errorf(gridmap.NotFound, "这张地图还是空的，请管理员先导入网格 (nothing has been imported yet)")
	}
	if n == nil {
		return nil, gridmap.Errorf(gridmap.NotFound, "没有网 %q；现有：%s (no such network)", q.network, networkCodes(a))
	}
	if q.level != "" {
		l, ok := n.Level(q.level)
		if !ok {
			return nil, gridmap.Errorf(gridmap.NotFound, "网 %s 没有层级 %q；现有：%s (no such level)", n.Network.Code, q.level, levelCodes(n))
		}
		q.Level = l.Rank
	}
	return n, nil
}

func networkCodes(a *atlas.Atlas) string {
	var codes []string
	for _, n := range a.Nets() {
		codes = append(codes, n.Network.Code)
	}
	if len(codes) == 0 {
		return "（无 none）"
	}
	return strings.Join(codes, ", ")
}

func levelCodes(n *atlas.Net) string {
	var codes []string
	for _, l := range n.Levels {
		codes = append(codes, l.Code)
	}
	return strings.Join(codes, ", ")
}

// with returns a row's question with the common values where it has none of its
// own.
func (r Question) with(own Question) Question {
	for _, p := range [][2]*string{
		{&own.CRS, &r.CRS},
		{&own.Accuracy, &r.Accuracy},
		{&own.Network, &r.Network},
		{&own.Level, &r.Level},
		{&own.At, &r.At},
		{&own.KnownAt, &r.KnownAt},
		{&own.OutCRS, &r.OutCRS},
		{&own.Duty, &r.Duty},
		{&own.Matter, &r.Matter},
	} {
		if *p[0] == "" {
			*p[0] = *p[1]
		}
	}
	return own
}
