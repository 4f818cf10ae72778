package bench

import (
	"errors"
	"net"
	"path/filepath"
	"sync"
	"time"
)

// streamers speaks for the agents of a run.
type streamers struct {
	// immutable
	interval time.Duration // between the chunks of one
	clock    func() int64
	listener *net.UnixListener
	remove   func()
	work     sync.WaitGroup // accept, pace, and serve for each agent; close ends them and waits

	mu        sync.Mutex
	closed    bool        // guarded by mu
	conns     []net.Conn  // guarded by mu: to the processes, which end with them
	all       []*streamer // guarded by mu
	streaming []*streamer // guarded by mu: who was prompted; pace owns what is in them
}

// paceInterval is how often chunks are written: seldom enough to be cheap, often
// enough not to add to latency.
const paceInterval = time.Millisecond

// newStreamers listens for agents. Chunks are due by the clock.
func newStreamers(perSecond float64, clock func() int64) (*streamers, error) {
	dir, remove, err := newDirectory()
	if err != nil {
		return nil, err
	}
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "agents"), Net: "unix"})
	if err != nil {
		remove()
		return nil, err
	}
	beat, err := newBeat(paceInterval)
	if err != nil {
		remove()
		return nil, errors.Join(err, listener.Close())
	}
	s := &streamers{
		interval: time.Duration(float64(time.Second) / perSecond),
		clock:    clock,
		listener: listener,
		remove:   remove,
	}
	s.work.Go(s.accept)
	s.work.Go(func() { s.pace(beat) })
	return s, nil
}

// path is where processes hand over their input and output.
func (s *streamers) path() string { return s.listener.Addr().String() }

func (s *streamers) accept() {
	for {
		conn, err := s.listener.AcceptUnix()
		if err != nil {
			return // closed
		}
		s.work.Go(func() { s.serve(conn) })
	}
}

// serve speaks for one agent until its input ends.
func (s *streamers) serve(conn *net.UnixConn) {
	defer conn.Close()
	if !s.enter(func() { s.conns = append(s.conns, conn) }) {
		return
	}
	files, err := takeOver(conn, 2)
	if err != nil {
		return // the server will say that it has no agent
	}
	a := &streamer{in: files[0], out: files[1]}
	defer a.close()
	if !s.enter(func() { s.all = append(s.all, a) }) {
		return
	}
	_ = a.answer(func() { // until the server ends it
		s.enter(func() {
			a.due = s.clock()
			s.streaming = append(s.streaming, a)
		})
	})
}

// enter does something unless it is too late.
func (s *streamers) enter(do func()) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		do()
	}
	return !s.closed
}

// pace lets everybody write what is due. An agent that cannot write any more is
// at its end.
func (s *streamers) pace(beat *beat) {
	defer beat.stop()
	for {
		if _, err := beat.wait(); err != nil {
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

// close ends all agents and waits.
func (s *streamers) close() {
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
