package scenario

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/netio"
)

// watchers are the connections that watch agents.
type watchers struct {
	*meter.Tally
	failed   chan error // the first failure; capacity 1, so that watchers never wait; later failures are dropped
	watching sync.WaitGroup

	mu      sync.Mutex // guards the fields below
	closing bool
	sockets []*netio.Socket
}

// add watches a connection.
func (a *watchers) add(s *netio.Socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sockets = append(a.sockets, s)
	a.watching.Go(func() { // close ends it and waits
		if err := a.watch(s); !a.isClosing() {
			select {
			case a.failed <- fmt.Errorf("the connection of a watcher ended: %w", err):
			default:
			}
		}
	})
}

func (a *watchers) isClosing() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closing
}

// watch counts chunks until the connection ends. A chunk that is missing or arrives
// twice is an error.
func (a *watchers) watch(s *netio.Socket) error {
	var seen uint64
	for {
		message, err := s.Message()
		if err != nil {
			return err
		}
		for {
			i := bytes.IndexByte(message, meter.Mark)
			if i < 0 {
				break
			}
			message = message[i:]
			seq, _ := meter.LastMark(message[:min(len(message), 24)])
			if seen++; seq != seen {
				return fmt.Errorf("chunk %d arrived as number %d", seq, seen)
			}
			a.arrive(message)
			message = message[1:]
		}
	}
}

// arrive counts a chunk, which begins with its mark and the time when it was due.
func (a *watchers) arrive(chunk []byte) {
	a.Delivered.Add(1)
	a.Complete.Add(1)
	if !a.Measuring.Load() {
		return
	}
	_, after, _ := bytes.Cut(chunk, []byte{';'})
	written, _, _ := bytes.Cut(after, []byte{';'})
	if at, err := strconv.ParseInt(string(written), 10, 64); err == nil {
		a.Latency.Record(a.Now() - at)
	}
}

// close closes all connections and waits for their goroutines.
func (a *watchers) close() {
	a.mu.Lock()
	a.closing = true
	for _, s := range a.sockets {
		_ = s.Close()
	}
	a.mu.Unlock()
	a.watching.Wait()
}
