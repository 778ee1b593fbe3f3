package main

import (
	"context"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/postgis"
)

// manyPlaces is from how many places on a county gains by a partition of its own.
const manyPlaces = 50_000

// partitionsLike gives an empty store the partitions that its source has: they
// are where rows are kept, not what the map says, so a copy does not bring them,
// and before it they take no time. A store that is not empty is left alone.
func partitionsLike(ctx context.Context, source, target gridmap.Store) (made []gridmap.County, err error) {
	from, ok := source.(*postgis.Store)
	to, both := target.(*postgis.Store)
	if !ok || !both {
		return nil, nil
	}
	if err := to.View(ctx, func(r gridmap.Reader) error {
		head, err := r.Head(ctx)
		if err == nil && head.Seq > 0 {
			from = nil // the copy is going to be refused
		}
		return err
	}); err != nil || from == nil {
		return nil, err
	}
	rows, err := from.CountyRows(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		if !r.Own {
			continue
		}
		if _, err := to.Partition(ctx, r.County); err != nil {
			return made, err
		}
		made = append(made, r.County)
	}
	return made, nil
}

// couldPartition lists the counties of a store with many places in the common
// partition: those of a copy from a GeoPackage, which knows no partitions.
func couldPartition(ctx context.Context, s gridmap.Store) (list []gridmap.County, err error) {
	p, ok := s.(*postgis.Store)
	if !ok {
		return nil, nil
	}
	rows, err := p.CountyRows(ctx)
	for _, r := range rows {
		if r.County != 0 && !r.Own && r.Places >= manyPlaces {
			list = append(list, r.County)
		}
	}
	return list, err
}

// sayPartitions tells what became of the partitions.
func (c *console) sayPartitions(result copied, to string) {
	if n := len(result.Partitions); n > 0 {
		c.sayf("目标已按来源建立 %d 个区县分区 (partitions as in the source)", n)
	}
	if n := len(result.Unpartitioned); n > 0 {
		c.sayf("有 %d 个区县地址较多而没有自己的分区，可用 (counties with many places and no partition of their own): cloudgrid partition --store %q", n, storeName(to))
	}
}
