package sign

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/boombuler/barcode/qr"

	"cloudgrid/gridmap"
)

// Sheet is a size to print on, in millimetres.
type Sheet struct {
	Code     string
	Name     string
	WidthMM  float64
	HeightMM float64
	card     bool
}

// Sheets are the sizes that a sign can be printed in.
func Sheets() []Sheet {
	return []Sheet{
		{Code: "a4", Name: "A4 横版", WidthMM: 297, HeightMM: 210},
		{Code: "a3", Name: "A3 横版", WidthMM: 420, HeightMM: 297},
		{Code: "lightbox", Name: "灯箱 900×600", WidthMM: 900, HeightMM: 600},
		{Code: "card", Name: "门牌卡 90×54", WidthMM: 90, HeightMM: 54, card: true},
	}
}

// SheetOf finds a sheet by its code.
func SheetOf(code string) (Sheet, error) {
	var known []string
	for _, s := range Sheets() {
		if s.Code == code {
			return s, nil
		}
		known = append(known, s.Code)
	}
	return Sheet{}, gridmap.Errorf(gridmap.Invalid, "没有版式 %q；现有：%s (no such sheet)", code, strings.Join(known, ", "))
}

// QRPath returns the QR code of a text as an SVG path of one unit a module, and
// how many modules wide it is, the quiet zone of four included. Level Q: a
// quarter of it may be scratched (ISO/IEC 18004).
func QRPath(text string) (path string, size int, err error) {
	code, err := qr.Encode(text, qr.Q, qr.Auto)
	if err != nil {
		return "", 0, gridmap.Errorf(gridmap.Invalid, "无法生成二维码 (cannot make the QR code): %w", err)
	}
	const quiet = 4
	var b strings.Builder
	modules := code.Bounds().Dx()
	for y := range modules {
		for x := 0; x < modules; x++ {
			run := 0
			for x+run < modules && dark(code.At(x+run, y).RGBA()) {
				run++
			}
			if run > 0 {
				fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
				x += run
			}
		}
	}
	return b.String(), modules + 2*quiet, nil
}

func dark(r, _, _, _ uint32) bool { return r < 0x8000 }

// Colours of a sheet: dark on white everywhere, 7:1 or better.
const (
	ink    = "#111"
	accent = "#0b5394"
	pale   = "#cfe2f5"
	ground = "#f7f6f1"
)

// fonts are system fonts with Chinese; none is embedded.
const fonts = `"Noto Sans CJK SC","Source Han Sans SC","PingFang SC","Microsoft YaHei",sans-serif`

// sheetWriter writes one SVG; lengths are in hundredths of the sheet's width.
type sheetWriter struct {
	strings.Builder
}

func (w *sheetWriter) text(x, y, size float64, weight, fill, anchor, s string) {
	fmt.Fprintf(w, `<text x="%.2f" y="%.2f" font-size="%.2f" font-weight="%s" fill="%s" text-anchor="%s">%s</text>`,
		x, y, size, weight, fill, anchor, html.EscapeString(s))
}

// fit shortens a text to what fits into a width at a size: a Chinese character
// is as wide as the size, others about 0.6 of it.
func fit(s string, size, width float64) string {
	used := 0.0
	for i, r := range s {
		step := size
		if r < 0x2e80 {
			step = size * 0.6
		}
		if used += step; used > width {
			return s[:i] + "…"
		}
	}
	return s
}

// SVG lays a sign out on a sheet. link is what the QR code says; it is also
// printed, so that people can tell a counterfeit.
func SVG(c Content, s Sheet, link string) ([]byte, error) {
	path, modules, err := QRPath(link)
	if err != nil {
		return nil, err
	}
	w := &sheetWriter{}
	height := 100 * s.HeightMM / s.WidthMM
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%gmm" height="%gmm" viewBox="0 0 100 %.3f" font-family='%s'>`, s.WidthMM, s.HeightMM, height, fonts)
	fmt.Fprintf(w, `<title>%s %s</title><rect width="100" height="%.3f" fill="#fff"/>`, html.EscapeString(c.Place), Grouped(c.Code), height)
	if s.card {
		w.card(c, height, path, modules, link)
	} else {
		w.board(c, height, path, modules, link)
	}
	w.WriteString("</svg>\n")
	return []byte(w.String()), nil
}

// qr places the code in a square.
func (w *sheetWriter) qr(x, y, size float64, path string, modules int) {
	fmt.Fprintf(w, `<g transform="translate(%.3f %.3f) scale(%.5f)"><rect width="%d" height="%d" fill="#fff"/><path d="%s" fill="#000"/></g>`,
		x, y, size/float64(modules), modules, modules, path)
}

