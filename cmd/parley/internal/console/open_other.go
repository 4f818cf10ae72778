//go:build !unix

package console

import (
	"os"

	"golang.org/x/term"
)

// Open puts the terminal that in and out are into raw mode and begins an input
// line on it. Its Close leaves raw mode.
func Open(in, out *os.File) (*Console, error) {
	fd := int(in.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	size := func() (int, int) {
		width, height, _ := term.GetSize(int(out.Fd()))
		return width, height
	}
	return New(Terminal{In: in, Out: out, Size: size, Restore: func() { _ = term.Restore(fd, before) }}), nil
}
