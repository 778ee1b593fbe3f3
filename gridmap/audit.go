package gridmap

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
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
