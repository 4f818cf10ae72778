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

// room is what a shared session is to be, as if everything happened at one
// instant, one thing after the other. A room is never changed: what happens
// leads to another.
type room struct {
	mode    protocol.Mode
	roles   map[string]protocol.Role // by user
	prompts []proposal               // the oldest first
	said    string                   // one line for each message
	at      uint64                   // the newest event that is known of: the agent's are not in ahead

	// ahead is what people will do, in the order that the journal has in the end.
	// A history is to be linearisable in that very order, which also keeps the
	// search for one short.
	ahead []happened
}

// happened is an event that a command has led to.
type happened struct {
	what string
	seq  uint64
}

type proposal struct {
	text, by string
	status   protocol.ApprovalStatus
}

const (
	maxOwnPending = 5  // hub.Options' default
	maxQueued     = 32 // hub.Options' default
)

// rules are what porcupine holds a history against, from a room as it was.
func rules(from room) porcupine.Model {
	return porcupine.Model{
		Init: func() any { return from },
		Step: func(state, input, output any) (bool, any) {
			return state.(room).step(input.(act), output.(reply))
		},
		Equal: func(a, b any) bool { return a.(room).equal(b.(room)) },
		Hash:  func(state any) uint64 { return state.(room).hash() },
		DescribeOperation: func(input, output any) string {
			return fmt.Sprintf("%s → %s", input.(act), output.(reply))
		},
		DescribeState: func(state any) string {
			r := state.(room)
			return fmt.Sprintf("%s; %s; %s; event %d\n%s", r.mode, r.listRoles(), r.listPrompts(false), r.at, r.said)
		},
	}
}

// step reports whether an act can have been answered like that now, and what
// the room is then.
func (r room) step(a act, got reply) (bool, room) {
	if a.read != "" {
		return r.read(a.read, got.shown)
	}
	if got.code == protocol.CodeQueueFull && r.count("", protocol.ApprovalApproved) >= maxQueued {
		return true, r // how many are done by now is the agent's affair
	}
	next, code, what := r.decide(a)
	if got.lost && !slices.ContainsFunc(r.ahead, func(h happened) bool { return h.what == what }) {
		return true, r // it was never carried out
	}
	if !got.lost && (got.code != code || got.what != what) {
		return false, r
	}
	if code != "" {
		return true, r
	}
	if len(r.ahead) == 0 || r.ahead[0].what != what {
		return false, r
	}
	next.at, next.ahead = r.ahead[0].seq, r.ahead[1:]
	return true, next
}

func (r room) read(what reading, got shown) (bool, room) {
	if what != readMessages { // which do not say where they are
		if got.at < r.at || len(r.ahead) > 0 && got.at >= r.ahead[0].seq {
			return false, r
		}
		r.at = got.at
	}
	return got == r.show(what), r
}

// decide returns the room after a command, and what has happened or why the
// command is refused.
func (r room) decide(a act) (next room, code protocol.Code, what string) {
	role := r.roles[a.by]
	switch c := a.do.(type) {
	case *protocol.Chat:
		if role == protocol.RoleHost || role == protocol.RoleCollaborator && r.mode != protocol.ModeViewOnly {
			return r.saying(c.Text), "", saidSo(c.Text)
		}
		return r, protocol.CodeCommentNotAllowed, ""
	case *protocol.Prompt:
		return r.prompt(a.by, c.Prompt)
	}
	if role != protocol.RoleHost {
		return r, protocol.CodeHostRequired, ""
	}
	switch c := a.do.(type) {
	case *protocol.Approve:
		return r.approve(a.about, c.Action)
	case *protocol.SetMode:
		r.mode = c.Mode
		return r, "", nowMode(c.Mode)
	case *protocol.SetRole:
		return r.giving(a.about, c.Role), "", nowRole(a.about, c.Role)
	}
	panic(fmt.Sprintf("the model does not know %T", a.do))
}

func (r room) prompt(by, text string) (room, protocol.Code, string) {
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
		r = r.saying(text)
	default:
		return r, protocol.CodePromptNotAllowed, ""
	}
	r.prompts = append(slices.Clone(r.prompts), proposal{text, by, status})
	return r, "", nowPrompt(text, status)
}

func (r room) approve(text, action string) (room, protocol.Code, string) {
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
	return r, "", nowPrompt(text, status)
}

func (r room) giving(user string, role protocol.Role) room {
	r.roles = maps.Clone(r.roles)
	r.roles[user] = role
	return r
}

func (r room) saying(text string) room {
	r.said += text + "\n"
	return r
}

// count returns how many prompts of somebody, or of anybody, have a status.
func (r room) count(by string, status protocol.ApprovalStatus) int {
	n := 0
	for _, p := range r.prompts {
		if p.status == status && (by == "" || p.by == by) {
			n++
		}
	}
	return n
}

// show is what a reading has to show.
func (r room) show(what reading) shown {
	s := shown{r.mode, r.listRoles(), r.listPrompts(false), r.said, r.at}
	switch what {
	case readMessages:
		return shown{said: r.said}
	case readState:
		s.said = ""
	case readWelcome:
		s.said, s.prompts = "", r.listPrompts(true)
	}
	return s
}

func (r room) listRoles() string {
	var list []string
	for _, user := range slices.Sorted(maps.Keys(r.roles)) {
		list = append(list, nowRole(user, r.roles[user]))
	}
	return strings.Join(list, ", ")
}

func (r room) listPrompts(pending bool) string {
	var list []string
	for _, p := range r.prompts {
		if !pending || p.status == protocol.ApprovalPending {
			list = append(list, nowPrompt(p.text, p.status))
		}
	}
	return strings.Join(list, ", ")
}

func (r room) equal(o room) bool {
	return r.at == o.at && len(r.ahead) == len(o.ahead) && r.mode == o.mode && r.said == o.said &&
		maps.Equal(r.roles, o.roles) && slices.Equal(r.prompts, o.prompts)
}

var hashSeed = maphash.MakeSeed()

// hash takes what differs most: equal rooms have the same.
func (r room) hash() uint64 { return maphash.String(hashSeed, r.said) ^ r.at }
