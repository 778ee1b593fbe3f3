package tiles

import (
	"crypto/sha256"
	"encoding/base64"
	"sync"

	"cloudgrid/spatial"
)

// Key names a cached tile. Edition is whatever changes when the content may
// have changed, such as an edition number or a draft plan's revision; Set may
// be any name the caller gives its tiles ("grids", "plans/7/grids").
type Key struct {
	Edition string
	Set     string
	Tile    Tile
}

// Body is a tile ready to be sent. An empty tile has no Bytes and is answered
// with 204. ETag is quoted, depends on the tile's content and the encoding
// alone, and so is the same in every process and across editions that did not
// change the tile. Bytes are shared and must not be written to.
type Body struct {
	Bytes []byte
	ETag  string
}

// Cache keeps tiles compressed, up to a number of bytes, and forgets those
// longest unused. Each tile is cut and compressed once, however many ask for it
// at the same time. A Cache is safe for concurrent use.
type Cache struct {
	limit int

	mu         sync.Mutex
	size       int
	entries    map[Key]*entry
	newest     entry // ring of entries: newest.older is the newest
	hits, miss uint64
}

type entry struct {
	newer, older *entry
	key          Key
	box          spatial.Box
	cost         int
	gone         bool

	fill sync.Mutex // held while a variant is made
	made bool
	etag [4]string
	body [4][]byte // by variantOf; at least one once made, unless empty
}

// entryCost is about what an entry takes beside its bytes.
const entryCost = 400

// NewCache returns a cache for so many bytes.
func NewCache(limit int) *Cache {
	c := &Cache{limit: limit, entries: map[Key]*entry{}}
	c.newest.newer, c.newest.older = &c.newest, &c.newest
	return c
}

var variants = [...]Encoding{Gzip, Identity, Brotli, Zstd}

func variantOf(enc Encoding) int {
	for i, v := range variants {
		if v == enc {
			return i
		}
	}
	return 1
}

// Get returns the tile in the encoding, calling cut for its raw bytes when it
// is not there. cut must answer for the key's edition: what it returns stays
// under that key. An encoding that is not known is answered with Identity.
func (c *Cache) Get(key Key, enc Encoding, cut func() []byte) (Body, error) {
	e := c.entry(key)
	v := variantOf(enc)
	e.fill.Lock()
	defer e.fill.Unlock()
	grown := 0
	if !e.made {
		raw := cut()
		e.sign(raw)
		if len(raw) > 0 {
			var err error
			if e.body[v], err = Compress(raw, variants[v]); err != nil {
				return Body{}, err
			}
			grown = len(e.body[v])
		}
		e.made = true
	}
	if e.body[v] == nil {
		raw, err := e.raw()
		if err != nil {
			return Body{}, err
		}
		if raw != nil {
			if e.body[v], err = Compress(raw, variants[v]); err != nil {
				return Body{}, err
			}
			grown = len(e.body[v])
		}
	}
	if grown > 0 {
		c.grow(e, grown)
	}
	return Body{e.body[v], e.etag[v]}, nil
}

// sign sets the ETags of a tile's content.
func (e *entry) sign(raw []byte) {
	sum := sha256.Sum256(raw)
	hash := base64.RawURLEncoding.EncodeToString(sum[:15])
	for i, enc := range variants {
		e.etag[i] = `"` + hash + "-" + string(enc) + `"`
		if enc == Identity {
			e.etag[i] = `"` + hash + `"`
		}
	}
}

// raw unpacks the tile from a variant that is there; nil for an empty tile.
func (e *entry) raw() ([]byte, error) {
	for i, b := range e.body {
		if b != nil {
			return decompress(b, variants[i])
		}
	}
	return nil, nil
}

// entry finds or makes the entry of a key and marks it newest.
func (c *Cache) entry(key Key) *entry {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.entries[key]
	if e == nil {
		c.miss++
		e = &entry{key: key, box: key.Tile.Box(), cost: entryCost}
		c.entries[key] = e
		c.size += e.cost
	} else {
		c.hits++
		e.newer.older, e.older.newer = e.older, e.newer
	}
	e.newer, e.older = &c.newest, c.newest.older
	e.older.newer, c.newest.older = e, e
	c.evict()
	return e
}

// grow accounts for bytes added to an entry and makes room for them.
func (c *Cache) grow(e *entry, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e.gone {
		return
	}
	e.cost += n
	c.size += n
	c.evict()
}

func (c *Cache) evict() {
	for c.size > c.limit && c.newest.newer != &c.newest {
		c.drop(c.newest.newer)
	}
}

func (c *Cache) drop(e *entry) {
	e.gone = true
	e.newer.older, e.older.newer = e.older, e.newer
	delete(c.entries, e.key)
	c.size -= e.cost
}

// Advance carries the tiles of one edition over to the next, but for those that
// touch one of the boxes, which are forgotten. Call it before requests are
// answered from the new edition, with every box in which anything visible
// changed, the old ground as well as the new.
func (c *Cache) Advance(from, to string, touched []spatial.Box) (kept, dropped int) {
	items := make([]int32, len(touched))
	for i := range items {
		items[i] = int32(i)
	}
	index := newBoxIndex(items, func(i int32) spatial.Box { return touched[i] })
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, e := range c.entries {
		if key.Edition != from {
			continue
		}
		hit := false
		index.search(e.box, func(int32) { hit = true })
		next := Key{to, key.Set, key.Tile}
		if _, taken := c.entries[next]; hit || taken {
			c.drop(e)
			dropped++
			continue
		}
		delete(c.entries, key)
		e.key = next
		c.entries[next] = e
		kept++
	}
	return kept, dropped
}

// CacheStats is a cache's state at one moment.
type CacheStats struct {
	Entries, Bytes int
	Hits, Misses   uint64
}

// Stats returns the cache's state.
func (c *Cache) Stats() CacheStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return CacheStats{len(c.entries), c.size, c.hits, c.miss}
}
