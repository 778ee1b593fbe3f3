package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"unicode/utf8"
)

// table lays the rows out in columns: what was asked, what is wanted, what was
// measured, whether that will do.
func (r *report) table() string {
	lines := [][]string{{"要求 asked", "应为 want", "测得 measured", ""}}
	for _, row := range r.rows {
		verdict := "合格 ok"
		switch {
		case row.only:
			verdict = "—"
		case !row.ok:
			verdict = "不符 FAIL"
		}
		lines = append(lines, []string{row.zh + " " + row.en, row.want, oneLine(row.got), verdict})
	}
	wide := make([]int, 3)
	for _, cells := range lines {
		for i := range wide {
			wide[i] = max(wide[i], width(cells[i]))
		}
	}
	var b strings.Builder
	for _, cells := range lines {
		for i := range wide {
			fmt.Fprintf(&b, "  %s%s", cells[i], strings.Repeat(" ", wide[i]-width(cells[i])))
		}
		fmt.Fprintf(&b, "  %s\n", cells[3])
	}
	return b.String()
}

// longest is how many characters of a figure the table shows.
const longest = 160

// oneLine keeps a long complaint from breaking the table.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > longest {
		return string(r[:longest]) + "…"
	}
	return s
}

// width is how many columns of a terminal a text takes: two for what is
// written in Han characters and their punctuation.
func width(s string) int {
	n := utf8.RuneCountInString(s)
	for _, c := range s {
		if c >= 0x2E80 && c <= 0x9FFF || c >= 0xFF00 && c <= 0xFF60 {
			n++
		}
	}
	return n
}

// machine says what the figures were measured on.
func machine() string {
	memory := "?"
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kib int
		if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kib); err == nil {
			memory = fmt.Sprintf("%.1f GiB", float64(kib)/(1<<20))
		}
	}
	return fmt.Sprintf("%d 核 processors, %s, %s/%s, 负载 load %s", runtime.NumCPU(), memory, runtime.GOOS, runtime.GOARCH, loadAverage())
}

// loadAverage is the machine's, of the last minute.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "?"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
