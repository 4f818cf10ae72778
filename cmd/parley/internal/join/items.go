package join

import (
	"fmt"
	"strings"
	"time"

	"parley/cmd/parley/internal/display"
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
	case len(r.ledger.open(kindQuestion))+len(r.ledger.open(kindRequest)) > 0:
		return "waiting for an answer"
	case r.agent.Turn != nil:
		return "working"
	}
	waits := map[string]bool{}
	for _, q := range r.queue {
		waits[q.ApprovalID] = true
	}
	for _, i := range r.ledger.open(kindTurn) {
		if !waits[i.id] {
			return "working"
		}
	}
	return string(status)
}

// openItems prints all open items in full.
func (s *screen) openItems(r *room) {
	for _, i := range r.ledger.items {
		if i.isOpen() {
			s.item(r, i)
		}
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
		s.line(dim, "* %s (%s%s)%s", r.displayName(p), display.OneLine(string(p.Role)), away, display.HiddenWarning(p.Name()))
	}
	if r.moreAfter != "" {
		s.line(dim, "* and others, whose names are being fetched; then /who lists them")
	}
}

// item prints an item in full.
func (s *screen) item(r *room, i *item) {
	if i.kind != kindOutput && i.fullSize() > 0 {
		s.truncatedItem(i)
		return
	}
	switch i.kind {
	case kindProposal:
		s.proposal(r, i)
	case kindTurn:
		s.line(accent, "* %s %s prompted%s: %s", i.label(), i.author, because(&i.outcome), promptText(i.approval.Prompt)+contentText(i.approval.Content))
	case kindQuestion:
		s.question(i)
	case kindRequest:
		s.request(r, i)
	case kindOutput:
		s.outputItem(i)
	}
}

// outputItem prints the output of a tool call.
func (s *screen) outputItem(i *item) {
	s.line(accent, "* %s the output of %s:", i.label(), display.OneLine(i.heading))
	s.line(plain, "%s", display.Block(i.output.Kept()))
	if missing := i.output.Size() - i.output.KeptSize(); i.output.KeptSize() >= toolcall.MaxKeptOutput && missing > 0 {
		s.line(dim, "  … and about %d more bytes, which are not kept", missing)
	}
}

// truncatedItem prints an item of which only the beginning is known.
func (s *screen) truncatedItem(i *item) {
	what, text, rest := i.author+" proposes", display.Indent(i.approval.Prompt), "all of its %d bytes are being fetched, to be shown here"
	switch i.kind {
	case kindTurn:
		what, rest = i.author+" prompted", "/show "+i.label()+" shows all of its %d bytes"
	case kindRequest:
		what, text = "the agent asks for input", display.Indent(i.request.Message)
	case kindQuestion:
		what, text = "the agent asks to", display.Indent(i.question.call.Heading())
	}
	s.line(alert, "? %s %s: %s…\n  (this is the beginning; %s)", i.label(), what, text, fmt.Sprintf(rest, i.fullSize()))
}

// promptText formats a prompt with a warning if characters of it cannot be seen.
func promptText(prompt string) string {
	return display.Indent(prompt) + display.HiddenWarning(prompt)
}

// proposal prints a proposal, and for the host how to decide on it.
func (s *screen) proposal(r *room, i *item) {
	if !i.isOpen() {
		s.line(alert, "? %s %s proposed%s: %s", i.label(), i.author, because(&i.outcome), promptText(i.approval.Prompt))
		return
	}
	hint := ""
	if r.self.Role == protocol.RoleHost && r.readOnly == "" {
		hint = fmt.Sprintf("\n  (/approve %s or /reject %s)", i.label(), i.label())
	}
	s.line(alert, "? %s %s proposes%s: %s%s%s", i.label(), i.author, r.circumstances(i.approval), display.Indent(i.approval.Prompt), display.HiddenWarning(i.author, i.approval.Prompt)+contentText(i.approval.Content), hint)
	if i.edited != "" {
		s.editedPrompt(i)
	}
}

// editedPrompt prints the text that /approve sends instead of a proposal.
func (s *screen) editedPrompt(i *item) {
	s.line(alert, "? %s would be sent to the agent as: %s\n  (/approve %s sends this text; /edit %s without a text discards it)",
		i.label(), promptText(protocol.NameContent(i.edited, i.approval.Content))+contentText(i.approval.Content), i.label(), i.label())
}

// question prints a question of the agent, with everything that is decided.
func (s *screen) question(i *item) {
	name, q := i.label(), i.question
	if !i.isOpen() {
		s.line(alert, "? %s the agent asked to: %s%s\n  (%s)", name, display.Indent(q.call.Heading()), q.body(), i.outcome)
		return
	}
	s.line(alert, "? %s the agent asks to: %s%s\n  (/allow %s, /deny %s, or /allow %s with one of: %s)",
		name, display.Indent(q.call.Heading()), q.body(), name, name, name, q.listOptions())
}

// body returns everything that a question says beside its heading.
func (q question) body() string {
	texts := []string{q.call.Heading()}
	for _, o := range q.options {
		texts = append(texts, o.Name)
	}
	details := q.details()
	for _, d := range details {
		texts = append(texts, d.Text)
	}
	return formatDetails(details) + display.HiddenWarning(texts...)
}

// details returns what the question says besides the heading of its call.
func (q question) details() []toolcall.Detail {
	var details []toolcall.Detail
	for _, text := range q.texts {
		details = append(details, toolcall.Detail{Text: text})
	}
	return append(details, q.call.Details()...)
}

// formatDetails formats details as indented lines, each after a newline.
func formatDetails(details []toolcall.Detail) string {
	var b strings.Builder
	for _, d := range details {
		text := d.Text
		if d.Label != "" {
			text = d.Label + ": " + text
		}
		b.WriteString("\n" + display.Block(text))
	}
	return b.String()
}
