package sign

import (
	"archive/zip"
	"context"
	"io"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/rolls"
)

// ToPrint chooses signs in use: those named, those that are stale, or all when
// neither is asked for. NotFound when that leaves none.
func (d *Desk) ToPrint(ctx context.Context, r *Register, stale bool, codes ...string) ([]Entry, error) {
	wanted := map[string]bool{}
	for _, typed := range codes {
		code, ok := ParseCode(typed)
		if _, found := r.Find(code); !ok || !found {
			return nil, gridmap.Errorf(gridmap.NotFound, "没有公示牌 %q (no such sign)", typed)
		}
		wanted[code] = true
	}
	if stale {
		list, err := d.Stale(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, x := range list {
			wanted[x.Code] = true
		}
	}
	var out []Entry
	for _, e := range r.Signs() {
		if e.Status == Active && (wanted[e.Code] || !stale && len(codes) == 0) {
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		return nil, gridmap.Errorf(gridmap.NotFound, "没有公示牌可印 (nothing to print)")
	}
	return out, nil
}

// Contents are what signs say now. Those whose place is gone are left out: they
// are to be taken down, not printed.
func (r *Register) Contents(entries []Entry) ([]Content, error) {
	contents := make([]Content, 0, len(entries))
	for _, e := range entries {
		content, err := r.Content(e)
		if gridmap.CodeOf(err) == gridmap.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		contents = append(contents, content)
	}
	return contents, nil
}

// WriteZIP writes a sheet for each content, named by code, and signs.csv for
// the printers. progress, which may be nil, is told after each.
func WriteZIP(w io.Writer, contents []Content, sheet Sheet, base string, at time.Time, progress func()) error {
	z := zip.NewWriter(w)
	list := rolls.Table{Title: "公示牌印制清单", Key: 1, Header: []string{"编码", "网址", "地点", "安装位置", "网格编码", "网格", "文件"}}
	create := func(name string) (io.Writer, error) {
		return z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at})
	}
	for _, c := range contents {
		svg, err := SVG(c, sheet, base+c.Code)
		if err != nil {
			return err
		}
		name := c.Code + "-" + sheet.Code + ".svg"
		f, err := create(name)
		if err != nil {
			return err
		}
		if _, err := f.Write(svg); err != nil {
			return err
		}
		list.Rows = append(list.Rows, []string{Grouped(c.Code), base + c.Code, c.Place, c.Mounting, c.GridCode, c.Grid, name})
		if progress != nil {
			progress()
		}
	}
	f, err := create("signs.csv")
	if err == nil {
		err = list.WriteCSV(f)
	}
	if err != nil {
		return err
	}
	return z.Close()
}
