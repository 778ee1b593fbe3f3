package plans

import (
	"encoding/json"
	"errors"
	"time"

	"cloudgrid/gridmap/plan"
	"cloudgrid/web/problem"
)

// clashItem is an operation that is in the way.
type clashItem struct {
	OpID   string    `json:"op_id"`
	Rev    int64     `json:"rev"`
	Actor  string    `json:"actor"`
	Kind   string    `json:"kind"`
	At     time.Time `json:"at"`
	Items  []string  `json:"items"`
	Reason string    `json:"reason,omitempty"`
}

// refusal is a problem with the operations that are in the way.
type refusal struct {
	problem.Details
	Rev     *int64      `json:"rev,omitempty"`
	Clashes []clashItem `json:"clashes,omitzero"`
}

func (r refusal) Error() string { return r.Detail }

// GetStatus implements huma.StatusError.
func (r refusal) GetStatus() int { return r.Status }

// ContentType implements huma.ContentTypeFilter.
func (r refusal) ContentType(string) string { return problem.MediaType }

// MarshalJSON writes the problem with its own members.
func (r refusal) MarshalJSON() ([]byte, error) {
	type plain refusal
	return json.Marshal(plain(r))
}

func refusalOf(err error) refusal {
	r := refusal{Details: problem.Of(err)}
	var clash *plan.ClashError
	if !errors.As(err, &clash) {
		return r
	}
	r.Rev, r.Clashes = &clash.Rev, []clashItem{}
	for _, c := range clash.Clashes {
		item := clashItem{OpID: c.OpID, Rev: c.Rev, Actor: c.Actor, Kind: c.Kind, At: c.At, Items: []string{}, Reason: c.Reason}
		for _, k := range c.Items {
			item.Items = append(item.Items, k.String())
		}
		r.Clashes = append(r.Clashes, item)
	}
	return r
}
