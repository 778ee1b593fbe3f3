package ledger

import "strings"

// Versioned are the names that both stores give their tables of versions.
func Versioned() []string {
	return []string{"grid", "atom", "membership", "place", "person", "post", "record"}
}

// LastEnds is the statement that finds the latest valid_to, at or before the
// argument written as from, of all tables of versions; where is " WHERE …", or
// nothing. Each part goes down an index of ends until the first row that meets
// it.
func LastEnds(from, where string) string {
	where = strings.Replace(where, " WHERE ", " AND ", 1)
	parts := make([]string, 0, 8)
	for _, t := range Versioned() {
		parts = append(parts, "SELECT * FROM (SELECT valid_to FROM "+t+" WHERE valid_to <= "+from+where+" ORDER BY valid_to DESC LIMIT 1) AS "+t+"_end")
	}
	return "SELECT max(valid_to) FROM (" + strings.Join(parts, " UNION ALL ") + ") AS ends"
}
