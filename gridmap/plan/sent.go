package plan

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"cloudgrid/gridmap"
)

// sentMember is the member of a logged body that says what was sent: the body
// itself is filled in before it is logged, so it cannot be compared with what
// comes under the same id again.
const sentMember = "sent"

// digest is the same for bodies that say the same: the order of members and
// white space do not count, nor does what is no part of a body.
func (op Op) digest() string {
	text := []byte(op.Body)
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber() // ids are not rounded
	var members map[string]any
	if d.Decode(&members) == nil {
		for _, name := range envelope {
			delete(members, name)
		}
		if plain, err := json.Marshal(members); err == nil {
			text = plain
		}
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:8])
}

// same tells whether an operation is the one that is logged. Logs from before
// digests were kept say nothing of what was sent.
func (op Op) same(was gridmap.PlanOp, actor string) bool {
	if was.Kind != op.Kind || was.Actor != actor {
		return false
	}
	var body struct{ Sent string }
	if json.Unmarshal(was.Body, &body) != nil || body.Sent == "" {
		return true
	}
	now := op.digest()
	return now == body.Sent || now == Op{Body: was.Body}.digest() // as it was sent, or as it was logged
}

// stamp notes in the bodies that are to be logged what was sent. sent holds
// them all, and in the same order.
func stamp(logged []gridmap.PlanOp, sent []Op) error {
	next := 0
	for i := range logged {
		for sent[next].ID != logged[i].ID {
			next++
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(logged[i].Body, &members); err != nil {
			return err
		}
		if members == nil {
			members = map[string]json.RawMessage{}
		}
		members[sentMember] = json.RawMessage(`"` + sent[next].digest() + `"`)
		body, err := json.Marshal(members)
		if err != nil {
			return err
		}
		logged[i].Body = body
	}
	return nil
}