// board is the sheet that hangs on a wall: the five blocks of official signs.
func (w *sheetWriter) board(c Content, height float64, path string, modules int, link string) {
	fmt.Fprintf(w, `<rect width="100" height="11" fill="%s"/>`, accent)
	w.text(3, 4, 2, "400", "#fff", "start", fit(strings.Join(c.Upper, " · "), 2, 60))
	name := c.Grid
	if c.Outside {
		name = c.Place
	}
	w.text(3, 9, 4.2, "700", "#fff", "start", fit(name, 4.2, 66))
	w.text(97, 4, 1.8, "400", "#fff", "end", fit(c.GridType, 1.8, 20))
	w.text(97, 9, 2, "400", "#fff", "end", c.GridCode)
	const plan = 55 // width of the sketch, so that the text below it has room on every sheet
	w.sketch(c, 3, 12.5, plan, plan*SketchHeight/SketchWidth)
	w.basics(c, 3, 12.5+plan*float64(SketchHeight)/SketchWidth+2.3)
	w.team(c, 64, 15.5)
	w.qr(81.5, height-23.5, 16, path, modules)
	w.text(89.5, height-6.6, 1.35, "700", ink, "middle", Grouped(c.Code))
	w.text(89.5, height-5, 1.1, "400", ink, "middle", "扫码查看最新信息，认准网址")
	w.hotlines(c, 64, height-22)
	fmt.Fprintf(w, `<rect y="%.3f" width="100" height="4" fill="%s"/>`, height-4, ground)
	w.text(3, height-1.5, 1.2, "400", ink, "start", fit(footer(c), 1.2, 56))
	w.text(97, height-1.5, 1.2, "400", ink, "end", link)
}

func footer(c Content) string {
	parts := []string{c.Title}
	if c.MapReviewNo != "" {
		parts = append(parts, "审图号："+c.MapReviewNo)
	}
	if c.Source != "" {
		parts = append(parts, "数据："+c.Source)
	}
	return strings.Join(parts, "　")
}

func (w *sheetWriter) sketch(c Content, x, y, width, height float64) {
	fmt.Fprintf(w, `<svg x="%.2f" y="%.2f" width="%.2f" height="%.2f" viewBox="0 0 %d %d">`, x, y, width, height, SketchWidth, SketchHeight)
	w.WriteString(SketchSVG(c))
	w.WriteString(`</svg>`)
}

