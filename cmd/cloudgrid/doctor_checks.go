package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/gridmap/atlas"
	rights "cloudgrid/gridmap/auth"
	"cloudgrid/gridmap/duty"
	"cloudgrid/gridmap/sign"
)

// doctor looks at one thing after another; what it finds goes to the diagnosis.
type doctor struct {
	*diagnosis

	ctx context.Context //nolint:containedctx // of one diagnosis
	now time.Time
}

// freeFactor is how many times its own size a GeoPackage wants free beside it:
// a backup, or the copy before an upgrade, and the log of a large import.
const freeFactor = 2

// files looks at the disk of a GeoPackage. That of a database is not to be seen
// from here.
func (d doctor) files(store string) {
	path, ok := gpkgPath(store)
	if !ok {
		d.add("disk", isOK, "数据库的磁盘须在其主机上看 (the disk of a database is to be watched on its host)", "")
		return
	}
	info, err := os.Stat(path)
	if err != nil {
		return // the connection says so
	}
	size := info.Size()
	if private, err := os.Stat(privatePath(path)); err == nil {
		size += private.Size()
	} else if errors.Is(err, fs.ErrNotExist) {
		d.add("private file", isWarn, "没有 "+filepath.Base(privatePath(path))+"：账号、回执、审计不在 (no accounts, receipts or audit)", "若此图不是单独传来的，请从备份恢复 (restore a backup, unless the map came alone)")
	}
	free, ok := freeBytes(filepath.Dir(path))
	if !ok {
		d.add("disk", isOK, "此系统上看不到剩余空间 (free space is not known on this system)", "")
		return
	}
	d.when(free < freeFactor*size, isWarn, "disk", fmt.Sprintf("存储 %d MB，剩余 %d MB (used, free)", size>>20, free>>20),
		fmt.Sprintf("至少留出 %d MB，供备份、升级与大批导入 (free at least this much)", freeFactor*size>>20))
	old, _ := filepath.Glob(path + ".before-*")
	d.when(len(old) > 0, isWarn, "old copies", fmt.Sprintf("升级前的副本 %d 个 (copies from before upgrades)", len(old)), "确认升级无误并另有备份后可删除 (delete them once the upgrade has proved itself)")
}

// engine asks the store about itself, where it can tell.
func (d doctor) engine(s gridmap.Store) {
	told, ok := s.(interface {
		Examine(ctx context.Context) (map[string]string, []error, error)
	})
	if !ok {
		return
	}
	facts, bad, err := told.Examine(d.ctx)
	if err != nil {
		d.add("engine", isFail, err.Error(), adviceOn(err))
		return
	}
	for _, name := range slices.Sorted(func(yield func(string) bool) {
		for k := range facts {
			if !yield(k) {
				return
			}
		}
	}) {
		d.add(name, isOK, facts[name], "")
	}
	for _, err := range bad {
		d.add("engine", isFail, err.Error(), "见 docs/operations.md「存储」(see there, under the store)")
	}
}

// audit verifies the chain.
func (d doctor) audit(s gridmap.Store) {
	const check, advice = "audit", "运行 cloudgrid audit verify 看是哪一条，保全现场并与备份比对 (see which line with audit verify; keep everything and compare with a backup)"
	err := s.View(d.ctx, func(r gridmap.Reader) error {
		archive, ok := r.(gridmap.Archive)
		if !ok {
			return nil
		}
		last, err := archive.LastAudit(d.ctx)
		if err != nil {
			return err
		}
		n, faults, err := gridmap.VerifyChain(r.Audit(d.ctx, 0), last, nil)
		if err != nil {
			return err
		}
		if len(faults) > 0 {
			d.add(check, isFail, faults[0].What, advice)
			return nil
		}
		d.add(check, isOK, fmt.Sprintf("审计链完好，%d 条 (the chain is whole)", n), "")
		return nil
	})
	if err != nil {
		d.add(check, isFail, err.Error(), advice)
	}
}

// posts counts people who are posted to grids that are gone.
func (d doctor) posts(s gridmap.Store) {
	err := s.View(d.ctx, func(r gridmap.Reader) error {
		orphans, err := gridmap.OrphanPosts(d.ctx, r, d.now)
		if err == nil {
			what := fmt.Sprintf("在已撤销网格上任职的 %d 条 (posts to grids that are gone)", len(orphans))
			if len(orphans) > 0 {
				what += fmt.Sprintf("，如人员 %d、网格 %d (for example)", orphans[0].Person, orphans[0].Grid)
			}
			d.when(len(orphans) > 0, isWarn, "posts", what, "把这些人员改派到现有网格，或结束其任职 (post them elsewhere, or end the posts)")
		}
		return err
	})
	if err != nil {
		d.add("posts", isFail, err.Error(), adviceOn(err))
	}
}

