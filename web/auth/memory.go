package auth

import (
	"sync"
	"time"

	"cloudgrid/gridmap"
)

// remembered is how long a session or a key is believed without asking the
// store: so long can one that another process ended still be used.
const remembered = 3 * time.Second

// memory remembers whom a cookie or a key stands for, for a moment, so that a
// map that loads a hundred tiles asks the store once. The zero value is ready.
type memory struct {
	mu   sync.Mutex
	what map[string]known
}

// known is a session with its account, or a key.
type known struct {
	till    time.Time
	session gridmap.Session
	account gridmap.Account
	key     gridmap.Key
}

func (m *memory) get(id string, now time.Time) (known, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	k, ok := m.what[id]
	return k, ok && now.Before(k.till)
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

// forget makes everybody be asked for again: after a change of accounts, keys
// or sessions.
func (m *memory) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.what = nil
}
