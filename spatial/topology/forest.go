package topology

// forest groups numbers (union-find).
type forest []int32

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = int32(i)
	}
	return f
}

// find returns the least number of i's group.
func (f forest) find(i int32) int32 {
	for f[i] != i {
		f[i] = f[f[i]]
		i = f[i]
	}
	return i
}

func (f forest) union(i, j int32) {
	i, j = f.find(i), f.find(j)
	f[max(i, j)] = min(i, j)
}
