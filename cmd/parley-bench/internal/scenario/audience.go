package scenario

import (
	"bytes"
	"fmt"
	"strconv"
	"sync"

	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/netio"
)

// audience is the watchers of all agents.
type audience struct {
	*meter.Tally
	failed   chan error // the first failure; later ones are dropped
	watching sync.WaitGroup

	mu      sync.Mutex
	leaving bool            // guarded by mu
	sockets []*netio.Socket // guarded by mu
}

func (a *audience) add(s *netio.Socket) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sockets = append(a.sockets, s)
	a.watching.Go(func() { // leave ends it and waits
		if err := a.watch(s); !a.left() {
			select {
			case a.failed <- fmt.Errorf("the connection of a watcher ended: %w", err):
			default:
			}
		}
	})
}

func (a *audience) left() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.leaving
}

// watch counts chunks until the connection ends. A chunk that is missing or arrives
// twice is an error.
func (a *audience) watch(s *netio.Socket) error {
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
func (a *audience) arrive(chunk []byte) {
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

func (a *audience) leave() {
	a.mu.Lock()
	a.leaving = true
	for _, s := range a.sockets {
		_ = s.Close()
	}
	a.mu.Unlock()
	a.watching.Wait()
}
