package limit

import (
	"time"

	"golang.org/x/time/rate"
)

// Bandwidth slows down the reading of one connection whose client sends too fast:
// the bytes then wait in the client's socket.
//
// [Commands] limits commands, and each refused command is answered. Bandwidth limits
// what no answer belongs to: long messages, frames of one byte, blank lines.
//
// It is not safe for concurrent use. The zero value does not limit.
type Bandwidth struct {
	limit *rate.Limiter // nil for no limit
	spent int           // bytes since the limiter was last asked
}

const (
	// bytesPerCommand is how many bytes a client may send for each command that it
	// may send. A longer command uses up the share of the next ones.
	bytesPerCommand = 64 << 10
	// readCost is the cost in bytes of one read beside its bytes. The header of a
	// frame is read byte by byte, so that frames without content count mostly by it.
	readCost = 32
	// spendStep is the number of bytes after which the limiter is asked.
	spendStep = 4 << 10
)

// NewBandwidth returns the limit that belongs to a limit of commands per
// second and a burst. A negative rate means no limit.
func NewBandwidth(commandRate float64, commandBurst int) Bandwidth {
	if commandRate < 0 {
		return Bandwidth{}
	}
	perSecond := max(commandRate, 1) * bytesPerCommand
	burst := max(commandBurst*bytesPerCommand, 2*spendStep*readCost)
	return Bandwidth{limit: rate.NewLimiter(rate.Limit(perSecond), burst)}
}

// Spend counts a read of n bytes, and sleeps if the client exceeds its limit.
func (b *Bandwidth) Spend(n int) {
	if b.limit == nil {
		return
	}
	if b.spent += n + readCost; b.spent < spendStep {
		return
	}
	wait := b.limit.ReserveN(time.Now(), b.spent).Delay()
	b.spent = 0
	time.Sleep(wait)
}
