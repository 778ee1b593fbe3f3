package tiles

import (
	"context"
	"encoding/json"
	"runtime"
	"slices"
	"sync"
)

// Export says which part of a pyramid goes into a file, and how the file
// describes itself.
type Export struct {
	Set              Set
	MinZoom, MaxZoom uint8 // MaxZoom 0 means the pyramid's
	Name             string
	Description      string
	Attribution      string // the source line and the map review number
	Version          string // the edition
	// Progress, when set, hears after each batch how many tiles are written.
	Progress func(written int)
}

// metadata is what both formats hold as JSON.
func (x *Export) metadata(p *Pyramid) TileJSON {
	j := p.TileJSON(x.Set, "")
	j.Tiles = nil
	j.Name, j.Description, j.Attribution, j.Version = x.Name, x.Description, x.Attribution, x.Version
	j.MinZoom, j.MaxZoom = x.zooms(p)
	return j
}

func (x *Export) zooms(p *Pyramid) (least, most uint8) {
	most = p.src.MaxZoom
	if x.MaxZoom > 0 {
		most = min(most, x.MaxZoom)
	}
	return min(x.MinZoom, most), most
}

const exportBatch = 512

// each calls write with every tile of the export that is not empty, compressed
// as it is served, by zoom and along the Hilbert curve. Tiles are cut on all
// cores.
func (p *Pyramid) each(ctx context.Context, x *Export, write func(t Tile, gz []byte) error) error {
	least, most := x.zooms(p)
	written := 0
	here := []Tile{{}}
	for z := uint8(0); z <= most; z++ {
		if z >= least {
			for batch := range slices.Chunk(here, exportBatch) {
				bodies, err := p.cutAll(ctx, x.Set, batch)
				if err != nil {
					return err
				}
				for i, gz := range bodies {
					if gz == nil {
						continue
					}
					if err := write(batch[i], gz); err != nil {
						return err
					}
					written++
				}
				if x.Progress != nil {
					x.Progress(written)
				}
			}
		}
		here = p.below(here, z == most)
	}
	return nil
}

// below returns the children of some tiles that touch the coverage, in Hilbert
// order.
func (p *Pyramid) below(tiles []Tile, last bool) []Tile {
	if last {
		return nil
	}
	var out []Tile
	for _, t := range tiles {
		for _, c := range t.Children() {
			if p.src.Geometry.touches(c) {
				out = append(out, c)
			}
		}
	}
	slices.SortFunc(out, func(a, b Tile) int {
		if a.ID() < b.ID() {
			return -1
		}
		return 1
	})
	return out
}

// touches tells whether any of the coverage may lie in a tile's box.
func (g *Geometry) touches(t Tile) bool {
	found := false
	g.search(t.Box(), func(int32) { found = true })
	return found || g.faceAtCentre(t, 0) >= 0
}

func (p *Pyramid) cutAll(ctx context.Context, set Set, tiles []Tile) ([][]byte, error) {
	out := make([][]byte, len(tiles))
	errs := make([]error, runtime.GOMAXPROCS(0))
	var wg sync.WaitGroup
	for worker := range errs {
		wg.Go(func() {
			for i := worker; i < len(tiles) && ctx.Err() == nil; i += len(errs) {
				t := tiles[i]
				if raw := p.Tile(set, uint32(t.Z), t.X, t.Y); raw != nil {
					gz, err := Compress(raw, Gzip)
					if err != nil {
						errs[worker] = err
						return
					}
					out[i] = gz
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return out, ctx.Err()
}

// layersJSON is the "json" entry of MBTiles' metadata.
func layersJSON(layers []VectorLayer) (string, error) {
	b, err := json.Marshal(struct {
		VectorLayers []VectorLayer `json:"vector_layers"`
	}{layers})
	return string(b), err
}
