package live

import (
	"context"
	"math"
	"runtime/debug"
	"time"

	"go.uber.org/zap"

	"parley/web/internal/limit"
	"parley/web/internal/task"
)

// connection is a hijacked connection, which outlives its handler: the part that a
// WebSocket and an event stream have in common. Its goroutine that reads owns it and
// calls end; tasks has all others.
type connection struct {
	// immutable
	server *Server
	path   string // for the log
	client *limit.Connection

	tasks  task.Group
	sender sender

	// set by begin, then immutable
	stopHook func() bool // keeps onShutdown from being called
	timer    *time.Timer
	identity *watcher // nil if the identity is not checked again
}

// begin calls onShutdown when the server shuts down, and calls tick after the time
// that is given first and then after each time that tick returns.
func (c *connection) begin(onShutdown func(), first time.Duration, tick func() time.Duration) {
	c.stopHook = context.AfterFunc(c.server.draining, func() { c.tasks.Do(onShutdown) })
	c.timer = time.AfterFunc(math.MaxInt64, func() {
		c.tasks.Do(func() { c.timer.Reset(tick()) })
	})
	c.timer.Reset(first) // only now, so that tick finds c.timer set
}

// end ends the connection at once and waits for its tasks. closeConn closes the
// network connection. end is called once, by the goroutine that reads.
func (c *connection) end(closeConn func()) {
	c.stopHook()
	c.tasks.Close()
	if c.sender.ended != nil {
		close(c.sender.ended)
	}
	closeConn()
	c.tasks.Wait()
	c.timer.Stop()
	c.identity.stop()
	if sub := c.sender.subscription(); sub != nil {
		sub.Close()
	}
	c.client.Closed()
}

// logPanic recovers from a panic of a goroutine that serves a connection, and logs
// it. It must be deferred directly.
func (c *connection) logPanic() {
	if p := recover(); p != nil {
		c.server.options.Log.Error("connection panicked",
			zap.Any("panic", p), zap.String("path", c.path), zap.ByteString("stack", debug.Stack()))
	}
}
