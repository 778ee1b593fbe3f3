// Package who tells a handler who asks. The middleware of package auth puts
// the actor into the request's context; a handler takes it out.
package who

import (
	"context"

	"cloudgrid/gridmap"
)

// Actor is who asks. The zero Actor is the public: anybody, with no grants.
type Actor struct {
	Name    string // as in the audit and in change sets: an account's name, "key:ID", "local"; "" is the public
	Title   string // as shown to others: 张三（规划科）
	Grants  []gridmap.Grant
	Account gridmap.AccountID // 0 when no account asks
	Key     string            // id of the API key that asks; "" is none
}

// Public tells whether nobody in particular asks.
func (a Actor) Public() bool { return a.Name == "" }

// Shown is the name to show to others.
func (a Actor) Shown() string {
	if a.Title != "" {
		return a.Title
	}
	return a.Name
}

// Local is whoever works on the server's own machine while the server can be
// reached from nowhere else and has no accounts: one machine's planner, who
// may do everything.
func Local() Actor {
	return Actor{Name: "local", Title: "本机", Grants: []gridmap.Grant{{Role: "admin"}}}
}

type key struct{}

// With returns a context in which a asks.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From returns who asks; the public when nobody said.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(key{}).(Actor)
	return a
}
