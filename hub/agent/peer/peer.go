package peer

import (
	"io"

	"parley/hub/rules"
)

// Peer is the agent at the other end of the protocol: a process or the demo agent. Its
// methods are safe for concurrent use.
type Peer interface {
	// Stdin returns the agent's input, which may be closed twice and while a write
	// blocks.
	Stdin() io.WriteCloser
	// Stdout returns the agent's output. It ends at the latest after everything that
	// the agent wrote before it exited.
	Stdout() io.Reader
	// Terminate asks the agent to exit. It does not wait.
	Terminate()
	// Kill ends the agent and everything that it started. It does not wait.
	Kill()
	// Gone returns a channel that is closed when the agent and everything that it
	// started have ended.
	Gone() <-chan struct{}
	// Stderr returns the end of what the agent has written to its standard error.
	Stderr() string
	// Exit describes how the agent ended. It may be called once Gone is closed.
	Exit() Exit
}

// Framed is a peer whose output a connector carries in frames, one for each line, which it
// sends again until they are done.
type Framed interface {
	Peer
	// NextFrame returns the frame of the next line that was read from Stdout or, at its end,
	// the frame that reports the exit. The number is 0 if there is none. done is called once
	// when the frame needs not be sent again; any goroutine may call it.
	NextFrame() (number uint64, done func())
	// Leave ends the peer as far as this process is concerned: nothing is sent or done any
	// more, and Stdout ends.
	Leave()
}

// RecordingWriter is the input of a peer that stores what is sent to it.
type RecordingWriter interface {
	// WriteFor writes a line, after it has stored its cause. id is the JSON-RPC id of a
	// request, and 0 for any other line.
	WriteFor(line []byte, cause rules.Cause, id int64) error
}

// Exit describes how an agent ended.
type Exit struct {
	Code   *int   // nil if a signal ended the agent, or if it is not a process
	Text   string // a predicate, such as "exited with status 2"
	Stderr string // the end of its standard error
}
