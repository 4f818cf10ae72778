package agent

import (
	"time"

	"go.uber.org/zap"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

// What agents write to their standard output beside messages: a library's
// greeting, log lines, a launcher's progress. It reaches the log alone.

const (
	// shownLine is how much of such a line is logged, in bytes.
	shownLine = 200
	// firstLogged are logged one by one, later ones at most once in logPause.
	firstLogged = 5
	logPause    = time.Minute
	// strayPause is how often the hub is told of such lines, beyond the first one
	// of a turn.
	strayPause = 10 * time.Second
)

// strays counts lines that are no messages. It belongs to the reading goroutine.
type strays struct {
	lines    int
	bytes    int       // of the lines, and of lines that are empty, but for those in a replay; read by others once the agent is lost
	loggedAt time.Time // when one was last logged
	toldAt   time.Time // when the hub was last told
}

// count counts a line that is no message. A replay may have as many as it likes: what
// comes while a session is loaded says nothing against the agent.
func (s *session) count(size int) {
	if !s.loading.Load() {
		s.stray.bytes += size + 1
	}
}

// skip counts a line that is no message, of which line is the beginning.
func (s *session) skip(line []byte, size int, err error) {
	s.stray.lines++
	s.count(size)
	if s.stray.lines <= firstLogged || time.Since(s.stray.loggedAt) >= logPause {
		s.stray.loggedAt = time.Now()
		s.log.Info("the agent wrote a line to its standard output that is no message",
			zap.Error(err), zap.Int("bytes", size), zap.Int("lines", s.stray.lines),
			zap.String("begins", wire.ForPeople(line, shownLine)))
	}
	if s.strayTold.CompareAndSwap(false, true) || time.Since(s.stray.toldAt) >= strayPause {
		s.stray.toldAt = time.Now()
		s.tell(rules.AgentStrayOutput{})
	}
}
