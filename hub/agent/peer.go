package agent

import "io"

// peer is what speaks the protocol on the other end: a process or the demo.
// All methods may be called from several goroutines.
type peer interface {
	// stdin is the agent's input. Closing it twice, or while a write waits, is
	// allowed.
	stdin() io.WriteCloser
	// stdout is what the agent says. It ends at the latest when all that the
	// agent said before its end has been read.
	stdout() io.Reader
	// terminate asks the agent to end, kill makes it. Neither waits.
	terminate()
	kill()
	// gone is closed when the agent has ended and so has what it started.
	gone() <-chan struct{}
	// stderr is the last of what it wrote to its standard error so far.
	stderr() string
	// exit tells how it ended, once gone is closed.
	exit() exit
}

// exit is how an agent ended.
type exit struct {
	code   *int   // nil when a signal ended it, or when it is no process
	text   string // what to say of it: "exited with status 2"
	stderr string // the last of what it wrote there
}
