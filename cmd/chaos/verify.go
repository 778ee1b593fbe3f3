package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"
)

// looked is how many plans are opened to look into their logs; each takes a
// server a moment.
const looked = 20

// lost compares the log of acknowledgements with what a server has, and returns
// what is missing, twice there, or out of order. Of many plans it opens some,
// other ones each time.
func (a *acks) lost(ctx context.Context, c *client) (lost []string, err error) {
	a.mu.Lock()
	ops, plans, records := maps.Clone(a.ops), maps.Clone(a.plans), maps.Clone(a.records)
	a.mu.Unlock()
	left := looked
	for plan, want := range ops { // in random order
		if left--; left < 0 {
			break
		}
		missing, err := lostOps(ctx, c, plan, want)
		if err != nil {
			return nil, err
		}
		lost = append(lost, missing...)
	}
	var published struct {
		Plans []struct{ ID, Edition int64 }
	}
	if err := c.get(ctx, "/v1/plans?state=published", &published); err != nil {
		return nil, err
	}
	for _, is := range published.Plans {
		if plans[is.ID] == is.Edition {
			delete(plans, is.ID)
		}
	}
	for plan, edition := range plans {
		lost = append(lost, fmt.Sprintf("plan %d is not published as edition %d", plan, edition))
	}
	var kept struct{ Records []struct{ Key string } }
	if err := c.get(ctx, "/v1/records?kind=unit", &kept); err != nil {
		return nil, err
	}
	for _, r := range kept.Records {
		delete(records, r.Key)
	}
	for key := range records {
		lost = append(lost, "record "+key)
	}
	return lost, nil
}

// lostOps looks at the log of one plan: the acknowledged operations stand in
// it, in their order and once each.
func lostOps(ctx context.Context, c *client, plan int64, want []string) (lost []string, err error) {
	var log struct {
		Ops []struct {
			Rev int64
			ID  string
		}
	}
	err = c.get(ctx, fmt.Sprintf("/v1/plans/%d/ops?after=0", plan), &log)
	var wrong errWrong
	if errors.As(err, &wrong) && wrong.status == http.StatusNotFound {
		lost = append(lost, fmt.Sprintf("plan %d is not there", plan)) // and nothing of what was done to it
	} else if err != nil {
		return nil, err
	}
	var have []string
	for i, op := range log.Ops {
		if op.Rev != int64(i+1) {
			lost = append(lost, fmt.Sprintf("plan %d: entry %d has revision %d", plan, i+1, op.Rev))
		}
		if slices.Contains(have, op.ID) {
			lost = append(lost, fmt.Sprintf("plan %d: %s is there twice", plan, op.ID))
		}
		have = append(have, op.ID)
	}
	for i, id := range want {
		if i >= len(have) || have[i] != id {
			lost = append(lost, fmt.Sprintf("plan %d: acknowledged entry %d, %s, is not there", plan, i+1, id))
		}
	}
	return lost, nil
}

// holds adds the rows about acknowledged writes to a report.
func (a *acks) holds(ctx context.Context, c *client, r *report, least int) {
	lost, err := a.lost(ctx, c)
	// Records are read from the server's snapshot, which follows the store.
	for end := time.Now().Add(resumesWithin); len(lost) > 0 && err == nil && time.Now().Before(end) && ctx.Err() == nil; {
		while(ctx, 200*time.Millisecond)
		lost, err = a.lost(ctx, c)
	}
	if err != nil {
		r.add("核对已确认的写入", "acknowledged writes could be checked", "", err.Error(), false)
		return
	}
	got := fmt.Sprintf("%d / %d", len(lost), a.total())
	if len(lost) > 0 {
		got += ": " + lost[0]
	}
	r.add("已确认而丢失的写入", "acknowledged writes lost", fmt.Sprintf("0 / ≥ %d", least), got, len(lost) == 0 && a.total() >= least)
}
