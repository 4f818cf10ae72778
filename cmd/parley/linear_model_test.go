package main

import (
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"

	"github.com/anishathalye/porcupine"

	"parley/protocol"
)

// modelState is the state of a shared session as if all operations were atomic and one
// followed the other. It is immutable: an operation leads to another state.
type modelState struct {
	mode     protocol.Mode
	roles    map[string]protocol.Role // by user
	prompts  []proposal               // oldest first
	messages string                   // one line for each message
	at       uint64                   // number of the newest known event, those of the agent included

	// expected are the effects to come, in the order of the journal. The history must be
	// linearisable in this order, which also keeps the search short.
	expected []effect
}

// effect is an event that a command has caused.
type effect struct {
	name string
	seq  uint64
}

type proposal struct {
	text, by string
	status   protocol.ApprovalStatus
}

const (
	maxOwnPending = 5  // default of hub.Options
	maxQueued     = 32 // default of hub.Options
)

// porcupineModel returns the model that porcupine checks a history against.
func porcupineModel(from modelState) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return from },
		Step: func(state, input, output any) (bool, any) {
			return state.(modelState).step(input.(operation), output.(outcome))
		},
		Equal: func(a, b any) bool { return a.(modelState).equal(b.(modelState)) },
		Hash:  func(state any) uint64 { return state.(modelState).hash() },
		DescribeOperation: func(input, output any) string {
			return fmt.Sprintf("%s → %s", input.(operation), output.(outcome))
		},
		DescribeState: func(state any) string {
			r := state.(modelState)
			return fmt.Sprintf("%s; %s; %s; event %d\n%s", r.mode, r.listRoles(), r.listPrompts(false), r.at, r.messages)
		},
	}
}

// step reports whether an operation can have an outcome in this state, and returns the next
// state.
func (r modelState) step(a operation, got outcome) (bool, modelState) {
	if a.read != "" {
		return r.read(a.read, got.view)
	}
	if got.code == protocol.CodeQueueFull && r.count("", protocol.ApprovalApproved) >= maxQueued {
		return true, r // the model does not know how many turns the agent has completed
	}
	next, code, what := r.decide(a)
	if got.lost && !slices.ContainsFunc(r.expected, func(h effect) bool { return h.name == what }) {
		return true, r // it was never carried out
	}
	if !got.lost && (got.code != code || got.effect != what) {
		return false, r
	}
	if code != "" {
		return true, r
	}
	if len(r.expected) == 0 || r.expected[0].name != what {
		return false, r
	}
	next.at, next.expected = r.expected[0].seq, r.expected[1:]
	return true, next
}

func (r modelState) read(what readKind, got view) (bool, modelState) {
	if what != readMessages { // messages have no cursor
		if got.at < r.at || len(r.expected) > 0 && got.at >= r.expected[0].seq {
			return false, r
		}
		r.at = got.at
	}
	return got == r.show(what), r
}

// decide returns the state after a command and its effect, or the code of the refusal.
func (r modelState) decide(a operation) (next modelState, code protocol.Code, what string) {
	role := r.roles[a.user]
	switch c := a.command.(type) {
	case *protocol.Chat:
		if role == protocol.RoleHost || role == protocol.RoleCollaborator && r.mode != protocol.ModeViewOnly {
			return r.withMessage(c.Text), "", messageEffect(c.Text)
		}
		return r, protocol.CodeCommentNotAllowed, ""
	case *protocol.Prompt:
		return r.prompt(a.user, c.Prompt)
	}
	if role != protocol.RoleHost {
		return r, protocol.CodeHostRequired, ""
	}
	switch c := a.command.(type) {
	case *protocol.Approve:
		return r.approve(a.target, c.Action)
	case *protocol.SetMode:
		r.mode = c.Mode
		return r, "", modeEffect(c.Mode)
	case *protocol.SetRole:
		return r.withRole(a.target, c.Role), "", roleEffect(a.target, c.Role)
	}
	panic(fmt.Sprintf("the model has no command %T", a.command))
}

func (r modelState) prompt(by, text string) (modelState, protocol.Code, string) {
	role := r.roles[by]
	guest := role == protocol.RoleCollaborator
	status := protocol.ApprovalApproved
	switch {
	case role == protocol.RoleHost, guest && r.mode == protocol.ModePromptDirect:
	case guest && r.mode == protocol.ModePromptWithApproval:
		if r.count(by, protocol.ApprovalPending) >= maxOwnPending {
			return r, protocol.CodeTooManyPending, ""
		}
		status = protocol.ApprovalPending
		r = r.withMessage(text)
	default:
		return r, protocol.CodePromptNotAllowed, ""
	}
	r.prompts = append(slices.Clone(r.prompts), proposal{text, by, status})
	return r, "", promptEffect(text, status)
}

func (r modelState) approve(text, action string) (modelState, protocol.Code, string) {
	i := slices.IndexFunc(r.prompts, func(p proposal) bool { return p.text == text })
	if i < 0 {
		return r, protocol.CodeApprovalNotFound, ""
	}
	if r.prompts[i].status != protocol.ApprovalPending {
		return r, protocol.CodeApprovalAlreadyResolved, ""
	}
	status := protocol.ApprovalApproved
	if action == protocol.ActionReject {
		status = protocol.ApprovalRejected
	}
	r.prompts = slices.Clone(r.prompts)
	r.prompts[i].status = status
	return r, "", promptEffect(text, status)
}

func (r modelState) withRole(user string, role protocol.Role) modelState {
	r.roles = maps.Clone(r.roles)
	r.roles[user] = role
	return r
}

func (r modelState) withMessage(text string) modelState {
	r.messages += text + "\n"
	return r
}

// count returns how many prompts of a user have a status. An empty user means all users.
func (r modelState) count(by string, status protocol.ApprovalStatus) int {
	n := 0
	for _, p := range r.prompts {
		if p.status == status && (by == "" || p.by == by) {
			n++
		}
	}
	return n
}

// show returns what a read must return in this state.
func (r modelState) show(what readKind) view {
	s := view{r.mode, r.listRoles(), r.listPrompts(false), r.messages, r.at}
	switch what {
	case readMessages:
		return view{messages: r.messages}
	case readState:
		s.messages = ""
	case readWelcome:
		s.messages, s.prompts = "", r.listPrompts(true)
	}
	return s
}

func (r modelState) listRoles() string {
	var list []string
	for _, user := range slices.Sorted(maps.Keys(r.roles)) {
		list = append(list, roleEffect(user, r.roles[user]))
	}
	return strings.Join(list, ", ")
}

func (r modelState) listPrompts(pending bool) string {
	var list []string
	for _, p := range r.prompts {
		if !pending || p.status == protocol.ApprovalPending {
			list = append(list, promptEffect(p.text, p.status))
		}
	}
	return strings.Join(list, ", ")
}

func (r modelState) equal(o modelState) bool {
	return r.at == o.at && len(r.expected) == len(o.expected) && r.mode == o.mode && r.messages == o.messages &&
		maps.Equal(r.roles, o.roles) && slices.Equal(r.prompts, o.prompts)
}

var hashSeed = maphash.MakeSeed()

// hash is computed from the fields that differ most between states.
func (r modelState) hash() uint64 { return maphash.String(hashSeed, r.messages) ^ r.at }
