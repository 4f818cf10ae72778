package simulation

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"parley/protocol"
)

// sayings are the kinds of command that somebody gives, whether allowed to or
// not, and how often. One makes nothing where it would make no sense.
var sayings = []struct {
	weight int
	say    func(*run, *rand.Rand, *room) (protocol.Command, string)
}{
	{18, (*run).chat},
	{20, (*run).propose},
	{20, (*run).decideOn},
	{10, (*run).answerQuestion},
	{7, (*run).cancel},
	{10, (*run).rule},
	{5, (*run).history},
	{8, (*run).sayShortly},
}

// anyCommand has to be called with mu held.
func (r *run) anyCommand(rng *rand.Rand, m *room) (protocol.Command, string) {
	total := 0
	for _, s := range sayings {
		total += s.weight
	}
	n := rng.IntN(total)
	for _, s := range sayings {
		if n -= s.weight; n < 0 {
			return s.say(r, rng, m)
		}
	}
	return nil, ""
}

func (r *run) chat(rng *rand.Rand, _ *room) (protocol.Command, string) {
	text := fmt.Sprintf("hello %d %s", len(r.orders), strings.Repeat("x", rng.IntN(3)*rng.IntN(200)))
	return &protocol.Chat{Text: text}, "chat"
}

func (r *run) propose(*rand.Rand, *room) (protocol.Command, string) {
	return &protocol.Prompt{Prompt: fmt.Sprintf("do %d", len(r.orders))}, "prompt"
}

// decideOn approves, edits or rejects a prompt, mostly one that waits.
func (r *run) decideOn(rng *rand.Rand, m *room) (protocol.Command, string) {
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
		edited := fmt.Sprintf("do %d, edited", len(r.orders))
		c.Prompt = &edited
	}
	return c, c.Action + " " + r.nameOf(q.id)
}

func (r *run) answerQuestion(rng *rand.Rand, m *room) (protocol.Command, string) {
	q, ok := oneOf(rng, lastOf(m.questions, 4))
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

// rule is what hosts do, to the mode and to people.
func (r *run) rule(rng *rand.Rand, m *room) (protocol.Command, string) {
	who := pick(rng, m.people)
	switch rng.IntN(10) {
	case 0, 1:
		return &protocol.Remove{ParticipantID: who.ID}, "remove " + who.UserID
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

func (r *run) sayShortly(rng *rand.Rand, _ *room) (protocol.Command, string) {
	c := pick(rng, []protocol.Command{
		&protocol.Typing{Active: true}, &protocol.Typing{}, &protocol.Ping{}, &protocol.StopAgent{},
		&protocol.Leave{}, &protocol.Leave{}, &protocol.Close{},
	})
	return c, string(c.CommandType())
}
