package locate

import (
	"syscall"
	"unsafe"
)

const madvHugePage = 14 // MADV_HUGEPAGE of <linux/mman.h>

// adviseHugePages asks the kernel to back a fresh block with huge pages. It is
// advice: a kernel that does not follow it costs speed, nothing else.
func adviseHugePages(words []uint32) {
	const page = 4096
	if len(words) < 1<<20 {
		return
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), len(words)*4)
	skip := -int(uintptr(unsafe.Pointer(&b[0]))) & (page - 1)
	_ = syscall.Madvise(b[skip:len(b)&^(page-1)], madvHugePage)
}
