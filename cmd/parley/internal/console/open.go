package console

import (
	"os"

	"golang.org/x/term"
)

// Open puts a terminal into raw mode and draws an input line on it. in and out are the
// terminal. [Console.Close] leaves raw mode.
func Open(in, out *os.File) (*Console, error) {
	fd := int(in.Fd())
	before, err := term.MakeRaw(fd)
	if err != nil {
		return nil, err
	}
	return New(Terminal{
		In: in, Out: out,
		Size: func() (int, int) {
			width, height, _ := term.GetSize(int(out.Fd()))
			return width, height
		},
		Suspend: suspender(fd, before),
		Restore: func() { _ = term.Restore(fd, before) },
	}), nil
}
