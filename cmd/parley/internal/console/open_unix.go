//go:build unix

package console

import (
	"os"
	"os/signal"
	"syscall"
	"time"

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
	return New(Terminal{
		In: in, Out: out,
		Size: func() (int, int) {
			width, height, _ := term.GetSize(int(out.Fd()))
			return width, height
		},
		Suspend: func() error {
			if err := term.Restore(fd, before); err != nil {
				return err
			}
			if err := stop(); err != nil {
				return err
			}
			_, err := term.MakeRaw(fd)
			return err
		},
		Restore: func() { _ = term.Restore(fd, before) },
	}), nil
}

// stop stops the process group, as the terminal does on Ctrl-Z, and waits until
// the shell continues it. Where no shell controls jobs nothing stops.
func stop() error {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, syscall.SIGCONT)
	defer signal.Stop(continued)
	if err := syscall.Kill(0, syscall.SIGTSTP); err != nil {
		return err
	}
	select {
	case <-continued:
	case <-time.After(time.Second):
	}
	return nil
}
