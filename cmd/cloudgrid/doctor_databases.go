package main

import (
	"fmt"

	"cloudgrid/gridmap"
)

// examine looks at the databases beside a store: whether each answers, and how
// far it is behind.
func (d databases) examine(look doctor, store string) {
	if len(d.read) == 0 && d.direct == "" {
		return
	}
	newest := look.reach("primary", store)
	if d.direct != "" {
		look.reach("direct", d.direct)
	}
	for i, dsn := range d.read {
		check := fmt.Sprint("standby-", i+1)
		if seq := look.reach(check, dsn); seq >= 0 && newest >= 0 {
			look.when(seq < newest, isWarn, check, fmt.Sprintf("落后 %d 次修改 (changes behind)", max(newest-seq, 0)),
				"稍后再看；若不减少，看备库日志与网络 (look again; if it stays, see the standby's log and the network)")
		}
	}
}

// reach looks at one database and returns its newest change set, -1 when it
// cannot be read.
func (d doctor) reach(check, dsn string) gridmap.Seq {
	s, err := openStore(d.ctx, dsn, storeRead)
	if err != nil {
		d.add(check, isFail, err.Error(), adviceOn(err))
		return -1
	}
	defer s.Close() //nolint:errcheck // read only
	var head gridmap.Head
	if err := s.View(d.ctx, func(r gridmap.Reader) error {
		head, err = r.Head(d.ctx)
		return err
	}); err != nil {
		d.add(check, isFail, err.Error(), adviceOn(err))
		return -1
	}
	d.add(check, isOK, fmt.Sprintf("%s 到变更 %d (change set)", storeName(dsn), head.Seq), "")
	if check != "primary" { // which the engine has told
		d.engine(s)
	}
	return head.Seq
}
