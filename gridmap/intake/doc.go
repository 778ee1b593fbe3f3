// Package intake is the way of a file into the map, for the command line and
// for the wizard of the web app alike: what a person says about a file (Choice),
// what there is to see before that (Look, Sketch), and the check that an import
// begins with.
//
//	survey, err := intake.Look(path, choice, how)      // layers, rows, fields, frames to choose from
//	plan, err := intake.Check(ctx, path, choice, store, how) // a dry run; store may be nil
//	change, err := plan.Write(ctx, store)              // all of it or nothing
//
// It reads files and asks a store; it changes nothing.
package intake
