package limit

import (
	"time"

	"golang.org/x/time/rate"

	"parley/protocol"
)

// Commands is how fast one sender may send commands. Its methods may be called concurrently.
type Commands struct {
	// immutable
	commands *rate.Limiter
	// refusals allows as many refused commands as commands allows commands. A
	// sender that exhausts it sends at twice the allowed rate and ignores the
	// answers.
	refusals *rate.Limiter
}

// NewCommands returns a limit of commands per second that allows a burst. A
// negative rate means no limit.
func NewCommands(perSecond float64, burst int) *Commands {
	limit := rate.Limit(perSecond)
	if perSecond < 0 {
		limit = rate.Inf
	}
	return &Commands{commands: rate.NewLimiter(limit, burst), refusals: rate.NewLimiter(limit, burst)}
}

// Take counts one command. It returns nil or a RATE_LIMITED error; excessive
// reports whether the sender keeps sending in spite of such errors, so that its
// connection should be closed.
func (c *Commands) Take() (err *protocol.Error, excessive bool) {
	now := time.Now()
	r := c.commands.ReserveN(now, 1)
	wait := r.DelayFrom(now)
	if wait == 0 {
		return nil, false
	}
	r.CancelAt(now)
	err = protocol.Errorf(protocol.CodeRateLimited, "too many commands; wait a little").By(protocol.LimitCommands)
	err.RetryAfter = max(wait, time.Millisecond)
	return err, !c.refusals.AllowN(now, 1)
}

// isExcessive reports whether the sender has used up the refusals.
func (c *Commands) isExcessive() bool { return c.refusals.Tokens() < 1 }

// idle reports whether the limit is in the state of a new one.
func (c *Commands) idle() bool { return full(c.commands) }

func full(l *rate.Limiter) bool { return l.Tokens() >= float64(l.Burst()) }
