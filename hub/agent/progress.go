package agent

import (
	"context"
	"path/filepath"
	"strings"
	"time"

	"parley/hub/agent/wire"
	"parley/hub/rules"
)

const (
	// progressPause is how often a start is looked at for something to tell.
	progressPause = 3 * time.Second
	// maxProgress bounds what is told of one start.
	maxProgress = 100
	// maxDetail is the length of a line about it, in bytes.
	maxDetail = 200
)

// installers are commands that fetch what they run when it is not there yet.
var installers = []string{"npx", "bunx", "pnpx", "uvx", "pipx"}

// tellProgress tells what an agent that starts is doing, until ctx ends: the
// last line that it wrote to its standard error.
func (s *session) tellProgress(ctx context.Context, command string) {
	ticker := time.NewTicker(progressPause)
	defer ticker.Stop()
	last := ""
	for told := 0; told < maxProgress; {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		detail := lastLine(s.peer.stderr())
		if detail == "" {
			detail = waitingFor(command)
		}
		if detail != last {
			last = detail
			told++
			s.tell(rules.AgentProgress{Detail: detail})
		}
	}
}

// waitingFor is what there is to say of an agent that says nothing.
func waitingFor(command string) string {
	name := strings.TrimSuffix(filepath.Base(command), filepath.Ext(command))
	for _, installer := range installers {
		if name == installer {
			return name + " downloads the agent if it is not installed yet"
		}
	}
	return "waiting for the agent's first answer"
}

// lastLine is the last line of a text that is not empty, for people.
func lastLine(text string) string {
	lines := strings.Split(printable(text), "\n")
	return wire.ForPeople(lines[len(lines)-1], maxDetail)
}
