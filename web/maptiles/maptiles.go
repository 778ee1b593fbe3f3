// Package maptiles serves the vector tiles of the newest snapshot.
package maptiles

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/labstack/echo/v4"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	"cloudgrid/tiles"
	"cloudgrid/web/problem"
)

// MediaType of a vector tile.
const MediaType = "application/vnd.mapbox-vector-tile"

// DefaultCacheBytes bounds the tile cache when nothing else is said: some ten
// thousand tiles of a city.
const DefaultCacheBytes = 128 << 20

// Set is the tile set of a public name: "grids", "atoms" or "atom_edges".
func Set(name string) (set tiles.Set, known bool) {
	switch name {
	case "grids":
		return tiles.SetGrids + "+" + tiles.SetBorders + "+" + tiles.SetLabels, true
	case "atoms":
		return tiles.SetAtoms, true
	case "atom_edges":
		return tiles.SetAtomEdges, true
	}
	return "", false
}

// Maps gives the snapshot to cut tiles from.
type Maps interface{ Current() *atlas.Atlas }

// times are Maps that know other times as well: ?at= needs them.
type times interface {
	AsOf(ctx context.Context, t time.Time) (*atlas.Atlas, error)
}

// Service answers /tiles.
type Service struct {
	maps  Maps
	cache *tiles.Cache

	mu   sync.Mutex
	seen []shown // the latest asked for first
}

// shown is the pyramid that the cached tiles of a network or a draft come from.
type shown struct {
	of, edition string
	pyramid     *tiles.Pyramid
}

// Of so many networks and drafts it is remembered which pyramid was shown last;
// the tiles of others are cut again when something of them changes.
const seenMost = 32

// New makes the service with a cache of so many bytes; 0 is the default.
func New(maps Maps, cacheBytes int64) *Service {
	if cacheBytes <= 0 {
		cacheBytes = DefaultCacheBytes
	}
	return &Service{maps: maps, cache: tiles.NewCache(int(cacheBytes))}
}

// Register adds the routes: /tiles/{set}/{z}/{x}/{y}.mvt and /tiles/{set}.json,
// for the main network as it is; ?network=CODE asks for another, ?at=DATE for
// another time.
func (s *Service) Register(e *echo.Echo) {
	e.GET("/tiles/:set/:z/:x/:y", s.tile)
	e.GET("/tiles/:file", s.tileJSON)
}

func noSuchTile(c echo.Context) error {
	return problem.Write(c, gridmap.Errorf(gridmap.NotFound,
		"没有瓦片 %s：应为 /tiles/grids/{z}/{x}/{y}.mvt、/tiles/atoms/… 或 /tiles/atom_edges/… (no such tile)", c.Request().URL.Path))
}

func (s *Service) tile(c echo.Context) error {
	set, known := Set(c.Param("set"))
	t, ok := ParseTile(c.Param("z"), c.Param("x"), c.Param("y"))
	if !known || !ok {
		return noSuchTile(c)
	}
	a, n, err := s.net(c)
	if err != nil {
		return problem.Write(c, err)
	}
	p, err := n.Pyramid(a)
	if err != nil {
		return err
	}
	if _, most := p.Zooms(); t.Z > most {
		return noSuchTile(c)
	}
	code, edition := n.Network.Code, a.Token()
	return s.answer(c, s.advance(code, edition, p, a == s.maps.Current()), p, set, t)
}

// Draft answers with a tile of a draft, by the same road and from the same
// cache: of names the draft ("plans/7"), edition its state, and p is its pyramid
// at that state, made from the one before (see atlas.Net.Draft), so that tiles
// which the last change did not touch stay.
func (s *Service) Draft(c echo.Context, of, edition string, p *tiles.Pyramid, set tiles.Set, t tiles.Tile) error {
	if _, most := p.Zooms(); !t.Valid() || t.Z > most || !set.Known() {
		return noSuchTile(c)
	}
	return s.answer(c, s.advance(of, edition, p, true), p, set, t)
}

// answer sends a tile of a pyramid.
func (s *Service) answer(c echo.Context, edition string, p *tiles.Pyramid, set tiles.Set, t tiles.Tile) error {
	key := tiles.Key{Edition: edition, Set: string(set), Tile: t}
	return Send(c, s.cache, key, func() []byte { return p.Tile(set, uint32(t.Z), t.X, t.Y) })
}

// Send answers with a tile from a cache, or as cut makes it, with an ETag of its
// content; 204 when there is nothing in it.
func Send(c echo.Context, cache *tiles.Cache, key tiles.Key, cut func() []byte) error {
	enc := accepted(c.Request().Header.Get(echo.HeaderAcceptEncoding))
	body, err := cache.Get(key, enc, cut)
	if err != nil {
		return err
	}
	h := c.Response().Header()
	h.Set("ETag", body.ETag)
	h.Set("Cache-Control", "no-cache") // may be kept, must be asked about: a stale tile is never shown
	h.Set(echo.HeaderVary, echo.HeaderAcceptEncoding)
	if matches(c.Request().Header.Get("If-None-Match"), body.ETag) {
		return c.NoContent(http.StatusNotModified)
	}
	if len(body.Bytes) == 0 {
		return c.NoContent(http.StatusNoContent)
	}
	if enc != tiles.Identity {
		h.Set(echo.HeaderContentEncoding, string(enc))
	}
	h.Set(echo.HeaderContentLength, strconv.Itoa(len(body.Bytes)))
	return c.Blob(http.StatusOK, MediaType, body.Bytes)
}

