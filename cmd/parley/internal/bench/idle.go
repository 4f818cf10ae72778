package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"time"
)

// Idle is connections on which nothing happens.
type Idle struct {
	Connections int
	Rooms       int // that they are spread over
	Transport   Transport
}

// Scenario returns what there is to run.
func (i Idle) Scenario() Scenario {
	return Scenario{
		Kind:     "idle",
		Settings: []Setting{{"transport", i.Transport}, {"connections", i.Connections}, {"rooms", i.Rooms}},
		Goals:    []Goal{{Figure: rssPerConn, AtMost: 14 << 10, Absolute: true}},
		Beside:   "raw",
		Files:    i.Connections + i.Connections/20,
		run: func(ctx context.Context, l Lab, which Server, _ string) (Figures, error) {
			if l.Remote() {
				return nil, fmt.Errorf("idle: the memory of a server that was not started here is not known: %w", errNotOurs)
			}
			t, err := l.start(ctx, which, "--debug-listen", "127.0.0.1:0")
			if err != nil {
				return nil, err
			}
			figures, err := i.run(ctx, t)
			return figures, errors.Join(err, t.stop())
		},
	}
}

// run opens some connections first, so that what a server needs once is not
// counted, and then as many as wanted.
func (i Idle) run(ctx context.Context, t target) (_ Figures, err error) {
	p := &parked{ctx: ctx, transport: i.Transport}
	defer p.leave()
	for range i.Rooms {
		r, err := t.room(ctx)
		if err != nil {
			return nil, err
		}
		p.rooms = append(p.rooms, r)
	}
	if err := p.add(max(i.Connections/20, 1)); err != nil {
		return nil, err
	}
	before, err := settle(ctx, t)
	if err != nil {
		return nil, err
	}
	if err := p.add(i.Connections); err != nil {
		return nil, err
	}
	after, err := settle(ctx, t)
	if err != nil {
		return nil, err
	}
	n := float64(i.Connections)
	f := Figures{rssPerConn: float64(after.rss-before.rss) / n, rss: float64(after.rss) / (1 << 20)}
	if after.live > 0 {
		f[heapPerConn] = float64(after.live-before.live) / n
	}
	return f, nil
}

// parked are connections that nobody reads from: what a server sends them until
// they are all there stays in the sockets' buffers.
type parked struct {
	ctx       context.Context
	transport Transport
	rooms     []room

	mu      sync.Mutex
	reading sync.WaitGroup
	streams []stream // guarded by mu
}

// add brings more people in, evenly over the rooms, and keeps reading what they
// get, as a client does.
func (p *parked) add(n int) error {
	return parallel(joinersAtOnce, n, func(i int) error {
		s, err := p.rooms[i%len(p.rooms)].listen(p.ctx, p.transport, 4<<10)
		if err != nil {
			return fmt.Errorf("join: %w", err)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.streams = append(p.streams, s)
		p.reading.Go(func() { // leave ends it and waits
			for err == nil {
				_, err = s.read()
			}
		})
		return nil
	})
}

func (p *parked) leave() {
	p.mu.Lock()
	for _, s := range p.streams {
		_ = s.Close()
	}
	p.mu.Unlock()
	p.reading.Wait()
}

// memory is what a process has in use.
type memory struct {
	rss  int
	live int // bytes of heap and stacks in use; 0 where the server does not tell
}

// settle has the server collect its garbage, which it does by itself when it is
// idle, and waits until it has given back to the system what it will: until its
// memory has not shrunk for a second.
func settle(ctx context.Context, t target) (memory, error) {
	var m memory
	if p, ok := t.(*parleyTarget); ok {
		// What has a finalizer, such as a socket, takes two. And 4 MiB that were
		// full at one collection are given back only after the next.
		for range 3 {
			live, err := collect(ctx, p.child)
			if err != nil {
				return m, err
			}
			m.live = live
		}
	}
	least, since := 0, time.Now()
	for time.Since(since) < time.Second {
		u, err := t.use()
		if err != nil {
			return m, err
		}
		if least == 0 || u.RSS < least {
			least, since = u.RSS, time.Now()
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return m, ctx.Err()
		}
	}
	m.rss = least
	return m, nil
}

var inUse = regexp.MustCompile(`(?m)^# (?:HeapInuse|Stack) = (\d+)`)

// collect has a server collect its garbage and returns what it has in use then.
func collect(ctx context.Context, c *child) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.debug+"heap?gc=1&debug=1", nil)
	if err != nil {
		return 0, err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	total := 0
	for _, found := range inUse.FindAllSubmatch(body, -1) {
		n, _ := strconv.Atoi(string(found[1]))
		total += n
	}
	return total, err
}
