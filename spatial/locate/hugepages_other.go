//go:build !linux

package locate

func adviseHugePages([]line) {}

func useHugePages([]line) {}
