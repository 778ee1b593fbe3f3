package plans

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/photo"
	"cloudgrid/gridmap/plan"
	"cloudgrid/spatial"
	"cloudgrid/web/problem"
)

// planCommentItem is a remark on a plan.
type planCommentItem struct {
	ID        int64      `json:"id"`
	Key       string     `json:"key,omitempty"`
	At        time.Time  `json:"at"`
	Actor     string     `json:"actor"`
	Text      string     `json:"text"`
	Point     []float64  `json:"point,omitempty" doc:"lon, lat in WGS84"`
	Grid      int64      `json:"grid,omitempty"`
	ReplyTo   int64      `json:"reply_to,omitempty"`
	Photo     string     `json:"photo,omitempty" doc:"address of its photo"`
	Public    bool       `json:"public,omitempty" doc:"said by the public during the notice"`
	SettledBy string     `json:"settled_by,omitempty"`
	SettledAt *time.Time `json:"settled_at,omitempty"`
}

func planCommentItemOf(c gridmap.PlanComment) planCommentItem {
	item := planCommentItem{
		ID: c.ID, Key: c.Key, At: c.At, Actor: c.Actor, Text: c.Text, Grid: int64(c.Grid), ReplyTo: c.ReplyTo, Public: c.Public, SettledBy: c.SettledBy,
	}
	if c.Photo != "" {
		item.Photo = fmt.Sprintf("/v1/plans/%d/comments/%d/photo", c.Plan, c.ID)
	}
	if c.HasPoint {
		item.Point = pointItem(c.Point)
	}
	if c.SettledBy != "" {
		item.SettledAt = &c.SettledAt
	}
	return item
}

type commentsOutput struct {
	Body struct {
		Comments []planCommentItem `json:"comments"`
	}
}

func (s *Service) comments(ctx context.Context, in *PlanInput) (*commentsOutput, error) {
	all, err := s.desk.Comments(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	out := &commentsOutput{}
	out.Body.Comments = []planCommentItem{}
	for _, c := range all {
		out.Body.Comments = append(out.Body.Comments, planCommentItemOf(c))
	}
	return out, nil
}

type commentInput struct {
	PlanInput
	Body struct {
		Text    string    `json:"text" maxLength:"8000"`
		Point   []float64 `json:"point,omitempty" minItems:"2" maxItems:"2" doc:"lon, lat"`
		CRS     string    `json:"crs,omitempty" doc:"wgs84 or cgcs2000; mandatory beside a point"`
		Grid    int64     `json:"grid,omitempty"`
		ReplyTo int64     `json:"reply_to,omitempty"`
		Key     string    `json:"key,omitempty" maxLength:"64" doc:"of your making: a comment sent twice with it counts once"`
	}
}

type commentOutput struct{ Body planCommentItem }

func (s *Service) comment(ctx context.Context, in *commentInput) (*commentOutput, error) {
	c := gridmap.PlanComment{Plan: in.plan(), Text: in.Body.Text, Grid: gridmap.GridID(in.Body.Grid), ReplyTo: in.Body.ReplyTo, Key: in.Body.Key}
	if len(in.Body.Point) == 2 {
		if err := checkFrame(in.Body.CRS); err != nil {
			return nil, err
		}
		p, err := spatial.FromLonLat(in.Body.Point[0], in.Body.Point[1])
		if err != nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "批注的位置无效：%w (bad point)", err)
		}
		c.Point, c.HasPoint = p, true
	}
	c, err := s.desk.Comment(ctx, actor(ctx), c)
	if err != nil {
		return nil, err
	}
	return &commentOutput{planCommentItemOf(c)}, nil
}

type settleInput struct {
	PlanInput
	Comment int64 `path:"cid"`
}

func (s *Service) settle(ctx context.Context, in *settleInput) (*commentOutput, error) {
	c, err := s.desk.Settle(ctx, actor(ctx), in.plan(), in.Comment)
	if err != nil {
		return nil, err
	}
	return &commentOutput{planCommentItemOf(c)}, nil
}

// opinionsItem counts what the public said.
type opinionsItem struct {
	Total int `json:"total"`
	Open  int `json:"open" doc:"not settled yet"`
}

func (s *Service) opinions(ctx context.Context, p gridmap.Plan) (*opinionsItem, error) {
	all, err := s.desk.Comments(ctx, actor(ctx), p.ID)
	n := &opinionsItem{}
	for _, c := range all {
		if c.Public {
			n.Total++
			if c.SettledBy == "" {
				n.Open++
			}
		}
	}
	if n.Total == 0 && p.State != gridmap.PlanAnnounced {
		n = nil
	}
	return n, err
}

type contactsOutput struct {
	Body struct {
		Contacts []contactItem `json:"contacts"`
	}
}

type contactItem struct {
	Comment int64  `json:"comment"`
	Contact string `json:"contact"`
}

// contacts are personal data; the gate writes down who read them.
func (s *Service) contacts(ctx context.Context, in *PlanInput) (*contactsOutput, error) {
	all, err := s.desk.Contacts(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	out := &contactsOutput{}
	out.Body.Contacts = []contactItem{}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		out.Body.Contacts = append(out.Body.Contacts, contactItem{id, all[id]})
	}
	return out, nil
}

// photoOf reads whose photo a request is about.
func photoOf(c echo.Context) (gridmap.PlanID, int64, error) {
	id, err := strconv.ParseInt(c.Param("id"), 10, 64)
	comment, err2 := strconv.ParseInt(c.Param("cid"), 10, 64)
	if err != nil || err2 != nil {
		return 0, 0, gridmap.Errorf(gridmap.NotFound, "没有这条批注 (no such comment)")
	}
	return gridmap.PlanID(id), comment, nil
}

// putPhoto keeps the photo of one's remark.
func (s *Service) putPhoto(c echo.Context) error {
	id, comment, err := photoOf(c)
	if err != nil {
		return problem.Write(c, err)
	}
	ctx := c.Request().Context()
	if _, err := s.desk.Plan(ctx, actor(ctx), id); err != nil { // before anything is drawn
		return problem.Write(c, err)
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, gridmap.MaxAttachmentBytes))
	if err != nil {
		return problem.Write(c, err)
	}
	clean, err := s.photos.Clean(ctx, data)
	if err != nil {
		return problem.Write(c, err)
	}
	kept, err := s.desk.AddPhoto(ctx, actor(ctx), id, comment, plan.Picture{Type: photo.Type, Data: clean})
	if err != nil {
		return problem.Write(c, err)
	}
	return c.JSON(http.StatusOK, planCommentItemOf(kept))
}

// photo shows the photo of a remark to whoever may look at the plan.
func (s *Service) photo(c echo.Context) error {
	id, comment, err := photoOf(c)
	if err != nil {
		return problem.Write(c, err)
	}
	ctx := c.Request().Context()
	a, err := s.desk.Photo(ctx, actor(ctx), id, comment)
	if err != nil {
		return problem.Write(c, err)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "private, max-age=86400")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	return c.Blob(http.StatusOK, a.Type, a.Data)
}
