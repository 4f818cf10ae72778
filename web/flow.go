package web

import (
	"time"

	"golang.org/x/time/rate"
)

// flow holds a client back that sends faster than the server wants to read: its
// bytes wait in its own socket. It is for the reader of one connection.
//
// Commands have a limit of their own, which is answered. This one bounds what
// no answer belongs to: long messages, frames of a byte, blank lines.
type flow struct {
	limit *rate.Limiter // nil for none
	work  int           // what was read since the limit was last asked, in bytes
}

const (
	// flowPerCommand is how many bytes a client may send for each command that it
	// may send. A prompt that is longer takes those of the next ones.
	flowPerCommand = 64 << 10
	// readWork is what a read costs beside its bytes, in bytes. The beginning of a
	// frame is read a byte at a time, so frames that hold little count by it.
	readWork = 32
	// flowPiece is after how many bytes the limit is asked.
	flowPiece = 4 << 10
)

// newFlow makes the flow of a connection that may send so many commands a second,
// and so many at once; a negative rate is for no limit.
func newFlow(commandRate float64, commandBurst int) flow {
	if commandRate < 0 {
		return flow{}
	}
	perSecond := max(commandRate, 1) * flowPerCommand
	atOnce := max(commandBurst*flowPerCommand, 2*inflowPiece*readWork)
	return flow{limit: rate.NewLimiter(rate.Limit(perSecond), atOnce)}
}

// spend counts a read of n bytes, and waits if they came too soon.
func (f *flow) spend(n int) {
	if f.limit == nil {
		return
	}
	if f.work += n + readWork; f.work < flowPiece {
		return
	}
	wait := f.limit.ReserveN(time.Now(), f.work).Delay()
	f.work = 0
	time.Sleep(wait)
}
