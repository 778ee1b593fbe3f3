// Package address finds the place that a Chinese address text means, says how
// sure it is, and says what is missing when it does not know.
//
// An Index is an immutable snapshot of a reference table (Entry rows). Build
// makes one, Apply makes the next one from a change and shares most of the
// memory, Match and Suggest read it; any number of goroutines may read while
// another builds the next snapshot. The package does no I/O.
package address
