package plan

import (
	"testing"

	"cloudgrid/gridmap"
)

func TestACandidateIsTakenOnlyOnceItStaysWhatItIs(t *testing.T) {
	k := &task{now: Proposal{ID: "p", Plan: 1, Candidates: []Candidate{{Gap: 1}}}}
	all := tasks{list: []*task{k}}
	for state, want := range map[string]gridmap.Code{ProposalQueued: gridmap.Conflict, ProposalRunning: gridmap.Conflict, ProposalDone: "", ProposalCancelled: ""} {
		k.now.State = state
		_, c, err := all.candidate(1, "p", 0)
		if err == nil && (want != "" || c.Gap != 1) || err != nil && gridmap.CodeOf(err) != want {
			t.Errorf("%s: %+v %v", state, c, err)
		}
	}
}
