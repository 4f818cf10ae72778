package rawconn

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
)

// input is what the WebSocket library reads from. It reads from the socket in chunks
// that it holds only while they have bytes, and it can be asked whether the library
// would have to wait.
//
// Any number of goroutines may wait for bytes at once, in wait and in Read; the lock
// of the socket orders them. The library calls Read from one goroutine at a time.
type input struct {
	// immutable
	net       net.Conn
	raw       syscall.RawConn       // nil where the connection is not a plain TCP socket
	onRead    func(n int)           // may sleep, to slow down the client
	receiveFn func(fd uintptr) bool // the method value receive, which allocates

	// closing is set when the library reads only to drop what precedes the client's
	// close frame.
	closing atomic.Bool

	// owned by the goroutine that reads in the library, under the library's own lock
	pause bool  // the next Read returns errPaused if it would have to wait
	fail  error // the next Read returns this error

	// guarded by mu, which is never held while waiting
	mu    sync.Mutex
	ahead []byte           // received, and not yet read by the library
	chunk *[chunkSize]byte // that ahead is a part of, if any
	err   error            // after which nothing more is received
}

const (
	// chunkSize is how much is received at once: many commands, or a large part of a
	// long prompt.
	chunkSize = 4 << 10
	// libraryBuffer is the smallest size that bufio.NewReaderSize accepts. The library
	// reads headers of frames through this buffer and longer payloads around it.
	libraryBuffer = 16
)

var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// newInput returns an input that begins with what was received earlier.
func newInput(c *Conn, received []byte, onRead func(int)) *input {
	in := &input{net: c.net, raw: c.raw, onRead: onRead, ahead: received}
	in.receiveFn = in.receive
	return in
}

// wait waits until Read has something to return, as far as the connection allows to
// find out. It returns false if that is an error.
func (in *input) wait() bool {
	for in.raw != nil {
		if ready, err := in.state(); ready || err != nil {
			return ready
		}
		if in.raw.Read(in.receiveFn) != nil {
			return false
		}
	}
	return true
}

// ready reports whether the library can go on to read: always, if the connection
// does not tell whether bytes have arrived.
func (in *input) ready() bool {
	ready, _ := in.state()
	return ready || in.raw == nil
}

// state reports whether received bytes are ahead, or else the error that has ended
// the input, if any.
func (in *input) state() (ready bool, err error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.ahead) > 0 {
		return true, nil
	}
	return false, in.err
}

// receive receives what has arrived at the socket. It returns false if that is
// nothing, so that RawConn.Read waits and calls it again.
func (in *input) receive(fd uintptr) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.ahead) > 0 || in.err != nil {
		return true // another goroutine was first
	}
	chunk := chunks.Get().(*[chunkSize]byte)
	n, err := receive(fd, chunk[:])
	if n > 0 {
		in.ahead, in.chunk = chunk[:n], chunk
		return true
	}
	chunks.Put(chunk)
	if isAgain(err) {
		return false
	}
	if in.err = err; err == nil {
		in.err = io.EOF
	}
	return true
}

// Read implements io.Reader for the library. Into the library's own buffer it
// returns a byte at a time: nothing stays in that buffer beyond the header of a
// frame, so that ready need not know of it.
func (in *input) Read(p []byte) (int, error) {
	if len(p) <= libraryBuffer && !in.closing.Load() {
		p = p[:1]
	}
	if err := in.interrupted(); err != nil {
		return 0, err
	}
	for {
		n, err := in.take(p)
		if n == 0 && err == nil && in.raw == nil {
			n, err = in.net.Read(p)
		}
		if n > 0 {
			in.onRead(n)
		}
		if n > 0 || err != nil {
			return n, err
		}
		if err := in.raw.Read(in.receiveFn); err != nil {
			return 0, err
		}
	}
}

// interrupted returns the error that the next Read was asked to return, if any.
func (in *input) interrupted() error {
	pause, fail := in.pause, in.fail
	in.pause, in.fail = false, nil
	if in.closing.Load() {
		return nil
	}
	if ready, _ := in.state(); pause && !ready {
		return errPaused
	}
	return fail
}

// take moves received bytes to p. Without any it returns the error that has ended
// the input, if any.
func (in *input) take(p []byte) (int, error) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.ahead) == 0 {
		return 0, in.err
	}
	n := copy(p, in.ahead)
	if in.ahead = in.ahead[n:]; len(in.ahead) == 0 && in.chunk != nil {
		chunks.Put(in.chunk)
		in.ahead, in.chunk = nil, nil
	}
	return n, nil
}
