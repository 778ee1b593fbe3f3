package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

// Exit codes, the same for every command.
const (
	exitOK     = 0
	exitWanted = 1 // checked and found wanting
	exitBad    = 2 // bad input, or the work could not be done
)

// errWanting says that the command did its work and the answer is "no": a
// check found problems, a case has no feasible plan. It exits with 1.
var errWanting = errors.New("found wanting")

// console is what a command may touch of the world around it.
type console struct {
	in       io.Reader
	out, err io.Writer
	asJSON   bool
}

// printJSON writes v as one line, the last of standard output, when --json
// was given; otherwise it does nothing.
func (c *console) printJSON(v any) error {
	if !c.asJSON {
		return nil
	}
	return json.NewEncoder(c.out).Encode(v)
}

// sayf writes a line for a person; with --json people's lines go to standard
// error so that standard output stays one JSON object.
func (c *console) sayf(format string, args ...any) {
	w := c.out
	if c.asJSON {
		w = c.err
	}
	_, _ = fmt.Fprintf(w, format+"\n", args...)
}

func run(args []string, in io.Reader, out, errw io.Writer) int {
	c := &console{in: in, out: out, err: errw}
	root := newRoot(c)
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errw)
	err := root.Execute()
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errWanting):
		return exitWanted
	}
	_, _ = fmt.Fprintln(errw, "cloudgrid:", err)
	return exitBad
}

func newRoot(c *console) *cobra.Command {
	root := &cobra.Command{
		Use:           "cloudgrid",
		Short:         "云上网格: the live grid map of a street office",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.PersistentFlags().BoolVar(&c.asJSON, "json", false, "print one JSON object as the last line of standard output")
	bench := &cobra.Command{Use: "bench", Short: "measure this machine against a rival in the same run"}
	bench.AddCommand(newBenchAddressCmd(c), newBenchHTTPCmd(c), newBenchLoadCmd(c))
	bench.AddCommand(newBenchLocateCmd(c), newBenchScaleCmd(c), newBenchProvinceCmd(c), newBenchTilesCmd(c))
	root.AddCommand(
		newDemoCmd(c),
		newServeCmd(c),
		newImportCmd(c),
		newResolveCmd(c),
		newCheckCmd(c),
		newLoadCmd(c),
		newSignCmd(c),
		newRollCmd(c),
		newCrosswalkCmd(c),
		newReachCmd(c),
		newVerifyCmd(c),
		newExportCmd(c),
		newCopyCmd(c),
		newBackupCmd(c),
		newRestoreCmd(c),
		newDoctorCmd(c),
		newPartitionCmd(c),
		bench,
		newRebalanceCmd(c),
		newAtomsCmd(c),
		newLayerCmd(c),
		newAccountCmd(c),
		newKeyCmd(c),
		newAuditCmd(c),
	)
	return root
}
