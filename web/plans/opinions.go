package plans

import (
	"bytes"
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/plan"
	"cloudgrid/gridmap/rolls"
	"cloudgrid/web/problem"
)

// opinionFile answers with what the public said about a plan as opinions.csv or
// opinions.xlsx: one row each, with what became of it. With how to reach those
// who spoke it is for those who may read that; the gate writes down who reads
// either.
func (s *Service) opinionFile(reachable bool) echo.HandlerFunc {
	return func(c echo.Context) error {
		id, err := strconv.ParseInt(c.Param("id"), 10, 64)
		if err != nil {
			return problem.Write(c, gridmap.Errorf(gridmap.NotFound, "没有编号为 %q 的方案 (no such plan)", c.Param("id")))
		}
		t, err := s.opinionTable(c.Request().Context(), gridmap.PlanID(id), reachable)
		if err != nil {
			return problem.Write(c, err)
		}
		return sendTable(c, c.Param("file"), t)
	}
}

func sendTable(c echo.Context, file string, t rolls.Table) (err error) {
	var b bytes.Buffer
	kind := "text/csv; charset=utf-8"
	switch file {
	case "opinions.csv":
		err = t.WriteCSV(&b)
	case "opinions.xlsx":
		kind, err = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", rolls.WriteXLSX(&b, t)
	default:
		err = gridmap.Errorf(gridmap.NotFound, "意见表应为 opinions.csv 或 opinions.xlsx (want opinions.csv or opinions.xlsx)")
	}
	if err != nil {
		return problem.Write(c, err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-store")
	h.Set(echo.HeaderContentDisposition, `attachment; filename="plan-`+c.Param("id")+"-"+file+`"`)
	return c.Blob(http.StatusOK, kind, b.Bytes())
}

// opinionTable lists what the public said, the oldest first.
func (s *Service) opinionTable(ctx context.Context, id gridmap.PlanID, reachable bool) (rolls.Table, error) {
	var contacts map[int64]string
	if reachable {
		var err error
		if contacts, err = s.desk.Contacts(ctx, actor(ctx), id); err != nil {
			return rolls.Table{}, err
		}
	}
	v, err := s.desk.View(ctx, actor(ctx), id)
	if err != nil {
		return rolls.Table{}, err
	}
	all, err := s.desk.Comments(ctx, actor(ctx), id)
	if err != nil {
		return rolls.Table{}, err
	}
	t := rolls.Table{Title: "公示意见登记表 " + v.Plan.Name, Header: []string{"编号", "收到时间", "意见", "地点", "网格编码", "网格名称", "办理情况", "办结人", "办结时间", "答复"}, Key: 1}
	if reachable {
		t.Header = append(t.Header, "联系方式")
	}
	replies := repliesOf(all)
	for _, c := range all {
		if !c.Public {
			continue
		}
		row := opinionRow(v.Board, c, replies[c.ID])
		if reachable {
			row = append(row, contacts[c.ID])
		}
		t.Rows = append(t.Rows, row)
	}
	return t, nil
}

func opinionRow(b *plan.Board, c gridmap.PlanComment, reply string) []string {
	text, place := c.Text, ""
	if head, rest, ok := strings.Cut(c.Text, "\n"); ok && strings.HasPrefix(head, plan.PlaceMark) {
		text, place = rest, strings.TrimPrefix(head, plan.PlaceMark)
	}
	g, _ := b.Grid(c.Grid)
	done, by, at := "未办结", "", ""
	if c.SettledBy != "" {
		done, by, at = "已办结", c.SettledBy, civil(c.SettledAt)
	}
	return []string{strconv.FormatInt(c.ID, 10), civil(c.At), text, place, g.Code, g.Name, done, by, at, reply}
}

// repliesOf is what was answered to each remark.
func repliesOf(all []gridmap.PlanComment) map[int64]string {
	out := map[int64]string{}
	for _, c := range all {
		if c.ReplyTo == 0 {
			continue
		}
		if out[c.ReplyTo] != "" {
			out[c.ReplyTo] += "\n"
		}
		out[c.ReplyTo] += c.Actor + "：" + c.Text
	}
	return out
}

func civil(t time.Time) string { return t.In(gridmap.CivilZone()).Format("2006-01-02 15:04") }
