package web

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
)

// inflow is what a client sends, as the library reads it. While nothing comes
// it holds no buffer, and who waits for something to come does so on little
// stack: the library waits deep in its own functions.
type inflow struct {
	// immutable
	conn *conn                 // without a socket the library waits
	take func(fd uintptr) bool // receive, which would be allocated for every read

	// closing says that the library reads only to drop what comes before the client's
	// close frame: nobody else looks into what has come any more.
	closing atomic.Bool

	// guarded by mu, which is held while somebody waits
	mu    sync.Mutex
	ahead []byte             // read, and not yet passed on
	piece *[inflowPiece]byte // that ahead is a part of, if any
	err   error              // why nothing comes any more
	pause bool               // Read stands between two messages, and returns errQuiet rather than wait
	flood bool               // the next Read, which stands between two frames, returns errFlood
	flow  flow
}

const (
	// inflowPiece is how much is read at a time: many commands, or a good part of
	// a long prompt.
	inflowPiece = 4 << 10
	// libraryBuffer is the least that bufio has. The library reads the beginnings
	// of frames through it, and what is longer past it.
	libraryBuffer = 16
)

var inflowPieces = sync.Pool{New: func() any { return new([inflowPiece]byte) }}

// errQuiet ends a read between two messages, where nothing has come yet.
var errQuiet = errors.New("nothing has come yet")

// errFlood ends a read before the next frame.
var errFlood = errors.New("too many control frames")

// newInflow begins with what was read before.
func newInflow(c *conn, early []byte) *inflow {
	i := &inflow{conn: c, ahead: early, flow: c.flow}
	i.take = i.receive
	return i
}

// wait waits until something has come. It returns false when nothing will.
func (i *inflow) wait() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.conn.socket == nil || i.fill() == nil
}

// fill has something ahead, from the socket, and waits for it.
func (i *inflow) fill() error {
	if len(i.ahead) > 0 {
		return nil
	}
	if err := i.conn.socket.Read(i.take); err != nil {
		return err
	}
	return i.err
}

// receive reads what has come. It returns false when that is nothing yet.
func (i *inflow) receive(fd uintptr) bool {
	piece := inflowPieces.Get().(*[inflowPiece]byte)
	n, err := readArrived(fd, piece[:])
	if n > 0 {
		i.ahead, i.piece = piece[:n], piece
		return true
	}
	inflowPieces.Put(piece)
	if err == syscall.EAGAIN {
		return false
	}
	if i.err = err; err == nil {
		i.err = io.EOF
	}
	return true
}

// more reports whether the library can read on: without a socket, whether or
// not something has come.
func (i *inflow) more() bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.ahead) > 0 || i.conn.socket == nil
}

// rest has the next Read return errQuiet if it would have to wait.
func (i *inflow) rest() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.pause = true
}

// breakOff has the next Read return errFlood. It is called behind a whole frame.
func (i *inflow) breakOff() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.flood = true
}

// Read implements io.Reader for the library. It gives a byte at a time of the
// beginnings of frames, so that nothing stays in the library's buffer, which
// nobody else can look into.
func (i *inflow) Read(p []byte) (int, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.pause && len(i.ahead) == 0 {
		i.pause = false
		return 0, errQuiet
	}
	i.pause = false
	if i.flood {
		i.flood = false
		return 0, errFlood
	}
	if len(p) <= libraryBuffer && !i.closing.Load() {
		p = p[:1]
	}
	if i.conn.socket == nil && len(i.ahead) == 0 {
		n, err := i.conn.net.Read(p)
		i.flow.spend(n)
		return n, err
	}
	if err := i.fill(); err != nil {
		return 0, err
	}
	n := copy(p, i.ahead)
	i.flow.spend(n)
	if i.ahead = i.ahead[n:]; len(i.ahead) == 0 && i.piece != nil {
		inflowPieces.Put(i.piece)
		i.ahead, i.piece = nil, nil
	}
	return n, nil
}
