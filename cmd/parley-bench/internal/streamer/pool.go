package streamer

import (
	"errors"
	"net"
	"path/filepath"
	"sync"
	"time"

	"parley/cmd/parley-bench/internal/machine"
)

// Pool streams for the agents of a run.
type Pool struct {
	// immutable
	interval time.Duration // between two chunks of an agent
	clock    func() int64
	listener *net.UnixListener
	remove   func()
	work     sync.WaitGroup // accept, pace, and serve for each agent; Close ends them and waits

	mu        sync.Mutex
	closed    bool        // guarded by mu
	conns     []net.Conn  // guarded by mu: to the agent processes, which end with them
	all       []*streamer // guarded by mu
	streaming []*streamer // guarded by mu: those that have been prompted; pace owns their content
}

// paceInterval is the time between two rounds of writing chunks: long enough to be
// cheap, short enough not to add to latency.
const paceInterval = time.Millisecond

// NewPool returns a pool that listens for agents, each of which streams perSecond
// chunks a second. Chunks are due on the given clock, in nanoseconds.
func NewPool(perSecond float64, clock func() int64) (*Pool, error) {
	dir, remove, err := machine.TempDir()
	if err != nil {
		return nil, err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "agents"), Net: "unix"})
	if err != nil {
		remove()
		return nil, err
	}
	beat, err := machine.NewTicker(paceInterval)
	if err != nil {
		remove()
		return nil, errors.Join(err, listener.Close())
	}
	s := &Pool{
		interval: time.Duration(float64(time.Second) / perSecond),
		clock:    clock,
		listener: listener,
		remove:   remove,
	}
	s.work.Go(s.accept)
	s.work.Go(func() { s.pace(beat) })
	return s, nil
}

// Path returns the path of the Unix socket that agent processes connect to.
func (s *Pool) Path() string { return s.listener.Addr().String() }

func (s *Pool) accept() {
	for {
		conn, err := s.listener.AcceptUnix()
		if err != nil {
			return // closed
		}
		s.work.Go(func() { s.serve(conn) })
	}
}

// serve streams for one agent until its input ends.
func (s *Pool) serve(conn *net.UnixConn) {
	defer conn.Close()
	if !s.enter(func() { s.conns = append(s.conns, conn) }) {
		return
	}
	files, err := takeOver(conn, 2)
	if err != nil {
		return // the server reports that the agent did not start
	}
	a := &streamer{in: files[0], out: files[1]}
	defer a.close()
	if !s.enter(func() { s.all = append(s.all, a) }) {
		return
	}
	_ = a.answer(func() { // ends when the server ends the agent
		s.enter(func() {
			a.due = s.clock()
			s.streaming = append(s.streaming, a)
		})
	})
}

// enter calls do, with mu locked, unless the pool is closed. It reports whether it
// has.
func (s *Pool) enter(do func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		do()
	}
	return !s.closed
}

// pace writes the chunks that are due, for all agents. It drops an agent that cannot be
// written to anymore.
func (s *Pool) pace(beat *machine.Ticker) {
	defer beat.Stop()
	for {
		if _, err := beat.Wait(); err != nil {
			return
		}
		open := s.enter(func() {
			now := s.clock()
			going := s.streaming[:0]
			for _, a := range s.streaming {
				if a.stream(now, int64(s.interval)) == nil {
					going = append(going, a)
				}
			}
			s.streaming = going
		})
		if !open {
			return
		}
	}
}

// Close ends all agents and waits for the goroutines of the pool.
func (s *Pool) Close() {
	s.mu.Lock()
	s.closed = true
	_ = s.listener.Close()
	for _, c := range s.conns {
		_ = c.Close()
	}
	for _, a := range s.all {
		_ = a.close()
	}
	s.mu.Unlock()
	s.work.Wait()
	s.remove()
}
