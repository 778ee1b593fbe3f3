package signs

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/photo"
	"cloudgrid/gridmap/sign"
	"cloudgrid/spatial"
	"cloudgrid/spatial/crs"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// maxSigns bounds one batch: a county's worth.
const maxSigns = 20_000

// registerDesk adds the routes of the people who keep the signs.
func (s *Service) registerDesk(e *echo.Echo) {
	e.GET("/v1/signs", s.list)
	e.POST("/v1/signs", s.add)
	e.PATCH("/v1/signs/:code", s.change)
	e.GET("/v1/signs/stale", s.stale)
	e.POST("/v1/signs/print", s.print)
	e.PUT("/v1/signs/:code/photo", s.putPhoto)
}

// desk refuses where signs are only read. Who may write is the gate's business.
func (s *Service) desk(c echo.Context) (*sign.Desk, string, error) {
	actor := who.From(c.Request().Context())
	if s.Desk == nil || actor.Public() {
		return nil, "", gridmap.Errorf(gridmap.Forbidden, "公示牌由工作人员登记和印制 (signs are kept by the office)")
	}
	return s.Desk, actor.Name, nil
}

// allowed refuses what is outside of what who asks was granted.
func (s *Service) allowed(c echo.Context, action auth.Action, place gridmap.PlaceID, at spatial.Point) error {
	if s.Scope == nil {
		return nil
	}
	return s.Scope(c.Request().Context(), action, place, at)
}

// addBody registers signs: each at a place or at a point.
type addBody struct {
	CRS   string `json:"crs"`
	Signs []struct {
		Place    int64        `json:"place"`
		Lon      *json.Number `json:"lon"`
		Lat      *json.Number `json:"lat"`
		Name     string       `json:"name"`
		Mounting string       `json:"mounting"`
		Entrance string       `json:"entrance"`
		Network  string       `json:"network"`
	} `json:"signs"`
}

// addedAnswer names the signs that were registered, in the order sent.
type addedAnswer struct {
	Signs []addedItem `json:"signs"`
}

type addedItem struct {
	Code  string `json:"code"`
	Place int64  `json:"place"`
	URL   string `json:"url" doc:"what the QR code says"`
}

// changeBody changes what it names.
type changeBody struct {
	Status    *string `json:"status,omitempty"`
	Successor *string `json:"successor,omitempty" doc:"code of the sign that took its place"`
	Mounting  *string `json:"mounting,omitempty"`
	Entrance  *string `json:"entrance,omitempty"`
	Note      *string `json:"note,omitempty"`
	Place     *int64  `json:"place,omitempty"`
}

func (s *Service) add(c echo.Context) error {
	d, actor, err := s.desk(c)
	if err != nil {
		return problem.Write(c, err)
	}
	var body addBody
	if err := read(c, &body); err != nil {
		return problem.Write(c, err)
	}
	signs, err := body.signs(s.Maps.Current())
	if err != nil {
		return problem.Write(c, err)
	}
	for _, x := range signs {
		if err := s.allowed(c, auth.Keep, x.Place, x.Point); err != nil {
			return problem.Write(c, err)
		}
	}
	entries, err := d.Register(c.Request().Context(), actor, signs...)
	if err != nil {
		return problem.Write(c, err)
	}
	out := addedAnswer{make([]addedItem, len(entries))}
	for i, e := range entries {
		out.Signs[i] = addedItem{e.Code, int64(e.Place), s.base() + e.Code}
	}
	return c.JSON(http.StatusCreated, out)
}

func (b addBody) signs(a *atlas.Atlas) ([]sign.New, error) {
	if len(b.Signs) == 0 || len(b.Signs) > maxSigns {
		return nil, gridmap.Errorf(gridmap.Invalid, "应登记 1 至 %d 块公示牌 (1 to %d signs)", maxSigns, maxSigns)
	}
	out := make([]sign.New, len(b.Signs))
	for i, x := range b.Signs {
		n := sign.New{Place: gridmap.PlaceID(x.Place), Name: x.Name, Mounting: x.Mounting, Entrance: x.Entrance, Network: x.Network}
		if x.Network != "" && a.Net(x.Network) == nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "第 %d 块：没有网 %q (no such network)", i+1, x.Network)
		}
		if x.Lon != nil && x.Lat != nil {
			if b.CRS == "" {
				return nil, gridmap.Errorf(gridmap.Invalid, "缺少 crs：手机坐标可能是 gcj02，按 wgs84 读会差约 500 米 (crs is missing)")
			}
			frame, err := crs.Parse(b.CRS)
			if err == nil {
				n.Point, err = frame.ParsePoint(x.Lon.String(), x.Lat.String())
			}
			if err != nil {
				return nil, gridmap.Errorf(gridmap.Invalid, "第 %d 块的坐标有误 (bad coordinate of sign %d): %w", i+1, i+1, err)
			}
			n.HasPoint = true
		}
		out[i] = n
	}
	return out, nil
}

