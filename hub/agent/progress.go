package agent

import (
	"context"
	"strings"
	"time"

	"go.uber.org/zap"

	"parley/hub/agent/profile"
	"parley/hub/agent/wire"
	"parley/hub/rules"
)

const (
	// progressInterval is the interval between two reports.
	progressInterval = 3 * time.Second
	// maxReports is the maximum number of reports on one start.
	maxReports = 100
	// maxDetail is the maximum length of a report's text in bytes.
	maxDetail = 200
)

// installers are commands that download the program that they run if necessary.
var installers = []string{"npx", "bunx", "pnpx", "uvx", "pipx"}

// reportProgress reports what a starting agent is doing until ctx ends: the last line
// that it wrote to its standard error.
func (s *session) reportProgress(ctx context.Context, command string) {
	ticker := time.NewTicker(progressInterval)
	defer ticker.Stop()
	last := ""
	for reports := 0; reports < maxReports; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		detail := lastLine(s.peer.Stderr())
		if detail == "" {
			detail = s.silentDetail(command)
		}
		if detail != last {
			last = detail
			reports++
			s.emitOwn(rules.AgentProgress{Detail: detail})
		}
	}
}

// silentDetail describes what a silent command is probably doing.
func (s *session) silentDetail(command string) string {
	if s.signingIn.Load() {
		return "signing in; the agent may have opened a page in a browser on the agent's machine"
	}
	name := profile.BaseName(command)
	for _, installer := range installers {
		if name == installer {
			return name + " is downloading the agent if it is not installed yet"
		}
	}
	return "waiting for the agent's first answer"
}

// lastLine returns the last line of a text that is not empty, in a printable form.
func lastLine(text string) string {
	lines := strings.Split(printable(text), "\n")
	return wire.ForPeople(lines[len(lines)-1], maxDetail)
}

// Stray output is what agents write to their standard output besides messages: a
// library's greeting, log lines, a launcher's progress. Clients never see it.
const (
	// maxStrayBytes is how much an agent may write before it is ready: package managers
	// and libraries write a lot.
	maxStrayBytes = 1 << 20
	// maxLoggedLine is how many bytes of a line are logged.
	maxLoggedLine = 200
	// firstLogged lines are logged individually, later ones at most once every
	// logInterval.
	firstLogged = 5
	logInterval = time.Minute
	// reportInterval is how often stray output is reported to the hub, apart from the
	// first line of a turn.
	reportInterval = 10 * time.Second
)

// strays counts stray output.
type strays struct {
	lines    int       // without empty lines
	bytes    int       // with empty lines, without those of a replay
	logged   time.Time // when a line was last logged
	reported time.Time // when stray output was last reported
}

// checkStrayOutput returns false, and kills the agent, if it writes too much stray
// output before it is ready.
func (s *session) checkStrayOutput() bool {
	if s.stray.bytes <= maxStrayBytes || s.ready.Load() {
		return true
	}
	s.peer.Kill()
	return false
}

// countStray counts the bytes of a line. Those of a replay do not count: an agent may
// write any amount while it loads a session.
func (s *session) countStray(size int) {
	if !s.loading.Load() {
		s.stray.bytes += size + 1
	}
}

// skip counts, logs and reports a line that is not a message. line is its beginning, and
// size its length.
func (s *session) skip(line []byte, size int, err error) {
	s.stray.lines++
	s.countStray(size)
	if s.stray.lines <= firstLogged || time.Since(s.stray.logged) >= logInterval {
		s.stray.logged = time.Now()
		s.log.Info("the agent wrote a line to its standard output that is not a message",
			zap.Error(err), zap.Int("bytes", size), zap.Int("lines", s.stray.lines),
			zap.String("begins", wire.ForPeople(line, maxLoggedLine)))
	}
	if s.strayReported.CompareAndSwap(false, true) || time.Since(s.stray.reported) >= reportInterval {
		s.stray.reported = time.Now()
		s.emit(rules.AgentStrayOutput{})
	}
}
