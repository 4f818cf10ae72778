package host

import (
	"strconv"
	"strings"

	"parley/hub/rules"
	"parley/protocol"
)

// attribution is the _meta of a prompt request: the author and the approver of the prompt.
type attribution struct {
	Parley struct {
		ApprovalID string          `json:"approvalId"`
		ApprovedBy participantMeta `json:"approvedBy"`
		Author     participantMeta `json:"author"`
	} `json:"parley"`
}

// participantMeta identifies a participant to an agent.
type participantMeta struct {
	ParticipantID string `json:"participantId"`
	UserID        string `json:"userId"`
	Name          string `json:"name"`
}

func participantMetaOf(p protocol.Participant) participantMeta {
	return participantMeta{p.ID, p.UserID, p.Name()}
}

// attributionOf returns the _meta of a turn's prompt request.
func attributionOf(t rules.Turn) []byte {
	var a attribution
	a.Parley.ApprovalID = t.Approval
	a.Parley.Author, a.Parley.ApprovedBy = participantMetaOf(t.Author), participantMetaOf(t.Approver)
	return rules.RawJSON(a)
}

// attributionText returns the text that tells the model who wrote and approved a turn's
// prompt; empty if the model is not told. Agents recognize a command only at the
// beginning, so a prompt that runs a command has no such text.
func (s *State) attributionText(t rules.Turn) string {
	if !t.Prefix || s.runsCommand(t.Prompt) {
		return ""
	}
	text := "[" + attributedName(t.Author)
	if t.Approver.ID != t.Author.ID {
		text += ", approved by " + attributedName(t.Approver)
	}
	return text + "]"
}

// attributedName returns the name of a participant for the model. A name that could be
// read as more than a name is quoted.
func attributedName(p protocol.Participant) string {
	name := p.Name()
	if strings.ContainsAny(name, `[](){}<>,;:"\`) || strings.Contains(strings.ToLower(name), "approved") {
		return strconv.Quote(name)
	}
	return name
}

// runsCommand reports whether a prompt begins with a command that the agent has announced.
func (s *State) runsCommand(prompt string) bool {
	word, _, _ := strings.Cut(prompt, "\n")
	word, _, _ = strings.Cut(word, " ")
	name, isCommand := strings.CutPrefix(word, "/")
	if !isCommand {
		return false
	}
	facts := s.Session.Facts
	for _, c := range facts.AvailableCommands {
		if c.Name == name {
			return true
		}
	}
	return facts.AvailableCommandTotal != nil && *facts.AvailableCommandTotal > len(facts.AvailableCommands)
}
