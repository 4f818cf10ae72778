package join

import (
	"fmt"
	"time"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/cmd/parley/internal/toolcall"
	"parley/protocol"
)

// welcome prints the state of the session.
func (s *screen) welcome(r *room, w *protocol.Welcome) {
	if w.Resume == protocol.ResumeGap {
		s.line(alert, "* the server's record of the session has changed; this is the current state")
	}
	s.line(bold, "* you are %s, %s; the mode is %s; the agent is %s; type /help for help",
		r.displayName(r.self), display.OneLine(string(r.self.Role)), display.OneLine(string(r.mode)), display.OneLine(r.agentActivity(w.Agent.Status)))
	s.agentInfo(w.Agent)
	if w.Agent.RefusedMode != nil {
		s.promptsWait(w.Agent.RefusedMode)
	}
	if w.Agent.SilentSince != nil {
		s.status(time.Now(), &protocol.AgentStatusChanged{Status: w.Agent.Status, SilentSince: w.Agent.SilentSince})
	}
	s.participants(r)
	s.openItems(r)
}

// agentActivity returns what the agent is doing. The status that the server reports is
// that of the agent's process, which is also idle during a turn.
func (r *room) agentActivity(status protocol.AgentStatus) string {
	switch {
	case status != protocol.AgentIdle:
		return string(status)
	case len(r.ledger.Open(ledger.KindQuestion))+len(r.ledger.Open(ledger.KindRequest)) > 0:
		return "waiting for an answer"
	case r.agent.Turn != nil:
		return "working"
	}
	waits := map[string]bool{}
	for _, q := range r.queue {
		waits[q.ApprovalID] = true
	}
	for _, i := range r.ledger.Open(ledger.KindTurn) {
		if !waits[i.ID] {
			return "working"
		}
	}
	return string(status)
}

// openItems prints all open items in full.
func (s *screen) openItems(r *room) {
	for _, i := range r.ledger.AllOpen() {
		s.item(r, i)
	}
}

// participants lists the participants.
func (s *screen) participants(r *room) {
	present := map[string]bool{r.self.ID: true}
	for _, id := range r.present {
		present[id] = true
	}
	for _, p := range r.participants {
		away := ""
		if !present[p.ID] {
			away = ", away"
		}
		verified := ""
		if p.Verified {
			verified = ", verified as " + display.OneLine(p.UserID)
		}
		s.line(dim, "* %s (%s%s%s)%s", r.displayName(p), display.OneLine(string(p.Role)), verified, away, display.HiddenWarning(p.Name()))
	}
	if r.moreAfter != "" {
		s.line(dim, "* and others, whose names are being fetched; then /who lists them")
	}
}

// item prints an item in full.
func (s *screen) item(r *room, i *ledger.Item) {
	if i.Kind != ledger.KindOutput && i.FullSize() > 0 {
		s.truncatedItem(i)
		return
	}
	switch i.Kind {
	case ledger.KindProposal:
		s.proposal(r, i)
	case ledger.KindTurn:
		s.line(accent, "* %s %s prompted%s: %s", i.Label(), i.Author, display.Because(&i.Outcome), promptText(i.Approval.Prompt)+contentText(i.Approval.Content))
	case ledger.KindQuestion:
		s.question(i)
	case ledger.KindRequest:
		s.request(r, i)
	case ledger.KindOutput:
		s.outputItem(i)
	}
}

// outputItem prints the output of a tool call.
func (s *screen) outputItem(i *ledger.Item) {
	s.line(accent, "* %s the output of %s:", i.Label(), display.OneLine(i.Heading))
	s.line(plain, "%s", display.Block(i.Output.Kept()))
	if missing := i.Output.Size() - i.Output.KeptSize(); i.Output.KeptSize() >= toolcall.MaxKeptOutput && missing > 0 {
		s.line(dim, "  … and about %d more bytes, which are not kept", missing)
	}
}

// truncatedItem prints an item of which only the beginning is known.
func (s *screen) truncatedItem(i *ledger.Item) {
	what, text, rest := i.Author+" proposes", display.Indent(i.Approval.Prompt), "all of its %d bytes are being fetched, to be shown here"
	switch i.Kind {
	case ledger.KindTurn:
		what, rest = i.Author+" prompted", "/show "+i.Label()+" shows all of its %d bytes"
	case ledger.KindRequest:
		what, text = "the agent asks for input", display.Indent(i.Request.Message)
	case ledger.KindQuestion:
		what, text = "the agent asks to", display.Indent(i.Question.Call.Heading())
	}
	s.line(alert, "? %s %s: %s…\n  (this is the beginning; %s)", i.Label(), what, text, fmt.Sprintf(rest, i.FullSize()))
}

// promptText formats a prompt with a warning if characters of it cannot be seen.
func promptText(prompt string) string {
	return display.Indent(prompt) + display.HiddenWarning(prompt)
}

// proposal prints a proposal, and for the host how to decide on it.
func (s *screen) proposal(r *room, i *ledger.Item) {
	if !i.IsOpen() {
		s.line(alert, "? %s %s proposed%s: %s", i.Label(), i.Author, display.Because(&i.Outcome), promptText(i.Approval.Prompt))
		return
	}
	hint := ""
	if r.self.Role == protocol.RoleHost && r.readOnly == "" {
		hint = fmt.Sprintf("\n  (/approve %s or /reject %s)", i.Label(), i.Label())
	}
	s.line(alert, "? %s %s proposes%s: %s%s%s", i.Label(), i.Author, r.circumstances(i.Approval), display.Indent(i.Approval.Prompt), display.HiddenWarning(i.Author, i.Approval.Prompt)+contentText(i.Approval.Content), hint)
	if i.Edited != "" {
		s.editedPrompt(i)
	}
}

// editedPrompt prints the text that /approve sends instead of a proposal.
func (s *screen) editedPrompt(i *ledger.Item) {
	s.line(alert, "? %s would be sent to the agent as: %s\n  (/approve %s sends this text; /edit %s without a text discards it)",
		i.Label(), promptText(protocol.NameContent(i.Edited, i.Approval.Content))+contentText(i.Approval.Content), i.Label(), i.Label())
}

// question prints a question of the agent, with everything that is decided.
func (s *screen) question(i *ledger.Item) {
	name, q := i.Label(), i.Question
	if !i.IsOpen() {
		s.line(alert, "? %s the agent asked to: %s%s\n  (%s)", name, display.Indent(q.Call.Heading()), q.Body(), i.Outcome)
		return
	}
	s.line(alert, "? %s the agent asks to: %s%s\n  (/allow %s, /deny %s, or /allow %s with one of: %s)",
		name, display.Indent(q.Call.Heading()), q.Body(), name, name, name, q.ListOptions())
}