// people looks for an administrator who can sign in.
func (d doctor) people(s gridmap.Store) {
	kept, ok := s.(gridmap.Accounts)
	if !ok {
		return
	}
	accounts, err := kept.ListAccounts(d.ctx)
	if err != nil {
		d.add("accounts", isWarn, err.Error(), "没有私有文件就没有账号，只能在本机使用 (without accounts the map is for this machine only)")
		return
	}
	var admins, disabled int
	for _, a := range accounts {
		switch {
		case a.Disabled:
			disabled++
		case (a.Password != "" || a.Subject != "") && slices.ContainsFunc(a.Grants, func(g gridmap.Grant) bool { return g.Role == rights.Admin }):
			admins++
		}
	}
	what := fmt.Sprintf("账号 %d 个，停用 %d 个，能登录的管理员 %d 个 (accounts, disabled, administrators who can sign in)", len(accounts), disabled, admins)
	if len(accounts) == 0 {
		d.add("accounts", isWarn, what, "对外服务前先建管理员：cloudgrid account (make an administrator before others can reach the server)")
		return
	}
	d.when(admins == 0, isFail, "accounts", what, "用 cloudgrid account 授予一人 admin (grant somebody admin)")
}

// content loads the map as serve would and looks at what it says.
func (d doctor) content(s gridmap.Store, snapshot string, log *slog.Logger) {
	keeper, err := atlas.NewKeeper(d.ctx, s, func() time.Time { return d.now }, log)
	if err != nil {
		d.add("map", isFail, "地图载入失败 (the map cannot be loaded): "+err.Error(), "从最近的完好备份恢复 (restore the newest good backup)")
		return
	}
	a := keeper.Current()
	d.when(a.Main() == nil, isWarn, "map", fmt.Sprintf("第 %d 版，修改 %d，单元 %d，地址 %d (edition, change, atoms, places)", a.Edition().Number, a.Head().Seq, a.NumAtoms(), len(a.Places())),
		"还没有主网络：先导入 (there is no main network yet: import one)")
	d.records(a)
	d.settings(a.Settings())
	d.snapshot(snapshot, a)
}

func (d doctor) records(a *atlas.Atlas) {
	book, bad := duty.NewBook(duty.Records(a), a.Settings())
	_, unreadable := sign.NewRegister(a, book)
	bad = append(bad, unreadable...)
	what := fmt.Sprintf("读不懂的记录 %d 条 (records that cannot be read)", len(bad))
	if len(bad) > 0 {
		what += "：" + bad[0].Error()
	}
	d.when(len(bad) > 0, isFail, "records", what, "cloudgrid check 列出全部；重新导入或改正 (check lists them all; mend or import them anew)")
	var errs, warns int
	for _, c := range a.Check() {
		if c.Severity == atlas.Error {
			errs++
		} else {
			warns++
		}
	}
	what = fmt.Sprintf("图面问题：错误 %d 个，提示 %d 个 (problems of the map: errors, hints)", errs, warns)
	d.when(errs > 0, isWarn, "coverage", what, "cloudgrid check 列出全部及位置 (check lists them with their places)")
}

func (d doctor) settings(s gridmap.Settings) {
	for _, v := range []struct{ check, value, name, advice string }{
		{"hotline", s.Hotline, "热线", "未设则以 12345 兜底；设为本地真正有人接的号码 (12345 stands in; set the number that somebody answers here)"},
		{"sign_base", s.SignBase, "标牌二维码网址", "制牌前必须定下，印出后不能再改 (settle it before a sign is made: printed codes are for ever)"},
		{"map_review_no", s.MapReviewNo, "审图号", "公开地图须有审图号 (a public map needs one)"},
	} {
		what := v.name + "：" + v.value
		if v.value == "" {
			what = v.name + "未设置 (not set)"
		}
		d.when(v.value == "", isWarn, v.check, what, v.advice)
	}
}

// snapshot looks whether the file for a fast start shows the present map.
func (d doctor) snapshot(file string, a *atlas.Atlas) {
	if file == "" {
		return
	}
	const check, advice = "snapshot", "运行中的 serve 会自行重写；若长期如此，看其目录是否可写；可删除 (a running serve writes it anew; if it never does, look whether it may; it can be deleted)"
	filed, err := atlas.ReadFile(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		d.add(check, isOK, "还没有快照文件 (no snapshot file yet)", "")
	case err != nil:
		d.add(check, isWarn, err.Error(), advice)
	default:
		behind := int64(a.Head().Seq) - int64(filed.Head().Seq)
		d.when(behind != 0, isWarn, check, fmt.Sprintf("快照与存储相差 %d 次修改 (changes behind)", behind), advice)
	}
}
