package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestAProblemIsPutRightWithTheKeyboard gives an atom to a grid far away, walks
// to the problem that this makes, previews and does what is offered, and undoes
// it.
func TestAProblemIsPutRightWithTheKeyboard(t *testing.T) {
	findBrowser(t)
	base, _ := bundServer(t)
	p, g := openPlanTab(t, base)
	p.do(chromedp.Navigate(base + "/#/plans"))
	p.make("修正")
	start := p.board()
	pairs := twoPairs(start)
	far, from := pairs[1][0], pairs[0][0]
	if _, err := p.hand(p.ctx, from, far, start.atomsOf(from.ID)[:1]); err != nil {
		t.Fatal(err)
	}
	p.at(1)
	p.click(`document.querySelector("#tab-problems")`)
	p.until(`[...document.querySelectorAll(".problem-error .problem-text")].some((e) => e.textContent.includes("不连通"))`)
	const current = `[...document.querySelectorAll(".problem")].findIndex((e) => e.ariaCurrent === "true")`
	for range ask[int](p.tab, `document.querySelectorAll(".problem").length`) {
		was := ask[int](p.tab, current)
		p.chord("n")
		p.until(fmt.Sprintf(`![%d, -1].includes(%s)`, was, current))
		if strings.Contains(ask[string](p.tab, `document.querySelector('.problem-error[aria-current="true"] .problem-text')?.textContent ?? ""`), "不连通") {
			break
		}
	}
	p.wantNoSeriousFindings()
	p.chord("f")
	p.until(`document.querySelector(".fix .hint")?.textContent.includes("试算：")`)
	if rev := p.board().Rev; rev != 1 {
		t.Errorf("a preview made revision %d", rev)
	}
	p.wantNoSeriousFindings()
	p.chord("f")
	p.at(2)
	p.until(`document.querySelector("#tab-problems") && ![...document.querySelectorAll(".problem-error .problem-text")].some((e) => e.textContent.includes("不连通"))`)
	p.chord("z", chromedp.ModifierCtrl)
	p.at(3)
	if differ := differences(p.board().owners(), start.owners()); len(differ) != 1 {
		t.Errorf("undone, %v differ from the base", differ)
	}
	p.wantQuiet(g)
}
