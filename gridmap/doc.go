// Package gridmap is the domain of CloudGrid: networks of grids over a
// jurisdiction, the atoms they are made of, the people who answer for them,
// and the small interfaces a store must offer. It knows no SQL, no HTTP and no
// files, and imports none of its children.
package gridmap
