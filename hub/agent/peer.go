package agent

import "io"

// peer is the agent at the other end of the protocol: a process or the demo agent. Its
// methods are safe for concurrent use.
type peer interface {
	// stdin returns the agent's input, which may be closed twice and while a write
	// blocks.
	stdin() io.WriteCloser
	// stdout returns the agent's output. It ends at the latest after everything that
	// the agent wrote before it exited.
	stdout() io.Reader
	// terminate asks the agent to exit. It does not wait.
	terminate()
	// kill ends the agent and everything that it started. It does not wait.
	kill()
	// gone returns a channel that is closed when the agent and everything that it
	// started have ended.
	gone() <-chan struct{}
	// stderr returns the end of what the agent has written to its standard error.
	stderr() string
	// exit describes how the agent ended. It may be called once gone is closed.
	exit() exit
}

// exit describes how an agent ended.
type exit struct {
	code   *int   // nil if a signal ended the agent, or if it is not a process
	text   string // a predicate, such as "exited with status 2"
	stderr string // the end of its standard error
}