// advance returns the name of the present content of a network or draft for the
// cache. When the content is new, tiles that no change touches stay cached
// under it; a request that began before a publish must not turn back.
func (s *Service) advance(of, edition string, p *tiles.Pyramid, newest bool) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.seen, func(w shown) bool { return w.of == of })
	if i >= 0 && s.seen[i].pyramid == p {
		w := s.seen[i]
		copy(s.seen[1:i+1], s.seen[:i])
		s.seen[0] = w
		return w.edition
	}
	edition = of + "@" + edition
	if !newest {
		return edition
	}
	if i >= 0 {
		s.cache.Advance(s.seen[i].edition, edition, tiles.Changed(s.seen[i].pyramid, p))
		s.seen = slices.Delete(s.seen, i, i+1)
	}
	s.seen = slices.Insert(s.seen, 0, shown{of, edition, p})
	s.seen = slices.Delete(s.seen, min(seenMost, len(s.seen)), len(s.seen))
	return edition
}

// net finds the network that a request asks for.
func (s *Service) net(c echo.Context) (*atlas.Atlas, *atlas.Net, error) {
	a, err := s.atlas(c)
	if err != nil {
		return nil, nil, err
	}
	n, code := a.Main(), c.QueryParam("network")
	if code != "" {
		n = a.Net(code)
	}
	if n == nil {
		return nil, nil, gridmap.Errorf(gridmap.NotFound, "没有网 %q，或存储里还没有数据 (no such network, or nothing imported yet)", code)
	}
	return a, n, nil
}

// atlas is the snapshot that a request asks for: the newest or, with ?at=, the
// one valid then.
func (s *Service) atlas(c echo.Context) (*atlas.Atlas, error) {
	text := c.QueryParam("at")
	if text == "" {
		return s.maps.Current(), nil
	}
	at, err := gridmap.ParseTime(text)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "at=: %w", err)
	}
	maps, ok := s.maps.(times)
	if !ok {
		return nil, gridmap.Errorf(gridmap.Invalid, "这里只有当前的地图，不能指定 at= (only the present map is to be had here)")
	}
	return maps.AsOf(c.Request().Context(), at)
}

// ParseTile reads a tile's address as paths have it: "12", "3419", "1756.mvt".
func ParseTile(z, x, y string) (tiles.Tile, bool) {
	y, ok := strings.CutSuffix(y, ".mvt")
	zv, err1 := strconv.ParseUint(z, 10, 8)
	xv, err2 := strconv.ParseUint(x, 10, 32)
	yv, err3 := strconv.ParseUint(y, 10, 32)
	t := tiles.Tile{Z: uint8(zv), X: uint32(xv), Y: uint32(yv)}
	return t, ok && err1 == nil && err2 == nil && err3 == nil && t.Valid()
}

// accepted picks the first encoding of ours that the client takes: the smallest
// for the time it takes to make comes first. A q of zero
// refuses; other weights are all alike to us.
func accepted(header string) tiles.Encoding {
	ours := [...]tiles.Encoding{tiles.Zstd, tiles.Brotli, tiles.Gzip}
	best := len(ours)
	for part := range strings.SplitSeq(header, ",") {
		name, params, _ := strings.Cut(part, ";")
		if q := strings.ReplaceAll(params, " ", ""); q == "q=0" || q == "q=0.0" {
			continue
		}
		name = strings.TrimSpace(name)
		for i, enc := range ours[:best] {
			if strings.EqualFold(name, string(enc)) {
				best = i
				break
			}
		}
	}
	if best == len(ours) {
		return tiles.Identity
	}
	return ours[best]
}

// matches tells whether an If-None-Match names the tag.
func matches(header, etag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if tag := strings.TrimPrefix(strings.TrimSpace(part), "W/"); tag == etag || tag == "*" {
			return true
		}
	}
	return false
}

func (s *Service) tileJSON(c echo.Context) error {
	name, ok := strings.CutSuffix(c.Param("file"), ".json")
	set, known := Set(name)
	if !ok || !known {
		return noSuchTile(c)
	}
	a, n, err := s.net(c)
	if err != nil {
		return problem.Write(c, err)
	}
	p, err := n.Pyramid(a)
	if err != nil {
		return err
	}
	path := c.Scheme() + "://" + c.Request().Host + "/tiles/" + name + "/{z}/{x}/{y}.mvt"
	query := url.Values{}
	for _, name := range [...]string{"network", "at"} {
		if value := c.QueryParam(name); value != "" {
			query.Set(name, value)
		}
	}
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	j := p.TileJSON(set, path)
	j.Name = a.Settings().Title
	j.Version = strconv.FormatInt(a.Edition().Number, 10) + ".0.0"
	j.Attribution = strings.TrimSpace(a.Settings().SourceLine + " " + a.Settings().MapReviewNo)
	c.Response().Header().Set("Cache-Control", "no-cache")
	return c.JSON(http.StatusOK, j)
}
