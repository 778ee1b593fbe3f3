package gridmap

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"time"
)

// ChainHash returns the hash of an audit entry: SHA-256 over the hash of the
// entry before it and every field but Hash, each quoted so that no field can
// run into the next.
func ChainHash(e AuditEntry) string {
	fields, _ := json.Marshal([]string{ // strings always marshal
		e.Prev, fmt.Sprint(e.ID), e.At.UTC().Format(time.RFC3339Nano),
		e.Actor, e.Action, e.Thing, e.Detail, fmt.Sprint(e.Seq),
	})
	sum := sha256.Sum256(fields)
	return hex.EncodeToString(sum[:])
}

// ChainFault is something wrong with the audit.
type ChainFault struct {
	ID   int64  `json:"id"` // of the line at which it shows
	What string `json:"what"`
}

// maxChainFaults is how many are told: after that, who looks knows enough.
const maxChainFaults = 20

// VerifyChain reads an audit from its first line and says where a line was
// changed, removed, added or put elsewhere. last is where the store says that
// the chain ends. Whoever can write to the store can forge the whole chain: for
// that, keep the number and hash of a line elsewhere and pass them as known.
func VerifyChain(lines iter.Seq2[AuditEntry, error], last AuditEntry, known map[int64]string) (n int64, faults []ChainFault, err error) {
	add := func(id int64, format string, args ...any) {
		if len(faults) < maxChainFaults {
			faults = append(faults, ChainFault{ID: id, What: fmt.Sprintf(format, args...)})
		}
	}
	var before AuditEntry
	for e, err := range lines {
		if err != nil {
			return n, faults, err
		}
		n++
		switch {
		case e.ID != before.ID+1:
			add(e.ID, "第 %d 至 %d 条缺失 (lines are missing)", before.ID+1, e.ID-1)
		case e.Prev != before.Hash:
			add(e.ID, "第 %d 条与上一条不相连 (not chained to the line before)", e.ID)
		}
		if ChainHash(e) != e.Hash {
			add(e.ID, "第 %d 条被改动过 (the line was changed)", e.ID)
		}
		if want, ok := known[e.ID]; ok {
			if delete(known, e.ID); want != e.Hash {
				add(e.ID, "第 %d 条的哈希与另存的不同 (not the hash that was noted)", e.ID)
			}
		}
		before = e
	}
	if before.ID != last.ID {
		add(last.ID, "末尾应为第 %d 条，实为第 %d 条 (lines are missing at the end)", last.ID, before.ID)
	} else if before.Hash != last.Hash {
		add(last.ID, "末尾第 %d 条与存储所记不符 (the last line is not the one that the store noted)", last.ID)
	}
	for id := range known {
		add(id, "没有另存的第 %d 条 (the noted line is not there)", id)
	}
	return n, faults, nil
}
