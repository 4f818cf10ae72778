package web

import "sync"

// crew is the goroutines that work for one connection. The zero value is ready.
type crew struct {
	mu        sync.Mutex
	dismissed bool
	working   sync.WaitGroup // guarded by mu against Add after wait
}

// start runs f in a goroutine, unless the crew was dismissed.
func (c *crew) start(f func()) bool {
	if !c.enter() {
		return false
	}
	go func() {
		defer c.working.Done()
		f()
	}()
	return true
}

// do runs f, unless the crew was dismissed.
func (c *crew) do(f func()) {
	if c.enter() {
		defer c.working.Done()
		f()
	}
}

func (c *crew) enter() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.dismissed {
		return false
	}
	c.working.Add(1)
	return true
}

// dismiss lets nobody begin any more.
func (c *crew) dismiss() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.dismissed = true
}

// wait waits for those who have begun. It follows dismiss.
func (c *crew) wait() { c.working.Wait() }
