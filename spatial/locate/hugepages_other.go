//go:build !linux

package locate

func adviseHugePages([]uint32) {}
