//go:build !linux

package locate

func useHugePages([]uint32) {}
