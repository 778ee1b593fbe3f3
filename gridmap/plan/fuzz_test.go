package plan

import (
	"encoding/json"
	"testing"

	"cloudgrid/gridmap"
)

// FuzzApply sends bodies to a small board: none may break it, or be anything
// but a refusal in words.
func FuzzApply(f *testing.F) {
	w := newWorld(36, 3, 1, 4)
	w.atoms[4].Kind = "building"
	b := w.board(f)
	vertex, node := border(b, w.leaves[0])
	atoms := ids(b.AtomsOf(w.leaves[0]))
	for _, op := range []gridmap.PlanOp{
		do(1, ReassignAtoms, `{"atoms":%s,"to":%d}`, atoms, w.leaves[1]),
		do(1, Cut, `{"grid":%d,"line":[[105,24.9],[105.01,25.1]],"mode":"ground"}`, w.leaves[0]),
		do(1, Cut, `{"grid":%d,"line":[[105,24.9],[105.01,25.1]],"mode":"ground","moved":[12],"splits":[{"atom":13,"pieces":2,"counts":{},"moved":[1]}]}`, w.leaves[0]),
		do(1, Merge, `{"into":%d,"grids":[%d,%d]}`, w.leaves[0], w.leaves[1], w.leaves[2]),
		do(1, CreateGrid, `{"parent":%d,"code":"","name":"","type":"micro","attrs":{"a":"b"},"atoms":%s}`, w.communities[0], atoms),
		do(1, RetireGrid, `{"grid":%d,"to":%d}`, w.leaves[0], w.leaves[1]),
		do(1, MoveVertex, `{"at":%s,"to":[105.001,25.001]}`, pointText(vertex)),
		do(1, MoveNode, `{"at":%s,"to":[105.001,25.001]}`, pointText(node)),
		do(1, InsertVertex, `{"edge":[%s,%s],"at":[105.001,25.001]}`, pointText(node), pointText(vertex)),
		do(1, DeleteVertex, `{"at":%s}`, pointText(vertex)),
		do(1, ReshapeArc, `{"old":[%s,%s],"points":[%s,[105.001,25.001],%s]}`, pointText(node), pointText(vertex), pointText(node), pointText(vertex)),
		do(1, SplitAtom, `{"atom":%d,"line":[[104.99,25.005],[105.02,25.006]],"counts":{"households":[1,2]}}`, w.atomIDs[0]),
		do(1, SetAttrs, `{"grid":%d,"name":"甲","code":"9","type":"general","attrs":{"k":""},"capacity":2}`, w.leaves[0]),
		do(1, SetLock, `{"grids":[%d],"atoms":%s,"locked":true}`, w.leaves[0], atoms),
		do(1, ApplyProposal, `{"proposal":"p","candidate":{},"grids":[1],"new_grids":[{"id":-1,"parent":%d,"code":"","name":""}],"moves":[{"to":-1,"atoms":%s}],"retire":[]}`, w.communities[0], atoms),
	} {
		f.Add(op.Kind, []byte(op.Body))
	}
	f.Fuzz(func(t *testing.T, kind string, body []byte) {
		op := gridmap.PlanOp{Rev: 1, Actor: "张三", Kind: kind, Body: body}
		c, fx, err := Apply(b, op)
		if err != nil {
			if code := gridmap.CodeOf(err); code == gridmap.Internal || code == "" || err.Error() == "" {
				t.Fatalf("%s %s: %v", kind, body, err)
			}
			return
		}
		checkBoard(t, c)
		if !json.Valid(fx.Body) {
			t.Fatalf("%s: logged as %s", kind, fx.Body)
		}
		op.Body = fx.Body
		if again, _, err := Apply(b, op); err != nil {
			t.Fatalf("%s: as logged it is refused: %v\n%s", kind, err, fx.Body)
		} else if difference2(picture(c), picture(again)) != "" {
			t.Fatalf("%s: as logged it is not the same\n%s", kind, fx.Body)
		}
	})
}
