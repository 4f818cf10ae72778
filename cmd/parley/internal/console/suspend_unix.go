//go:build unix

package console

import (
	"os"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/term"
)

// suspender returns a function that leaves raw mode, stops the program until the shell
// continues it, and enters raw mode again.
func suspender(fd int, before *term.State) func() error {
	return func() error {
		if err := term.Restore(fd, before); err != nil {
			return err
		}
		if err := stopProcessGroup(); err != nil {
			return err
		}
		_, err := term.MakeRaw(fd)
		return err
	}
}

// stopProcessGroup stops the process group, as the terminal does on Ctrl-Z, and returns
// when the shell has continued it. Without a shell with job control nothing stops.
func stopProcessGroup() error {
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
