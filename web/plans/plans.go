// Package plans is the face of package plan: drafts of the map over HTTP, with
// a stream of what others do to them. docs/plans.md is its contract.
package plans

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/photo"
	"cloudgrid/gridmap/plan"
	"cloudgrid/web/auth"
	"cloudgrid/web/described"
	"cloudgrid/web/maptiles"
	"cloudgrid/web/problem"
	"cloudgrid/web/who"
)

// Service answers /v1/plans and /tiles/plans.
type Service struct {
	desk  *plan.Desk
	maps  plan.Maps
	tiles *maptiles.Service // a cache of its own: drafts must not push the published map out

	photos *photo.Cleaner
	reach  auth.Reacher
}

// New makes the service. reach tells whose figures somebody may see.
func New(desk *plan.Desk, maps plan.Maps, photos *photo.Cleaner, reach auth.Reacher) *Service {
	return &Service{desk: desk, maps: maps, tiles: maptiles.New(maps, tileBytes), photos: photos, reach: reach}
}

// Register adds the streams and the tiles; RegisterDocumented adds the rest.
func (s *Service) Register(e *echo.Echo) {
	e.GET("/v1/plans/:id/board", s.board, middleware.Gzip())
	e.GET("/v1/plans/:id/events", s.events)
	e.GET("/v1/plans/:id/comments/:cid/photo", s.photo)
	e.PUT("/v1/plans/:id/comments/:cid/photo", s.putPhoto)
	e.GET("/v1/plans/:id/opinions/:file", s.opinionFile(false))
	e.GET("/v1/plans/:id/contacts/:file", s.opinionFile(true))
	e.GET("/v1/plans/:id/proposals/:pid/events", s.proposalEvents)
	e.GET("/tiles/plans/:id/:z/:x/:y", s.tile)
	e.GET("/tiles/plans/:file", s.tileJSON)
}

// Bounds of what is sent.
const (
	maxBody    = 64 << 10
	maxOpsBody = 8 << 20
)

// RegisterDocumented adds the routes that the OpenAPI library serves, and
// describes those that it does not.
func (s *Service) RegisterDocumented(doc huma.API) {
	get(doc, "", "list-plans", "Plans, the last changed first", s.list)
	add(doc, http.MethodPost, "", "create-plan", "Begin a plan over the map as it is", http.StatusCreated, maxBody, s.create)
	add(doc, http.MethodPost, "/revert", "revert-edition", "Begin a plan that brings an earlier edition back", http.StatusCreated, maxBody, s.revert)
	get(doc, "/{id}", "get-plan", "One plan, what can be done with it, and whether the map has moved on", s.get)
	add(doc, http.MethodPatch, "/{id}", "patch-plan", "Change a plan's name, note or effective date", http.StatusOK, maxBody, s.patch)
	get(doc, "/{id}/atoms/{atom}", "plan-atom", "One atom of a draft with its counts, places and ground", s.atom)
	get(doc, "/{id}/ops", "plan-ops", "The log of a plan", s.ops)
	add(doc, http.MethodPost, "/{id}/ops", "plan-submit-ops", "Add operations, or preview them", http.StatusOK, maxOpsBody, s.submitOps)
	add(doc, http.MethodPost, "/{id}/undo", "plan-undo", "Take an operation out: one's own last, or the one named", http.StatusOK, maxBody, s.undo)
	add(doc, http.MethodPost, "/{id}/redo", "plan-redo", "Put back what one took out", http.StatusOK, maxBody, s.redo)
	get(doc, "/{id}/problems", "plan-problems", "What a planner should know before submitting", s.problems)
	get(doc, "/{id}/diff", "plan-diff", "How a draft differs from its base", s.diff)
	get(doc, "/{id}/replay", "plan-replay", "What leads from one revision of a draft to another", s.replay)
	get(doc, "/{id}/arc", "plan-arc", "The nearest vertex, node or edge of a draft's ground", s.arc)
	get(doc, "/{id}/vertices", "plan-vertices", "The vertices of a draft's ground in a box, to snap to", s.vertices)
	add(doc, http.MethodPost, "/{id}/rebase", "plan-rebase", "Move a plan to the map as it is now", http.StatusOK, maxOpsBody, s.rebase)
	for _, action := range []string{plan.ActSubmit, plan.ActReturn, plan.ActApprove, plan.ActAnnounce, plan.ActProlong, plan.ActPublish, plan.ActAbandon} {
		add(doc, http.MethodPost, "/{id}/"+action, "plan-"+action, steps[action], http.StatusOK, maxBody, s.step(action))
	}
	get(doc, "/{id}/history", "plan-history", "The steps of a plan: who, when, why", s.history)
	get(doc, "/{id}/here", "plan-here", "Which grid holds a place now, which will, and how far their borders are", s.here)
	get(doc, "/{id}/contacts", "plan-contacts", "How to reach those of the public who spoke about a plan", s.contacts)
	get(doc, "/{id}/comments", "plan-comments", "Remarks on a plan", s.comments)
	add(doc, http.MethodPost, "/{id}/comments", "plan-comment", "Add a remark, pinned to a place or not", http.StatusCreated, maxBody, s.comment)
	add(doc, http.MethodPost, "/{id}/comments/{cid}/settle", "plan-settle-comment", "Close a remark", http.StatusOK, maxBody, s.settle)
	s.registerProposals(doc)
	describe(doc.OpenAPI())
}

