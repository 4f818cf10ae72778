package journal

// Append is one write of a session. A writer keeps the slices until the commit
// resolves, and Summary.Resource for longer, so that it writes the resource again
// only if it has changed. The caller must not modify any of them.
type Append struct {
	Session SessionID // the session to write to
	Prev    Seq       // the session's newest event; 0 for its first append
	Records []Record  // one or more, sealed, numbered from Prev+1
	Summary Summary   // as of the last record
	// Awaited names the senders that wait for the commit, such as the participants
	// whose commands the append carries out. It is empty for an agent's
	// notifications. Names are local to the session. They are a hint by which an
	// engine that batches appends can predict whether more are about to arrive.
	Awaited []string
}

// Commit is the outcome of a write. Its methods are safe for concurrent use.
type Commit struct {
	done chan struct{} // closed by Resolve, never sent to
	err  error         // set before done is closed
}

// NewCommit returns an unresolved commit.
func NewCommit() *Commit { return &Commit{done: make(chan struct{})} }

// Resolve sets the outcome: nil if the write is durable. The engine calls it exactly
// once.
func (c *Commit) Resolve(err error) {
	c.err = err
	close(c.done)
}

// Done returns a channel that is closed once the outcome is known.
func (c *Commit) Done() <-chan struct{} { return c.done }

// Err waits for the outcome and returns it: nil, or an error that wraps
// [ErrConflict], [ErrFenced], [ErrFull], [ErrUnavailable] or [ErrClosed].
func (c *Commit) Err() error {
	<-c.done
	return c.err
}
