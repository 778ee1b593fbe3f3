// Package ingest turns the files that departments send into the map: it reads
// them with package importers, checks every row and the coverage as a whole,
// reports what it found with row and place, and writes the rest to a store in
// one transaction.
//
//	src, err := importers.Open("网格.zip", importers.Options{})
//	batch, err := ingest.Prepare(ctx, src, options)   // reads and checks the file itself
//	plan, err := batch.Against(ctx, store)            // compares with what the store holds; store may be nil
//	report := plan.Report()                           // a dry run ends here
//	change, err := plan.Write(ctx, store, commit)     // all or nothing
//
// Three kinds of findings: an error is a row that cannot be taken, a warning
// is taken but should be looked at (an overlap, a gap), a note is said for
// completeness. A real import is refused while there are errors, unless the
// caller accepts the rest.
package ingest
