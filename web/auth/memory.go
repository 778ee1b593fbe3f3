package auth

import (
	"sync"
	"time"

	"cloudgrid/gridmap"
)

// remembered is how long a session or a key is believed without asking the
// store: so long can one that another process ended or granted less still be
// used. With askAgainEvery, and what an answer under way takes, it is below the
// 3 seconds that are promised.
const remembered = 1500 * time.Millisecond

// rememberedAway is how long they are believed while the store is away, so that
// those inside can read on.
const rememberedAway = 15 * time.Minute

// memory remembers whom a cookie or a key stands for, for a moment, so that a
// map that loads a hundred tiles asks the store once. The zero value is ready.
type memory struct {
	mu   sync.Mutex
	what map[string]known
}

// known is a session with its account, or a key.
type known struct {
	asked   time.Time // when the store last said so
	till    time.Time
	session gridmap.Session
	account gridmap.Account
	key     gridmap.Key
}

// get returns what is remembered, and whether it need not be asked for again.
func (m *memory) get(id string, now time.Time) (k known, fresh bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.what[id]
	return k, ok && now.Before(k.till)
}

// stands tells whether what was remembered may stand in for a store that gave
// err.
func (k known) stands(err error, now time.Time) bool {
	return gridmap.CodeOf(err) == gridmap.Unavailable && !k.asked.IsZero() && now.Sub(k.asked) < rememberedAway
}

func (m *memory) put(id string, k known, now time.Time) {
	const most = 4096
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.what == nil || len(m.what) >= most { // what is lost is asked for again
		m.what = make(map[string]known)
	}
	k.till = now.Add(remembered)
	m.what[id] = k
}

// note changes what is remembered, for no longer than it would have been.
func (m *memory) note(id string, k known) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old, ok := m.what[id]; ok {
		k.till = old.till
		m.what[id] = k
	}
}

// forget makes everybody be asked for again: after a change of accounts, keys
// or sessions.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.what = nil
}
