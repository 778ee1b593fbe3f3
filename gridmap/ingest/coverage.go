package ingest

import (
	"fmt"
	"strings"

	"cloudgrid/spatial"
	"cloudgrid/spatial/topology"
)

// face is one polygon of the coverage under scrutiny: a row of the file, or a
// grid of the store that the file leaves as it is.
type face struct {
	row   int // 0 for one of the store
	code  string
	shape spatial.MultiPolygon
}

func (f face) String() string {
	if f.row == 0 {
		return f.code + "（库中）"
	}
	return fmt.Sprintf("%s（第 %d 行）", f.code, f.row)
}

// coverage checks that the faces tile their ground and reports what does not,
// with area and place. It returns the shapes to keep: as drawn, but for those
// that cross or touch themselves, which are read by the even-odd rule.
func (rd *reader) coverage(faces []face, tiling bool) []spatial.MultiPolygon {
	shapes := make([]spatial.MultiPolygon, len(faces))
	for i, f := range faces {
		shapes[i] = f.shape
	}
	_, problems := topology.Build(shapes)
	touching := map[topology.FaceID]bool{}
	for _, p := range problems {
		if touchesFile(p, faces) {
			rd.tell(p, faces, tiling)
		}
		if p.Kind == topology.SelfTouch {
			touching[p.Faces[0]] = true
		}
	}
	for i, f := range faces {
		if f.row > 0 && (touching[topology.FaceID(i)] || !simple(f.shape)) {
			t, _ := topology.Build(shapes[i : i+1])
			shapes[i] = t.FacePolygon(0)
		}
	}
	return shapes
}

// touchesFile leaves out what concerns the store alone.
func touchesFile(p topology.Problem, faces []face) bool {
	for _, f := range p.Faces {
		if f >= 0 && faces[f].row > 0 {
			return true
		}
	}
	return false
}

// tell reports a problem of the coverage. Gaps and holes mean something only
// where the faces should tile the ground: buildings need not.
func (rd *reader) tell(p topology.Problem, faces []face, tiling bool) {
	severity, text := severityOf(p.Kind, tiling)
	if severity == "" {
		return
	}
	if rd.o.Strict && (p.Kind == topology.Overlap || p.Kind == topology.Gap || p.Kind == topology.Contained || p.Kind == topology.Duplicate) {
		severity = Error
	}
	if severity == Warning && p.AreaM2 > 0 && p.AreaM2 < trifleM2 {
		severity = Note
	}
	f := Finding{Kind: p.Kind.String(), Severity: severity, AreaM2: p.AreaM2, WidthM: p.WidthM()}
	if p.Kind == topology.Hairline {
		f.Kind = hairline(p, faces)
	}
	if p.Kind != topology.NoGround {
		f.At = lonLat(p.At)
	}
	names := make([]string, 0, len(p.Faces))
	for i, id := range p.Faces {
		if id < 0 {
			continue
		}
		if faces[id].row > 0 {
			f.Rows = append(f.Rows, faces[id].row)
		}
		f.Codes = append(f.Codes, faces[id].code)
		if i < 4 {
			names = append(names, faces[id].String())
		}
	}
	if len(p.Faces) > 4 {
		names = append(names, fmt.Sprintf("等 %d 个", len(p.Faces)))
	}
	f.Message = strings.Join(names, "、") + " " + text
	if p.AreaM2 > 0 {
		f.Message += fmt.Sprintf(" %s", areaText(p.AreaM2))
	}
	if p.Parts > 0 {
		f.Message += fmt.Sprintf("（%d 块）", p.Parts)
	}
	rd.rep.add(f)
}

// trifleM2 is the area under which contested or unclaimed ground is not worth a
// planner's look: no foot stands on it.
const trifleM2 = 0.1

func areaText(areaM2 float64) string {
	switch {
	case areaM2 < 10:
		return fmt.Sprintf("%.2f m²", areaM2)
	case areaM2 < 1e6:
		return fmt.Sprintf("%.0f m²", areaM2)
	}
	return fmt.Sprintf("%.2f km²", areaM2/1e6)
}

// severityOf says how a kind is to be taken, "" for not at all.
func severityOf(k topology.Kind, tiling bool) (Severity, string) {
	switch k {
	case topology.Overlap:
		return Warning, "重叠"
	case topology.Duplicate:
		return Warning, "图形重复"
	case topology.Contained:
		return Warning, "前者整个在后者之内，重叠"
	case topology.SelfCrossing:
		return Warning, "边界自相交，按奇偶规则读取"
	case topology.Spike:
		return Note, "边界有没有面积的尖刺，已去掉"
	case topology.InvalidRing:
		return Warning, "有一圈边界没有面积，已去掉"
	case topology.NoGround:
		return Warning, "没有自己的地面"
	case topology.SelfTouch:
		return Note, "边界自相接触"
	case topology.Disconnected:
		return Note, "由几块组成"
	case topology.Sliver:
		return Note, "有一块极窄"
	default:
		if tiling {
			return gapSeverity(k)
		}
		return "", ""
	}
}

// gapSeverity is about ground that nobody claims.
func gapSeverity(k topology.Kind) (Severity, string) {
	switch k {
	case topology.Gap:
		return Warning, "之间有缝隙"
	case topology.Hole:
		return Warning, "之内有无人认领的洞"
	case topology.Hairline:
		return Note, "之间有发丝般的出入，已并拢"
	default:
		return "", ""
	}
}
