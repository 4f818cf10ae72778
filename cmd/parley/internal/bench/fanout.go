package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Fanout is one room, many who listen, and one who talks.
type Fanout struct {
	Subscribers int
	Transport   Transport
	Window      int // events under way at a time; 0 with Rate
	Rate        int // deliveries a second, whether or not they arrive; 0 with Window
	Size        int // bytes of an event
	Duration    time.Duration
}

// warmUp is how long a run goes on before it is measured.
const warmUp = 500 * time.Millisecond

// run runs the scenario against one server.
func (f Fanout) run(ctx context.Context, t target) (Figures, error) {
	r, err := t.room(ctx)
	if err != nil {
		return nil, err
	}
	c := &crowd{failed: make(chan error, 1), free: make(chan struct{}, 1)}
	c.meter = newMeter(f.Subscribers, c.done)
	defer c.leave()
	if err := c.join(ctx, r, f.Subscribers, f.Transport); err != nil {
		return nil, err
	}
	p, err := r.publisher(ctx)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	talk := &talker{crowd: c, publisher: p, size: f.Size}
	return f.measure(ctx, t, talk)
}

// measure talks for a while, lets that pass which is not counted, and reads
// clocks and counters at both ends of the rest.
func (f Fanout) measure(ctx context.Context, t target, talk *talker) (Figures, error) {
	if err := talk.window(ctx, 1, time.Now()); err != nil { // all are there once they have heard it
		return nil, err
	}
	end := time.Now().Add(warmUp + f.Duration)
	talked := make(chan error, 1)
	go func() { // its end is waited for below
		if f.Rate > 0 {
			talked <- talk.rate(ctx, float64(f.Rate)/float64(f.Subscribers), end)
		} else {
			talked <- talk.window(ctx, f.Window, end)
		}
	}()
	time.Sleep(warmUp)
	before := take(t, talk.meter)
	talk.meter.measuring.Store(true)
	select {
	case err := <-talked:
		return nil, errors.Join(errors.New("talking ended early"), err)
	case <-time.After(f.Duration - 50*time.Millisecond):
	}
	after := take(t, talk.meter)
	talk.meter.measuring.Store(false)
	if err := <-talked; err != nil {
		return nil, err
	}
	return figuresOf(before, after, talk.meter), nil
}

// crowd are the listeners of a room.
type crowd struct {
	meter   *meter
	free    chan struct{} // says that completed has grown; holds one, since one look finds all
	failed  chan error    // the first failure of a listener
	leaving atomic.Bool
	all     sync.WaitGroup

	mu      sync.Mutex
	streams []stream // guarded by mu
}

func (c *crowd) done() {
	select {
	case c.free <- struct{}{}:
	default:
	}
}

// joinersAtOnce is how many connect at a time.
const joinersAtOnce = 32

// join brings listeners into a room.
func (c *crowd) join(ctx context.Context, r room, n int, t Transport) error {
	buffer := min(64<<10, max(4<<10, 64<<20/n))
	slots := make(chan struct{}, joinersAtOnce)
	var joining sync.WaitGroup
	for range n {
		slots <- struct{}{}
		joining.Go(func() {
			defer func() { <-slots }()
			if s, err := r.listen(ctx, t, buffer); err != nil {
				c.fail(fmt.Errorf("join: %w", err))
			} else {
				c.add(s)
			}
		})
	}
	joining.Wait()
	select {
	case err := <-c.failed:
		return err
	default:
		return nil
	}
}

func (c *crowd) add(s stream) {
	c.mu.Lock()
	c.streams = append(c.streams, s)
	c.mu.Unlock()
	c.all.Go(func() { // leave ends it and waits
		if err := c.meter.listen(s); !c.leaving.Load() {
			c.fail(fmt.Errorf("a listener's connection ended: %w", err))
		}
	})
}

func (c *crowd) fail(err error) {
	select {
	case c.failed <- err:
	default: // one is enough
	}
}

// leave ends all connections and waits for their listeners.
func (c *crowd) leave() {
	c.leaving.Store(true)
	c.mu.Lock()
	for _, s := range c.streams {
		_ = s.Close()
	}
	c.mu.Unlock()
	c.all.Wait()
}

// talker publishes events to a crowd. It is for one goroutine.
type talker struct {
	*crowd
	publisher publisher
	size      int
	seq       uint64
	message   []byte
}

// stall is how long nothing may arrive before a run is given up.
const stall = 30 * time.Second

// window keeps n events under way until end, then waits for the last. At least
// n are sent.
func (k *talker) window(ctx context.Context, n int, end time.Time) error {
	if err := k.say(n, k.meter.now()); err != nil {
		return err
	}
	for {
		free := n - int(k.seq-uint64(k.meter.complete.Load()))
		switch {
		case time.Now().After(end) && free == n:
			return nil
		case time.Now().Before(end) && free > 0:
			if err := k.say(free, k.meter.now()); err != nil {
				return err
			}
		default:
			if err := k.wait(ctx); err != nil {
				return err
			}
		}
	}
}

// wait waits until an event has reached everybody.
func (k *talker) wait(ctx context.Context) error {
	select {
	case <-k.free:
		return nil
	case err := <-k.failed:
		return err
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(stall):
		return fmt.Errorf("nothing has arrived for %s; %d of %d events had reached everybody", stall, k.meter.complete.Load(), k.seq)
	}
}

// rate sends so many events a second until end, then waits for the last. Each
// counts from the time when it was due.
func (k *talker) rate(ctx context.Context, perSecond float64, end time.Time) error {
	began, first := k.meter.now(), k.seq
	interval := float64(time.Second) / perSecond
	for time.Now().Before(end) {
		due := began + int64(float64(k.seq-first)*interval)
		if ahead := due - k.meter.now(); ahead > 0 {
			time.Sleep(time.Duration(ahead))
		}
		if k.seq-uint64(k.meter.complete.Load()) >= inFlight-1 {
			return fmt.Errorf("the server fell behind by %d events", inFlight-1)
		}
		if err := k.say(1, due); err != nil {
			return err
		}
	}
	for k.seq > uint64(k.meter.complete.Load()) {
		if err := k.wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// say publishes n events, sent or due at a time.
func (k *talker) say(n int, at int64) error {
	k.message = k.message[:0]
	for i := range n {
		if i > 0 {
			k.message = append(k.message, '\n')
		}
		k.seq++
		k.meter.sent(k.seq, at)
		k.message = k.publisher.command(k.message, k.seq, k.size)
	}
	return k.publisher.send(k.message)
}

// Name implements Scenario.
func (f Fanout) Name() string {
	load := fmt.Sprintf("W=%d", f.Window)
	if f.Rate > 0 {
		load = fmt.Sprintf("%d/s", f.Rate)
	}
	return fmt.Sprintf("fanout %s subscribers=%d %s", f.Transport, f.Subscribers, load)
}
