package plans

import (
	"context"
	"encoding/json"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/plan"
)

// opItem is an entry of the log: its heading, and its body as it was logged. The
// body is a member of its own: operations have members of the same names.
type opItem struct {
	Rev     int64           `json:"rev"`
	ID      string          `json:"id"`
	At      time.Time       `json:"at"`
	Actor   string          `json:"actor"`
	Kind    string          `json:"kind"`
	Undone  bool            `json:"undone"`
	Summary string          `json:"summary"`
	Body    json.RawMessage `json:"body,omitempty"`
}

type opsInput struct {
	PlanInput
	After int64 `query:"after" minimum:"0" doc:"only those with a greater revision"`
}

type opsOutput struct {
	Body struct {
		Rev int64    `json:"rev"`
		Ops []opItem `json:"ops"`
	}
}

func (s *Service) ops(ctx context.Context, in *opsInput) (*opsOutput, error) {
	v, err := s.desk.View(ctx, actor(ctx), in.plan())
	if err != nil {
		return nil, err
	}
	log, err := s.desk.Log(ctx, actor(ctx), in.plan(), 0)
	if err != nil {
		return nil, err
	}
	byID := map[string]plan.LogLine{}
	out := &opsOutput{}
	out.Body.Rev, out.Body.Ops = int64(len(log)), []opItem{}
	for _, line := range log {
		byID[line.ID] = line
		if line.Rev <= in.After {
			continue
		}
		out.Body.Ops = append(out.Body.Ops, opItem{
			Rev: line.Rev, ID: line.ID, At: line.At, Actor: line.Actor, Kind: line.Kind, Undone: line.Undone,
			Summary: s.sentence(v.Board, line, byID), Body: line.Body,
		})
	}
	return out, nil
}

// sentence says an entry; of one about another entry, which.
func (s *Service) sentence(b *plan.Board, line plan.LogLine, byID map[string]plan.LogLine) string {
	if line.Kind != plan.KindUndo && line.Kind != plan.KindRedo {
		return b.Summary(line.PlanOp)
	}
	var body struct{ Target string }
	if json.Unmarshal(line.Body, &body) != nil {
		return plan.KindName(line.Kind)
	}
	return plan.KindName(line.Kind) + "：" + b.Summary(byID[body.Target].PlanOp)
}

type submitInput struct {
	PlanInput
	Body struct {
		BaseRev int64             `json:"base_rev" minimum:"0" doc:"the revision that the operations were made on"`
		CRS     string            `json:"crs,omitempty" doc:"wgs84 or cgcs2000; mandatory when an operation has coordinates"`
		Ops     []json.RawMessage `json:"ops" minItems:"1" maxItems:"200" doc:"{id, kind, …}; see docs/plans.md"`
		Preview bool              `json:"preview,omitempty" doc:"answer, but keep nothing"`
	}
}

// answerBody is what became of operations.
type answerBody struct {
	Rev     int64           `json:"rev"`
	Rebased bool            `json:"rebased" doc:"others had changed the plan since base_rev, elsewhere"`
	Effects planEffectsItem `json:"effects" doc:"everything that differs from base_rev"`
	Undo    planNextItem    `json:"undo"`
	Redo    planNextItem    `json:"redo"`
}

type answerOutput struct{ Body answerBody }

func (s *Service) submitOps(ctx context.Context, in *submitInput) (*answerOutput, error) {
	ops, err := readOps(in.Body.Ops, in.Body.CRS)
	if err != nil {
		return nil, err
	}
	do := s.desk.Submit
	if in.Body.Preview {
		do = s.desk.Preview
	}
	a, err := do(ctx, actor(ctx), in.plan(), in.Body.BaseRev, ops)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, a)
}

func (s *Service) answer(ctx context.Context, a plan.Answer) (*answerOutput, error) {
	next, err := s.desk.Next(ctx, actor(ctx), a.Plan.ID)
	if err != nil {
		return nil, err
	}
	b := a.Change.After
	return &answerOutput{answerBody{
		Rev: a.Rev, Rebased: a.Rebased, Effects: s.sight(ctx).effects(a.Change), Undo: planNextItemOf(b, next.Undo), Redo: planNextItemOf(b, next.Redo),
	}}, nil
}

// hasCoordinates are the kinds of operations whose bodies have some.
var hasCoordinates = map[string]bool{
	plan.Cut: true, plan.MoveVertex: true, plan.MoveNode: true, plan.InsertVertex: true, plan.DeleteVertex: true, plan.ReshapeArc: true, plan.SplitAtom: true,
}

// readOps takes operations apart: id and kind are the log's, the rest is the
// operation's own.
func readOps(raw []json.RawMessage, frame string) ([]plan.Op, error) {
	ops := make([]plan.Op, len(raw))
	for i, text := range raw {
		var members map[string]json.RawMessage
		if err := json.Unmarshal(text, &members); err != nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "第 %d 个操作不是 JSON 对象 (not an object)", i+1)
		}
		for name, into := range map[string]*string{"id": &ops[i].ID, "kind": &ops[i].Kind} {
			if err := json.Unmarshal(members[name], into); err != nil {
				return nil, gridmap.Errorf(gridmap.Invalid, "第 %d 个操作缺少 %s，或它不是字符串 (missing or no string)", i+1, name)
			}
			delete(members, name)
		}
		if hasCoordinates[ops[i].Kind] {
			if err := checkFrame(frame); err != nil {
				return nil, err
			}
		}
		body, err := json.Marshal(members)
		if err != nil {
			return nil, err
		}
		ops[i].Body = body
	}
	return ops, nil
}

type turnInput struct {
	PlanInput
	Body struct {
		ID      string `json:"id" minLength:"1" maxLength:"64" doc:"of this request; sent twice it counts once"`
		BaseRev int64  `json:"base_rev" minimum:"0"`
		Target  string `json:"target,omitempty" maxLength:"64" doc:"id of an operation; one's own last when absent"`
	}
}

func (s *Service) undo(ctx context.Context, in *turnInput) (*answerOutput, error) {
	a, err := s.desk.Undo(ctx, actor(ctx), in.plan(), in.Body.ID, in.Body.BaseRev, in.Body.Target)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, a)
}

func (s *Service) redo(ctx context.Context, in *turnInput) (*answerOutput, error) {
	a, err := s.desk.Redo(ctx, actor(ctx), in.plan(), in.Body.ID, in.Body.BaseRev, in.Body.Target)
	if err != nil {
		return nil, err
	}
	return s.answer(ctx, a)
}
