// Package described writes routes that plain handlers serve into the OpenAPI
// document. Their answers are described by Go types: a test holds the real
// answers against them.
package described

import (
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"cloudgrid/web/problem"
)

// Route is a route of the document under construction.
type Route struct {
	doc *huma.OpenAPI
	op  *huma.Operation
}

// Add writes a route with its path parameters, which are numbers where they
// are called id, cid or atom. Summary says what it is for, in a line.
func Add(doc *huma.OpenAPI, method, path, id, summary string) *Route {
	r := &Route{doc, &huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary,
		Responses: Refuses[problem.Details](doc),
	}}
	for part := range strings.SplitSeq(path, "/") {
		if name, ok := strings.CutPrefix(part, "{"); ok {
			name = name[:strings.IndexByte(name, '}')]
			kind := huma.TypeString
			if name == "id" || name == "cid" || name == "atom" {
				kind = huma.TypeInteger
			}
			r.op.Parameters = append(r.op.Parameters, &huma.Param{Name: name, In: "path", Required: true, Schema: &huma.Schema{Type: kind}})
		}
	}
	doc.AddOperation(r.op)
	return r
}

// Refuses is the answer that says no, as a T.
func Refuses[T any](doc *huma.OpenAPI) map[string]*huma.Response {
	return map[string]*huma.Response{"default": {Description: "why not", Content: map[string]*huma.MediaType{problem.MediaType: {Schema: schema[T](doc)}}}}
}

// Get writes a route that reads.
func Get(doc *huma.OpenAPI, path, id, summary string) *Route {
	return Add(doc, http.MethodGet, path, id, summary)
}

// Query adds a parameter of the query. It is a string in the document: what it
// may look like is said in about.
func (r *Route) Query(name, about string) *Route {
	r.op.Parameters = append(r.op.Parameters, &huma.Param{Name: name, In: "query", Description: about, Schema: &huma.Schema{Type: huma.TypeString}})
	return r
}

// Number adds a parameter of the query that is a number.
func (r *Route) Number(name, about string) *Route {
	r.op.Parameters = append(r.op.Parameters, &huma.Param{Name: name, In: "query", Description: about, Schema: &huma.Schema{Type: huma.TypeNumber}})
	return r
}

// Takes says that the body sent is a T as JSON.
func Takes[T any](r *Route) *Route {
	r.op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: schema[T](r.doc)}}}
	return r
}

// TakesMedia says that the body sent is of one of these media types.
func (r *Route) TakesMedia(media ...string) *Route {
	r.op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	for _, m := range media {
		r.op.RequestBody.Content[m] = &huma.MediaType{}
	}
	return r
}

// Gives says that the answer with this status is a T as JSON.
func Gives[T any](r *Route, status int, about string) *Route {
	return GivesAs[T](r, status, about, "application/json")
}

// GivesAs is Gives with another JSON media type.
func GivesAs[T any](r *Route, status int, about, media string) *Route {
	r.response(status, about).Content[media] = &huma.MediaType{Schema: schema[T](r.doc)}
	return r
}

// GivesMedia says that the answer with this status is of one of these media
// types; of none, that it has no body.
func (r *Route) GivesMedia(status int, about string, media ...string) *Route {
	answer := r.response(status, about)
	for _, m := range media {
		answer.Content[m] = &huma.MediaType{}
	}
	return r
}

func (r *Route) response(status int, about string) *huma.Response {
	key := strconv.Itoa(status)
	if r.op.Responses[key] == nil {
		r.op.Responses[key] = &huma.Response{Description: about, Content: map[string]*huma.MediaType{}}
	}
	return r.op.Responses[key]
}

func schema[T any](doc *huma.OpenAPI) *huma.Schema {
	t := reflect.TypeFor[T]()
	return doc.Components.Schemas.Schema(t, true, t.Name())
}

// Maybe describes a member that is a T or null.
type Maybe[T any] struct{}

// Schema implements huma.SchemaProvider.
func (Maybe[T]) Schema(r huma.Registry) *huma.Schema {
	t := reflect.TypeFor[T]()
	return &huma.Schema{OneOf: []*huma.Schema{r.Schema(t, true, t.Name()), {Type: "null"}}}
}