var steps = map[string]string{
	plan.ActSubmit:   "Hand a plan in: it takes no more operations",
	plan.ActReturn:   "Hand a plan back with reasons: it is a draft again",
	plan.ActApprove:  "Approve a plan",
	plan.ActAnnounce: "Show an approved plan to the public before it is published",
	plan.ActProlong:  "Move the end of a plan's public notice: later, or with a reason earlier",
	plan.ActPublish:  "Make a plan the map, as one edition",
	plan.ActAbandon:  "Give a plan up",
}

func get[I, O any](doc huma.API, path, id, summary string, handler func(context.Context, *I) (*O, error)) {
	add(doc, http.MethodGet, path, id, summary, http.StatusOK, 0, handler)
}

// add registers a handler; its errors become problem details as everywhere.
func add[I, O any](doc huma.API, method, path, id, summary string, status int, maxBytes int64, handler func(context.Context, *I) (*O, error)) {
	op := huma.Operation{Method: method, Path: "/v1/plans" + path, OperationID: id, Summary: summary, DefaultStatus: status, MaxBodyBytes: maxBytes, Responses: described.Refuses[refusal](doc.OpenAPI())}
	huma.Register(doc, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, refusalOf(err)
		}
		return out, nil
	})
}

// actor names who asks.
func actor(ctx context.Context) string { return who.From(ctx).Name }

// LocalName is who plans on a server that trusts its own machine, until told
// otherwise.
const LocalName = "planner@local"

// actorHeader names somebody else there; percent-encoded UTF-8.
const actorHeader = "X-CloudGrid-Actor"

// maxActorBytes bounds that name.
const maxActorBytes = 100

// LocalActor lets requests to a server that trusts its own machine say who
// they are: by a header or, as an EventSource can send none, by ?actor=. It
// leaves alone whom the accounts know.
func LocalActor(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if a := who.From(r.Context()); a.Account != 0 || a.Key != "" {
			return next(c)
		}
		name, err := url.PathUnescape(r.Header.Get(actorHeader))
		if name == "" && strings.Contains(r.URL.RawQuery, "actor=") {
			name, err = c.QueryParam("actor"), nil
		}
		name = strings.TrimSpace(name)
		if err != nil || len(name) > maxActorBytes || strings.ToValidUTF8(name, "") != name || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' }) {
			return problem.Write(c, gridmap.Errorf(gridmap.Invalid, "%s 不是至多 %d 字节的名字 (bad actor)", actorHeader, maxActorBytes))
		}
		a := who.Local()
		if a.Name = LocalName; name != "" {
			a.Name, a.Title = name, ""
		}
		c.SetRequest(r.WithContext(who.With(r.Context(), a)))
		return next(c)
	}
}

// LocalPolicy is plan.Policy until accounts exist: everything is allowed to
// the people of the server's own machine, and nothing to others.
type LocalPolicy struct{ Planners bool }

// Can implements plan.Policy.
func (p LocalPolicy) Can(context.Context, string, string, gridmap.Plan) error {
	if p.Planners {
		return nil
	}
	return gridmap.Errorf(gridmap.Forbidden, "账号功能尚未提供，方案只能在服务器本机编制 (plans are for planners; until accounts exist, on the server's own machine only)")
}
