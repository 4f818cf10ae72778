package agent

import (
	"context"
	"strings"
	"time"

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
			s.emit(rules.AgentProgress{Detail: detail})
		}
	}
}

// silentDetail describes what a silent command is probably doing.
func (s *session) silentDetail(command string) string {
	if s.signingIn.Load() {
		return "signing in; the agent may have opened a page in a browser on the server's machine"
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
