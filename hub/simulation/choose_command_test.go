package simulation

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"parley/protocol"
)

// commandKind is a kind of command, with the weights by which hosts and guests send it,
// whether they may or not. Its make function returns nil if the command makes no sense
// now.
type commandKind struct {
	host, guest int
	say         func(*run, *rand.Rand, *room) (protocol.Command, string)
}

var commandKinds = []commandKind{
	{12, 20, (*run).chat},
	{12, 40, (*run).propose},
	{30, 4, (*run).decideApproval},
	{18, 3, (*run).answerQuestion},
	{6, 8, (*run).cancel},
	{14, 3, (*run).moderate},
	{4, 8, (*run).history},
	{6, 10, (*run).shortCommand},
}

// chooseCommand draws a command. The caller holds mu.
func (r *run) chooseCommand(rng *rand.Rand, p *person) (protocol.Command, string) {
	often := func(s commandKind) int { return s.guest }
	if p == p.room.owner {
		often = func(s commandKind) int { return s.host }
	}
	total := 0
	for _, s := range commandKinds {
		total += often(s)
	}
	n := rng.IntN(total)
	for _, s := range commandKinds {
		if n -= often(s); n < 0 {
			return s.say(r, rng, p.room)
		}
	}
	return nil, ""
}

func (r *run) chat(rng *rand.Rand, _ *room) (protocol.Command, string) {
	text := fmt.Sprintf("hello %d %s", len(r.operations), strings.Repeat("x", rng.IntN(3)*rng.IntN(200)))
	return &protocol.Chat{Text: text}, "chat"
}

func (r *run) propose(*rand.Rand, *room) (protocol.Command, string) {
	return &protocol.Prompt{Prompt: fmt.Sprintf("do %d", len(r.operations))}, "prompt"
}

// decideApproval approves, edits or rejects a prompt, usually a pending one.
func (r *run) decideApproval(rng *rand.Rand, m *room) (protocol.Command, string) {
	var waiting []*prompt
	for _, q := range m.prompts {
		if q.pending {
			waiting = append(waiting, q)
		}
	}
	q, ok := oneOf(rng, waiting)
	if !ok {
		if q, ok = oneOf(rng, m.prompts); !ok {
			return nil, ""
		}
	}
	c := &protocol.Approve{ApprovalID: q.id, Action: protocol.ActionApprove}
	switch rng.IntN(5) {
	case 0:
		c.Action = protocol.ActionReject
	case 1:
		edited := fmt.Sprintf("do %d, edited", len(r.operations))
		c.Prompt = &edited
	}
	return c, c.Action + " " + r.nameOf(q.id)
}

// answerQuestion answers one of the newest permission requests, which are usually open.
func (r *run) answerQuestion(rng *rand.Rand, m *room) (protocol.Command, string) {
	q, ok := oneOf(rng, lastOf(m.questions, 2))
	if !ok {
		return nil, ""
	}
	option := pick(rng, []string{"yes", "no", "yes", "no", "maybe"})
	return &protocol.AnswerPermission{RequestID: q.id, OptionID: option}, fmt.Sprintf("%s to %s", option, q.id)
}

func (r *run) cancel(rng *rand.Rand, m *room) (protocol.Command, string) {
	if q, ok := oneOf(rng, lastOf(m.prompts, 4)); ok && rng.IntN(2) == 0 {
		return &protocol.Cancel{ApprovalID: q.id}, "cancel " + r.nameOf(q.id)
	}
	return &protocol.Cancel{}, "cancel"
}

// moderate returns a command of hosts that changes the mode or affects a participant.
func (r *run) moderate(rng *rand.Rand, m *room) (protocol.Command, string) {
	who := pick(rng, m.people)
	switch rng.IntN(10) {
	case 0, 1:
		return &protocol.Remove{ParticipantID: who.ID, KeepInvite: rng.IntN(2) == 0}, "remove " + who.UserID
	case 2, 3, 4:
		role := pick(rng, []protocol.Role{protocol.RoleCollaborator, protocol.RoleViewer})
		return &protocol.SetRole{ParticipantID: who.ID, Role: role}, fmt.Sprintf("%s is %s", who.UserID, role)
	case 5:
		return &protocol.RotateInvite{}, "rotate the invite"
	}
	mode := pick(rng, []protocol.Mode{protocol.ModePromptDirect, protocol.ModePromptWithApproval, protocol.ModeCommentOnly, protocol.ModeViewOnly})
	return &protocol.SetMode{Mode: mode}, "mode " + string(mode)
}

func (r *run) history(rng *rand.Rand, m *room) (protocol.Command, string) {
	h := &protocol.History{Limit: 1 + rng.IntN(20)}
	cursor := m.cursor(uint64(rng.IntN(int(m.head()) + 1)))
	switch rng.IntN(3) {
	case 0:
		h.Before = cursor
	case 1:
		h.After = cursor
	}
	return h, "history"
}

func (r *run) shortCommand(rng *rand.Rand, _ *room) (protocol.Command, string) {
	c := pick(rng, []protocol.Command{
		&protocol.Typing{Active: true}, &protocol.Typing{}, &protocol.Ping{}, &protocol.StopAgent{},
		&protocol.Leave{}, &protocol.Leave{}, &protocol.Close{},
	})
	if c.CommandType() == protocol.CommandStopAgent {
		r.stopped = true
	}
	return c, string(c.CommandType())
}
