// Package postgis keeps a map in a PostGIS database, in one schema of it, for
// any number of processes.
//
// Writers queue on the one row of table head, so that change sets are numbered
// without gaps whoever commits. A view is a REPEATABLE READ transaction. Every
// commit notifies the listeners of all processes.
package postgis
