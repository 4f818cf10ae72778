package join

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"parley/protocol"
)

// room is what is known of the session: folded from the welcome and the events
// after it. It is for one goroutine.
type room struct {
	self     protocol.Participant
	mode     protocol.Mode
	people   []protocol.Participant // who has not left, in join order
	present  []string               // ids of those who are connected
	pending  []pending              // prompts that wait, oldest first
	asked    []question             // questions that wait, oldest first
	numbered int                    // prompts that have a number
}

// pending is a prompt that waits, under the number that people type.
type pending struct {
	number int
	protocol.Approval
}

// question is a permission request that waits.
type question struct {
	id      string
	title   string
	options []option
}

// option is one answer that the agent offers.
type option struct {
	ID   string `json:"optionId"`
	Name string `json:"name"`
	Kind string `json:"kind"`
}

// enter begins anew with a welcome. Numbers that were shown stay used.
func (r *room) enter(w *protocol.Welcome) {
	r.self, r.mode, r.people, r.present = w.Participant, w.Session.Mode, nil, w.Presence
	for _, p := range w.Participants {
		if p.LeftAt == nil {
			r.people = append(r.people, p)
		}
	}
	r.pending, r.asked = nil, nil
	for _, a := range w.Approvals {
		if a.Status == protocol.ApprovalPending {
			r.propose(a)
		}
	}
	for _, p := range w.Permissions {
		r.asked = append(r.asked, questionOf(p))
	}
}

func (r *room) propose(a protocol.Approval) {
	r.numbered++
	r.pending = append(r.pending, pending{r.numbered, a})
}

// fold takes an event in, after it was shown.
func (r *room) fold(p protocol.Payload) {
	switch p := p.(type) {
	case *protocol.SessionUpdated:
		r.mode = p.Session.Mode
	case *protocol.ParticipantJoined:
		r.put(p.Participant)
	case *protocol.ParticipantUpdated:
		r.put(p.Participant)
	case *protocol.ParticipantLeft:
		r.people = slices.DeleteFunc(r.people, func(o protocol.Participant) bool { return o.ID == p.Participant.ID })
	case *protocol.PromptApproved:
		r.decided(p.Approval.ID)
	case *protocol.PromptRejected:
		r.decided(p.Approval.ID)
	case *protocol.PromptDispatchFailed:
		r.decided(p.ApprovalID)
	case *protocol.PermissionResolved:
		r.answered(p.RequestID)
	case *protocol.PermissionWithdrawn:
		r.answered(p.RequestID)
	}
}

// expect takes in what an event asks of people, before it is shown.
func (r *room) expect(p protocol.Payload) {
	switch p := p.(type) {
	case *protocol.PromptPendingApproval:
		r.propose(p.Approval)
	case *protocol.PermissionRequested:
		r.asked = append(r.asked, questionOf(p.Permission))
	}
}

func (r *room) put(p protocol.Participant) {
	if i := slices.IndexFunc(r.people, func(o protocol.Participant) bool { return o.ID == p.ID }); i >= 0 {
		r.people[i] = p
	} else {
		r.people = append(r.people, p)
	}
	if p.ID == r.self.ID {
		r.self = p
	}
}

func (r *room) decided(id string) {
	r.pending = slices.DeleteFunc(r.pending, func(p pending) bool { return p.ID == id })
}

func (r *room) answered(id string) {
	r.asked = slices.DeleteFunc(r.asked, func(q question) bool { return q.id == id })
}

// name returns what to call a participant.
func (r *room) name(id string) string {
	for _, p := range r.people {
		if p.ID == id {
			return oneLine(p.Name(), 40)
		}
	}
	return "somebody"
}

// number returns the number of a prompt that waits, or 0.
func (r *room) number(approvalID string) int {
	for _, p := range r.pending {
		if p.ID == approvalID {
			return p.number
		}
	}
	return 0
}

// prompt finds the prompt that a number means; 0 means the only one.
func (r *room) prompt(number int) (pending, error) {
	if len(r.pending) == 0 {
		return pending{}, fmt.Errorf("no prompt waits")
	}
	if number == 0 && len(r.pending) == 1 {
		return r.pending[0], nil
	}
	var numbers []string
	for _, p := range r.pending {
		if p.number == number {
			return p, nil
		}
		numbers = append(numbers, strconv.Itoa(p.number))
	}
	return pending{}, fmt.Errorf("say which prompt: %s", strings.Join(numbers, ", "))
}

// answer finds the oldest question and the option that a word means: its number
// in the list, its id or its name. Without a word it is the first of the kinds.
func (r *room) answer(word string, kinds ...string) (question, option, error) {
	if len(r.asked) == 0 {
		return question{}, option{}, fmt.Errorf("the agent asks nothing")
	}
	q := r.asked[0]
	for i, o := range q.options {
		if word != "" && (word == strconv.Itoa(i+1) || word == o.ID || strings.EqualFold(word, o.Name)) {
			return q, o, nil
		}
	}
	for _, kind := range kinds {
		for _, o := range q.options {
			if word == "" && o.Kind == kind {
				return q, o, nil
			}
		}
	}
	return q, option{}, fmt.Errorf("say /allow with one of: %s", q.list())
}

// list names the options with their numbers.
func (q question) list() string {
	var names []string
	for i, o := range q.options {
		names = append(names, fmt.Sprintf("%d %s", i+1, oneLine(o.Name, 60)))
	}
	return strings.Join(names, ", ")
}

// questionOf reads what the agent sent as far as it is as it should be.
func questionOf(p protocol.Permission) question {
	q := question{id: p.RequestID}
	var call struct {
		Title string `json:"title"`
	}
	_ = json.Unmarshal(p.ToolCall, &call)
	_ = json.Unmarshal(p.Options, &q.options)
	if q.title = oneLine(call.Title, 200); q.title == "" {
		q.title = "something that it does not name"
	}
	return q
}
