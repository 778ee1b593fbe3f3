// Command count reads what `go test -json` wrote, prints the failures with
// their output and a closing line "N passed, N failed, N skipped", and exits
// with 1 when a test failed, none ran, or one was skipped for a reason that
// does not begin with SLOW.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

type event struct {
	Action, Package, Test, Output string
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: count FILE")
		os.Exit(2)
	}
	f, err := os.Open(os.Args[1])
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	defer f.Close() //nolint:errcheck // read only
	os.Exit(count(bufio.NewScanner(f)))
}

func count(lines *bufio.Scanner) int {
	lines.Buffer(nil, 64<<20)
	output := map[string][]string{}
	passed, failed, slow, missing := 0, 0, 0, 0
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Println(lines.Text()) // a build error, for one
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output", "build-output":
			output[key] = append(output[key], e.Output)
		case "fail":
			if e.Test != "" {
				failed++
			}
			fmt.Printf("FAIL %s\n%s", key, strings.Join(output[key], ""))
		case "pass":
			if e.Test != "" {
				passed++
			} else {
				fmt.Printf("ok   %s\n", e.Package)
			}
		case "skip":
			text := strings.Join(output[key], "")
			switch {
			case e.Test == "":
			case strings.Contains(text, "SLOW"):
				slow++
			default:
				missing++
				fmt.Printf("SKIP %s\n%s", key, text)
			}
		}
	}
	fmt.Printf("%d passed, %d failed, %d skipped\n", passed, failed+missing, slow)
	if failed+missing > 0 || passed == 0 {
		return 1
	}
	return 0
}
