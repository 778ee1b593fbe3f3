package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestALinkReplaysADraft follows the link of the history, steps, plays and
// opens the copied address anew: the screen must list what the server says of
// each revision, and nothing can be changed there.
func TestALinkReplaysADraft(t *testing.T) {
	findBrowser(t)
	base, _ := bundServer(t)
	p, g := openPlanTab(t, base)
	p.do(chromedp.Navigate(base + "/#/plans"))
	p.make("回放")
	pair := twoPairs(p.board())[0]
	atoms := p.board().atomsOf(pair[0].ID)
	for i, id := range atoms[:3] {
		if _, err := p.hand(p.ctx, pair[0], pair[1], []int64{id}); err != nil {
			t.Fatal(err)
		}
		p.at(int64(i) + 1)
	}
	d := &drafter{t: t, base: base, plan: p.plan, name: "李四"}
	from, to := d.ownersAt("?rev=1"), d.ownersAt("?rev=3")
	shows := func(rev int64, want map[int64]int64) {
		t.Helper()
		p.until(fmt.Sprintf(`document.querySelector(".plan-rev")?.textContent === "v%d" && location.hash.endsWith("?rev=%d")`, rev, rev))
		p.wantShown(want, pair[0].ID, pair[1].ID)
	}
	p.click(`document.querySelector("#tab-history")`)
	p.until(`[...document.querySelectorAll(".op-replay")].some((e) => e.getAttribute("href").endsWith("?rev=3"))`) // the list stands still
	p.click(`[...document.querySelectorAll(".op-replay")].find((e) => e.getAttribute("href").endsWith("?rev=1"))`)
	shows(1, from)
	p.wantNoSeriousFindings()
	if !ask[bool](p.tab, `[...document.querySelectorAll(".rail-tool")].filter((e) => !e.disabled).length === 2 && !document.querySelector(".chosen select")`) {
		t.Error("a revision of the past can be changed")
	}
	d.must(200, "POST", "/ops", ops(3, d.op("set_attrs", jsonMap{"grid": pair[0].ID, "name": "后来的名字"})))
	p.chord(".")
	shows(2, d.ownersAt("?rev=2"))
	p.chord(",")
	shows(1, from)
	p.chord(kb.Home)
	shows(0, d.ownersAt("?rev=0"))
	p.chord("p")
	shows(3, to) // the last when it was opened
	p.until(`document.querySelector(".replay [aria-label^='播放']")`)
	p.do(chromedp.Reload())
	p.until(`document.querySelector(".replay") && document.querySelector(".plan-rev")`)
	shows(3, to)
	p.click(`document.querySelector(".replay-leave")`)
	p.at(4)
	p.until(`!document.querySelector(".replay")`)
	p.until(`document.body.innerText.includes("后来的名字")`)
	p.wantQuiet(g)
}
