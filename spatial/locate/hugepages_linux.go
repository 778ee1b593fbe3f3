package locate

import (
	"syscall"
	"unsafe"
)

const madvCollapse = 25 // MADV_COLLAPSE of <linux/mman.h>, since Linux 6.1

// useHugePages asks the kernel to move a filled block into huge pages. A kernel
// that cannot costs speed, nothing else.
func useHugePages(lines []line) {
	const page = 4096
	if len(lines) < 1<<16 {
		return
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(&lines[0])), len(lines)*4*lineWords)
	skip := -int(uintptr(unsafe.Pointer(&b[0]))) & (page - 1)
	_ = syscall.Madvise(b[skip:len(b)&^(page-1)], madvCollapse)
}
