package photo

import "context"

// Cleaner cleans one photo at a time: each takes memory by the million pixels.
type Cleaner struct{ turn chan struct{} }

// NewCleaner makes a Cleaner. A server needs one for all.
func NewCleaner() *Cleaner { return &Cleaner{make(chan struct{}, 1)} }

// Clean is the package's Clean when it is its turn; ctx's error when that ends
// before.
func (c *Cleaner) Clean(ctx context.Context, data []byte) ([]byte, error) {
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
		return Clean(data)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