// SketchSVG is the inside of an SVG of SketchWidth by SketchHeight: the plan with
// 您在这里, a scale and north.
func SketchSVG(c Content) string {
	s := c.Sketch
	var b strings.Builder
	fmt.Fprintf(&b, `<rect width="%d" height="%d" fill="%s"/>`, SketchWidth, SketchHeight, ground)
	fmt.Fprintf(&b, `<path d="%s" fill="none" stroke="#8a877f" stroke-width="1.5"/>`, Path(s.Borders, false))
	fmt.Fprintf(&b, `<path d="%s" fill="%s" fill-rule="evenodd" stroke="%s" stroke-width="4" stroke-linejoin="round"/>`, Path(s.Own, true), pale, accent)
	for _, l := range s.Labels {
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-size="%d" fill="#44423d" text-anchor="middle">%s</text>`, l.At[0], l.At[1], labelSize, html.EscapeString(fit(l.Text, labelSize, labelMost)))
	}
	if !c.Outside {
		anchor, dx := "start", 14
		if s.Here[0] > SketchWidth-150 {
			anchor, dx = "end", -14
		}
		fmt.Fprintf(&b, `<circle cx="%d" cy="%d" r="8" fill="#b3261e" stroke="#fff" stroke-width="3"/>`, s.Here[0], s.Here[1])
		fmt.Fprintf(&b, `<text x="%d" y="%d" font-size="26" font-weight="700" fill="%s" text-anchor="%s" stroke="#fff" stroke-width="4" paint-order="stroke">您在这里</text>`, int(s.Here[0])+dx, s.Here[1]+8, ink, anchor)
	}
	fmt.Fprintf(&b, `<path d="M%d 48l10 -30l10 30l-10 -7z" fill="%s"/><text x="%d" y="70" font-size="20" text-anchor="middle" fill="%s">北</text>`, SketchWidth-40, ink, SketchWidth-30, ink)
	if s.ScaleW > 0 {
		fmt.Fprintf(&b, `<path d="M20 %dv6h%dv-6" fill="none" stroke="%s" stroke-width="2.5"/><text x="%d" y="%d" font-size="20" fill="%s">%d 米</text>`,
			SketchHeight-26, s.ScaleW, ink, 28+s.ScaleW, SketchHeight-16, ink, s.ScaleM)
	}
	return b.String()
}

func (w *sheetWriter) basics(c Content, x, y float64) {
	w.text(x, y, 1.6, "700", ink, "start", fit("此处："+c.Place, 1.6, 58))
	var parts []string
	for _, f := range c.Basics {
		parts = append(parts, f.Label+" "+f.Value)
	}
	for _, text := range []string{strings.Join(parts, "　"), "职责：" + strings.Join(c.Duties, "、")} {
		for _, line := range wrap(text, 1.35, 58, 2) {
			y += 2
			w.text(x, y, 1.35, "400", ink, "start", line)
		}
	}
}

// wrap breaks a text into at most so many lines of a width.
func wrap(s string, size, width float64, most int) []string {
	var lines []string
	for len(lines) < most-1 {
		head := strings.TrimSuffix(fit(s, size, width), "…")
		if head == s {
			break
		}
		if i := strings.LastIndexAny(head, "　、"); i > len(head)/2 { // between items rather than within one
			_, width := utf8.DecodeRuneInString(head[i:])
			head = head[:i+width]
		}
		lines = append(lines, head)
		s = strings.TrimLeft(s[len(head):], "　、 ")
	}
	return append(lines, fit(s, size, width))
}

// team lists who can be called, as many as there is room for; the page lists all.
func (w *sheetWriter) team(c Content, x, y float64) {
	w.text(x, y, 2.2, "700", ink, "start", "网格服务团队")
	all := append(append(append([]Person{}, c.Team...), c.Police...), c.Experts...)
	const most = 6
	for i, p := range all {
		if i == most {
			w.text(x, y+3+float64(i)*4.6, 1.3, "400", ink, "start", fmt.Sprintf("等共 %d 人，详见扫码页面", len(all)))
			break
		}
		line := y + 3.6 + float64(i)*4.6
		w.text(x, line, 2.1, "700", ink, "start", fit(p.Name, 2.1, 14))
		w.text(x+14, line, 1.4, "400", ink, "start", fit(p.Role, 1.4, 18))
		number := p.Number()
		if number == "" {
			number = p.Phone
		}
		w.text(x, line+2.1, 1.9, "700", accent, "start", number)
	}
}

func (w *sheetWriter) hotlines(c Content, x, y float64) {
	w.text(x, y, 1.7, "700", ink, "start", "便民热线")
	for i, l := range c.Hotlines {
		if i == 5 {
			break
		}
		w.text(x, y+2.6+float64(i)*2.5, 1.5, "400", ink, "start", fit(l.Name, 1.5, 9))
		w.text(x+9.5, y+2.6+float64(i)*2.5, 1.7, "700", "#8a1c12", "start", l.Number)
	}
}

// card is what goes beside a door: name, whom to call, and the code.
func (w *sheetWriter) card(c Content, height float64, path string, modules int, link string) {
	fmt.Fprintf(w, `<rect width="100" height="13" fill="%s"/>`, accent)
	w.text(4, 9, 6.4, "700", "#fff", "start", fit(c.Grid, 6.4, 92))
	y := 20.0
	all := append(append([]Person{}, c.Team...), c.Police...)
	for i, p := range all {
		if i == 3 {
			break
		}
		w.text(4, y, 4.2, "700", ink, "start", fit(p.Name+" "+p.Role, 4.2, 52))
		number := p.Number()
		if number == "" {
			number = p.Phone
		}
		w.text(4, y+5, 4.6, "700", accent, "start", number)
		y += 12
	}
	if len(c.Hotlines) > 0 {
		w.text(4, height-3, 3.6, "400", ink, "start", c.Hotlines[0].Name+" "+c.Hotlines[0].Number)
	}
	w.qr(62, 15, 35, path, modules)
	w.text(79.5, height-6.2, 3, "700", ink, "middle", Grouped(c.Code))
	w.text(79.5, height-2.6, 2.6, "400", ink, "middle", fit(hostOf(link), 2.6, 60))
}

// hostOf is the part of an address that tells a counterfeit.
func hostOf(link string) string {
	if u, err := url.Parse(link); err == nil && u.Host != "" {
		return u.Host
	}
	return link
}
