// Command cloudgrid serves, imports, checks and redraws the grids of a city.
package main

import (
	"os"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}
