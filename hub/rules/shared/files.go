package shared

import (
	"slices"
	"time"

	"parley/hub/rules"
	"parley/protocol"
)

// Effects that record the agent's working directory. Connector is the host session whose
// connector has the directory; empty if it is on the server's machine.
type (
	// RecordBegin records the directory as it is when the session begins, unless that was
	// done.
	RecordBegin struct{ Dir, Connector string }
	// RecordTurn records the directory at the end of a turn.
	RecordTurn struct {
		Dir       string
		Connector string
		Approval  string
	}
	// RecordEnd discards what was recorded, since the session has ended.
	RecordEnd struct{ Connector string }
)

// IsEffect implements [rules.Effect].
func (RecordBegin) IsEffect() {}

// IsEffect implements [rules.Effect].
func (RecordTurn) IsEffect() {}

// IsEffect implements [rules.Effect].
func (RecordEnd) IsEffect() {}

// recordBegin adds the effect that records a working directory of a host session's agent, if
// facts have one.
func recordBegin(d rules.Decision, facts protocol.AgentFacts, host string) rules.Decision {
	if facts.Cwd == nil || *facts.Cwd == "" {
		return d
	}
	return d.With(RecordBegin{Dir: *facts.Cwd, Connector: connectorOf(facts, host)})
}

// connectorOf returns the host session if its agent runs on another machine.
func connectorOf(facts protocol.AgentFacts, host string) string {
	if facts.Connector == nil {
		return ""
	}
	return host
}

// WorkingDir returns the agent's working directory, which is empty if it is not known, and
// the host session whose connector has it, which is empty if it is on the server's machine.
func (s *State) WorkingDir() (dir, connector string) {
	return deref(s.Facts.Cwd), connectorOf(s.Facts, s.Session.HostSessionID)
}

// Bounds of the marks of reviewed files.
const (
	maxReviews     = 300
	maxReviewBytes = 64 << 10 // of their paths and versions
)

// reviewMark says who has reviewed a version of a file.
type reviewMark struct {
	Path    string
	Version string
	By      protocol.Participant
	At      time.Time
}

func (m reviewMark) is(path, version string) bool { return m.Path == path && m.Version == version }

// reviewFile marks a version of a file as reviewed, or removes the mark. A mark can be
// removed by its author and the host.
func (s *State) reviewFile(c *protocol.ReviewFile, p protocol.Participant) rules.Decision {
	if !s.rightsOf(p).Comment {
		return rules.Refuse(protocol.CodeCommentNotAllowed, "a %s cannot mark files as reviewed while the mode is %s", p.Role, s.Session.Mode)
	}
	i := slices.IndexFunc(s.Reviews, func(m reviewMark) bool { return m.is(c.Path, c.Version) })
	if c.Reviewed == (i >= 0) {
		return rules.Decision{Answer: struct{}{}}
	}
	if !c.Reviewed && s.Reviews[i].By.ID != p.ID && p.Role != protocol.RoleHost {
		return rules.Refuse(protocol.CodeHostRequired, "only %.128s, who set the mark, and the host can remove it", s.Reviews[i].By.Name())
	}
	return rules.Decision{Events: []rules.Event{rules.PrimaryEvent(&protocol.FileReviewed{
		Path: c.Path, Version: c.Version, Reviewed: c.Reviewed, Participant: p,
	})}}
}

// applyReview applies an event about a mark. The oldest marks are dropped where there is no
// room.
func (s *State) applyReview(p *protocol.FileReviewed, at time.Time) {
	s.Reviews = slices.DeleteFunc(slices.Clone(s.Reviews), func(m reviewMark) bool { return m.is(p.Path, p.Version) })
	if !p.Reviewed {
		return
	}
	s.Reviews = append(s.Reviews, reviewMark{p.Path, p.Version, p.Participant, at})
	bytes, from := 0, len(s.Reviews)
	for from > 0 && len(s.Reviews)-from < maxReviews {
		m := s.Reviews[from-1]
		if bytes += len(m.Path) + len(m.Version); bytes > maxReviewBytes {
			break
		}
		from--
	}
	s.Reviews = s.Reviews[from:]
}

// ReviewMarks returns the marks of reviewed files, the oldest first.
func (s *State) ReviewMarks() []protocol.ReviewMark {
	marks := make([]protocol.ReviewMark, len(s.Reviews))
	for i, m := range s.Reviews {
		marks[i] = protocol.ReviewMark{Path: m.Path, Version: m.Version, Participant: m.By, At: m.At}
	}
	return marks
}
