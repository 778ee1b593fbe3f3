package locate

import (
	"syscall"
	"unsafe"
)

// From <linux/mman.h>.
const (
	madvHugePage = 14
	madvCollapse = 25 // since Linux 6.1
)

// adviseHugePages asks the kernel to back a block that is still to be filled with
// huge pages. This and useHugePages are advice: a kernel that does not follow it
// costs speed, nothing else.
func adviseHugePages(block []line) { advise(block, madvHugePage) }

// useHugePages asks the kernel to move a filled block into huge pages, if it is
// not there yet.
func useHugePages(block []line) { advise(block, madvCollapse) }

func advise(block []line, advice int) {
	const page = 4096
	if len(block) < 1<<16 {
		return
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(&block[0])), len(block)*4*lineWords)
	skip := -int(uintptr(unsafe.Pointer(&b[0]))) & (page - 1)
	_ = syscall.Madvise(b[skip:len(b)&^(page-1)], advice)
}
