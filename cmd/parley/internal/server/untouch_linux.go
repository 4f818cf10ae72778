package server

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// untouch returns the memory of zeros to the system, until it is used. Go clears what it
// allocates where something else was before, and so occupies it.
func untouch(zeros []byte) {
	page := uintptr(os.Getpagesize())
	skip := int(-uintptr(unsafe.Pointer(&zeros[0])) % page)
	whole := zeros[skip:]
	_ = unix.Madvise(whole[:len(whole)-len(whole)%int(page)], unix.MADV_DONTNEED) // else it stays occupied
}
