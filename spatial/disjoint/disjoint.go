// Package disjoint keeps numbers in groups that are joined but never parted
// (union-find). The least number of a group stands for it, so that results
// depend on what was joined and not on the order of joining.
package disjoint

// Sets groups the numbers below its length. Not safe for concurrent use: Find
// shortens paths.
type Sets []int32

// New makes n groups of one number each.
func New(n int) Sets {
	s := make(Sets, n)
	for i := range s {
		s[i] = int32(i)
	}
	return s
}

// Find returns the least number of i's group.
func (s Sets) Find(i int32) int32 {
	for s[i] != i {
		s[i] = s[s[i]]
		i = s[i]
	}
	return i
}

// Join makes the groups of i and j one, and tells whether they were two.
func (s Sets) Join(i, j int32) bool {
	i, j = s.Find(i), s.Find(j)
	if i == j {
		return false
	}
	s[max(i, j)] = min(i, j)
	return true
}
