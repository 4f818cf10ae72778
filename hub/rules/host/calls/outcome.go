package calls

import (
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Outcome is the outcome of a question of the agent, of which a shared session may not have
// heard when the server ends. Its JSON is part of the snapshot of a host session.
type Outcome struct {
	Shared      journal.SessionID             // the shared session that has the question; zero for all that are open
	Question    *rules.Question               `json:",omitempty"` // one that the host session has answered itself; nil for any other
	Permission  *protocol.PermissionResolved  `json:",omitempty"` // either this
	Elicitation *protocol.ElicitationResolved `json:",omitempty"` // or this is set
	Answer      *rules.QuestionAnswer         `json:",omitempty"` // nil if no participant has answered
	URL         string                        `json:",omitempty"` // of the page that the answer accepts to open
}

// maxOutcomes is how many outcomes are remembered. Of others, shared sessions learn that the
// agent waits for no answer.
const maxOutcomes = 8

// AddOutcome notes an outcome.
func (o *Outgoing) AddOutcome(outcome Outcome) {
	o.Outcomes = rules.KeepLast(append(o.Outcomes[:len(o.Outcomes):len(o.Outcomes)], outcome), maxOutcomes)
}

// Messages returns what the shared sessions are told of an outcome. They may know it.
func (o *Outcome) Messages() (messages []rules.Message) {
	if o.Question != nil {
		messages = append(messages, rules.QuestionAsked{Question: *o.Question})
	}
	m := rules.QuestionResolved{Answer: o.Answer, URL: o.URL}
	if o.Permission != nil {
		m.RequestID, m.Resolved = o.Permission.RequestID, o.Permission
	} else {
		m.RequestID, m.Resolved = o.Elicitation.RequestID, o.Elicitation
	}
	return append(messages, m)
}