// read reads a JSON body that holds nothing else.
func read(c echo.Context, to any) error {
	d := json.NewDecoder(http.MaxBytesReader(c.Response(), c.Request().Body, 4<<20))
	d.DisallowUnknownFields()
	if err := d.Decode(to); err != nil {
		return gridmap.Errorf(gridmap.Invalid, "请求体不是所要的 JSON (malformed body): %w", err)
	}
	if d.More() {
		return gridmap.Errorf(gridmap.Invalid, "请求体后面还有内容 (something follows the body)")
	}
	return nil
}

// toChange is the sign that the path names, for whom may do action to it, and
// the desk to do it at.
func (s *Service) toChange(c echo.Context, action auth.Action) (d *sign.Desk, actor string, e sign.Entry, err error) {
	if d, actor, err = s.desk(c); err != nil {
		return d, actor, e, err
	}
	register, _ := s.signs()
	code, _ := sign.ParseCode(c.Param("code"))
	e, ok := register.Find(code)
	if !ok {
		return d, actor, e, gridmap.Errorf(gridmap.NotFound, "没有公示牌 %q (no such sign)", c.Param("code"))
	}
	return d, actor, e, s.allowed(c, action, e.Place, spatial.Point{})
}

func (s *Service) change(c echo.Context) error {
	d, actor, e, err := s.toChange(c, auth.Keep)
	if err != nil {
		return problem.Write(c, err)
	}
	var body changeBody
	if err := read(c, &body); err != nil {
		return problem.Write(c, err)
	}
	for text, to := range map[*string]*string{body.Successor: &e.Successor, body.Mounting: &e.Mounting, body.Entrance: &e.Entrance, body.Note: &e.Note} {
		if text != nil {
			*to = *text
		}
	}
	if body.Status != nil {
		e.Status = sign.Status(*body.Status)
	}
	if body.Place != nil {
		e.Place = gridmap.PlaceID(*body.Place)
		if err := s.allowed(c, auth.Keep, e.Place, spatial.Point{}); err != nil {
			return problem.Write(c, err)
		}
	}
	register, _ := s.signs()
	if err := follows(register, e); err != nil {
		return problem.Write(c, err)
	}
	if err := d.Change(c.Request().Context(), actor, e); err != nil {
		return problem.Write(c, err)
	}
	return c.JSON(http.StatusOK, itemOf(s.Maps.Current(), e))
}

// follows refuses a successor that is not there, and one that leads back: who
// stands before such a sign would be sent round in a circle.
func follows(register *sign.Register, e sign.Entry) error {
	seen := map[string]bool{e.Code: true}
	for next := e.Successor; next != ""; {
		x, ok := register.Find(next)
		switch {
		case !ok && next == e.Successor:
			return gridmap.Errorf(gridmap.Invalid, "后继公示牌 %q 不存在 (no such successor)", next)
		case seen[next]:
			return gridmap.Errorf(gridmap.Invalid, "后继公示牌 %q 又指回本牌或形成循环 (the successor leads back)", e.Successor)
		}
		seen[next], next = true, x.Successor
	}
	return nil
}

// putPhoto keeps the photo of a sign as it hangs there: what the camera wrote
// into it is gone, since everybody may see it.
func (s *Service) putPhoto(c echo.Context) error {
	d, actor, e, err := s.toChange(c, auth.Visit)
	if err != nil {
		return problem.Write(c, err)
	}
	data, err := io.ReadAll(http.MaxBytesReader(c.Response(), c.Request().Body, gridmap.MaxAttachmentBytes))
	if err != nil {
		return problem.Write(c, err)
	}
	ctx := c.Request().Context()
	clean, err := s.Photos.Clean(ctx, data)
	if err != nil {
		return problem.Write(c, err)
	}
	e.Photo = rand.Text()
	if err := s.Journal.PutAttachment(ctx, gridmap.Attachment{ID: e.Photo, At: s.Now(), Actor: actor, Type: photo.Type, Data: clean}); err != nil {
		return problem.Write(c, err)
	}
	if err := d.Change(ctx, actor, e); err != nil {
		return problem.Write(c, err)
	}
	return c.NoContent(http.StatusNoContent)
}
