package join

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"parley/protocol"
)

// room is what is known of the session: folded from the welcome and the events
// after it. It is for one goroutine.
type room struct {
	self     protocol.Participant
	readOnly string // why one can only read; empty where one takes part
	mode     protocol.Mode
	people   []protocol.Participant // those who have not left, in the order of joining
	present  []string               // ids of the participants who are connected
	ledger   *ledger
	becomes  becomes
	welcomes int // how many there were

	// Used until the participants that did not fit into the welcome are known:
	peopleAfter string          // behind whom they joined; empty when all are known
	gone        map[string]bool // ids of those who have left since, who may be among them
}

func newRoom() *room { return &room{ledger: newLedger()} }

// question is a permission request.
type question struct {
	call    toolCall
	options []option
	cut     int // bytes of the whole where this is its name alone, without options; else 0
}

// option is one answer that the agent offers.
type option struct{ ID, Name, Kind string }

// enter begins anew with a welcome. What waits keeps the numbers that it had.
func (r *room) enter(w *protocol.Welcome, calls *calls, now time.Time) {
	r.self, r.mode, r.people, r.present = w.Participant, w.Session.Mode, nil, w.Presence
	r.welcomes++
	r.peopleAfter, r.gone = w.PeopleAfter, map[string]bool{}
	for _, p := range w.Participants {
		if p.LeftAt == nil {
			r.people = append(r.people, p)
		}
	}
	open := map[*item]bool{}
	for _, a := range w.Approvals {
		open[r.prompt(a, r.authorIn(w, a.ParticipantID))] = true
	}
	for _, p := range w.Permissions {
		open[r.ask(p, calls)] = true
	}
	for _, k := range []kind{kindQuestion, kindProposal, kindTurn} {
		for _, i := range r.ledger.waiting(k) {
			if !open[i] {
				r.ledger.end(i, "while the connection was lost", false, now)
			}
		}
	}
}

// authorIn returns the name of a prompt's author, who may have left.
func (r *room) authorIn(w *protocol.Welcome, id string) string {
	for _, p := range w.Participants {
		if p.ID == id {
			return r.nameOf(p)
		}
	}
	return nameless
}

// becomes is what a prompt of one's own becomes, and what it became before.
type becomes struct {
	now, before protocol.PromptAs // empty where one may not prompt
	since       time.Time         // when the change was shown
}

// promptAs returns what the author of a line expects a prompt to become. A change
// of the mode or the role counts once the author can have seen it.
func (r *room) promptAs(m moment) protocol.PromptAs {
	known := m.ended
	if m.person {
		known = known.Add(-glance)
	}
	if r.becomes.since.After(known) && r.becomes.before != "" {
		return r.becomes.before
	}
	return r.becomes.now
}

func (r *room) promptBecomes() protocol.PromptAs {
	switch {
	case r.self.Role == protocol.RoleHost:
		return protocol.PromptAsDirect
	case r.self.Role != protocol.RoleCollaborator:
		return ""
	case r.mode == protocol.ModePromptWithApproval:
		return protocol.PromptAsProposal
	case r.mode == protocol.ModePromptDirect:
		return protocol.PromptAsDirect
	}
	return ""
}

// prompt takes in a prompt as it stands, and returns its item unless it is
// done.
func (r *room) prompt(a protocol.Approval, author string) *item {
	k := kindProposal
	switch a.Status {
	case protocol.ApprovalPending:
	case protocol.ApprovalApproved:
		k = kindTurn
	default:
		return nil
	}
	i := r.ledger.put(k, a.ID)
	if !a.Truncated || i.approval.Status != a.Status {
		i.approval = a // else the whole is known: an id stands for one text
	}
	if i.author == "" || author != nameless {
		i.author = author
	}
	return i
}

// ask takes in a question of the agent.
func (r *room) ask(p protocol.Permission, calls *calls) *item {
	i := r.ledger.put(kindQuestion, p.RequestID)
	if p.Truncated {
		if len(i.question.options) == 0 { // else the whole is known
			i.question = questionOf(p)
		}
		return i
	}
	i.question = questionOf(p)
	i.question.call = i.question.call.over(calls.get(i.question.call.ID).toolCall)
	known := calls.put(i.question.call)
	known.details = shownDetails(known.deeds()) // the question shows them
	return i
}

// expect takes in what an event asks of people, before it is shown.
func (r *room) expect(p protocol.Payload, calls *calls) {
	switch p := p.(type) {
	case *protocol.PromptPendingApproval:
		r.prompt(p.Approval, r.nameOf(p.Participant))
	case *protocol.PermissionRequested:
		r.ask(p.Permission, calls)
	}
}

// fold takes an event in, after it was shown.
func (r *room) fold(p protocol.Payload, now time.Time) {
	switch p := p.(type) {
	case *protocol.SessionUpdated:
		r.mode = p.Session.Mode
	case *protocol.ParticipantJoined:
		r.put(p.Participant)
	case *protocol.ParticipantUpdated:
		r.put(p.Participant)
	case *protocol.ParticipantLeft:
		r.part(p.Participant.ID)
	case *protocol.PermissionResolved, *protocol.PermissionWithdrawn:
		r.answered(p, now)
	default:
		r.turned(p, now)
	}
	r.seen(now)
}

// turned takes in what becomes of a prompt.
func (r *room) turned(p protocol.Payload, now time.Time) {
	switch p := p.(type) {
	case *protocol.PromptApproved:
		own := p.Participant.ID == r.self.ID
		if i := r.ledger.find(p.Approval.ID); i != nil && i.kind == kindProposal {
			r.ledger.left(i, own, now)
		}
		r.prompt(p.Approval, r.name(p.Approval.ParticipantID))
	case *protocol.PromptRejected:
		r.ledger.end(r.ledger.find(p.Approval.ID), "rejected by "+r.nameOf(p.Participant), p.Participant.ID == r.self.ID, now)
	case *protocol.PromptDispatchCompleted:
		r.ledger.end(r.ledger.find(p.ApprovalID), "the turn has ended", false, now)
	case *protocol.PromptDispatchFailed:
		r.ledger.end(r.ledger.find(p.ApprovalID), short(p.Error, 100), false, now)
	}
}

func (r *room) answered(p protocol.Payload, now time.Time) {
	switch p := p.(type) {
	case *protocol.PermissionResolved:
		own := p.Participant != nil && p.Participant.ID == r.self.ID
		r.ledger.end(r.ledger.find(p.RequestID), "answered by "+r.answerer(p), own, now)
	case *protocol.PermissionWithdrawn:
		r.ledger.end(r.ledger.find(p.RequestID), "it needs no answer any more", false, now)
	}
}

// answerer names the participant or the rule that answered a question.
func (r *room) answerer(p *protocol.PermissionResolved) string {
	if p.Participant != nil {
		return r.nameOf(*p.Participant)
	}
	return oneLine(string(p.Source))
}

// seen notes that everything that waits has been shown, as far as it is here, and
// what a prompt becomes.
func (r *room) seen(now time.Time) {
	if as := r.promptBecomes(); as != r.becomes.now {
		r.becomes = becomes{now: as, before: r.becomes.now, since: now}
	}
	for _, i := range r.ledger.items {
		if i.done == "" && i.shown.IsZero() && i.cut() == 0 {
			i.shown = now
		}
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

// name returns what to call a participant.
func (r *room) name(id string) string {
	for _, p := range r.people {
		if p.ID == id {
			return r.nameOf(p)
		}
	}
	return nameless
}

// nameless stands for a name that is not known here.
const nameless = "a participant who has left"

// nameOf returns a participant's name as it is shown. One that begins with a sign,
// as lines of the program do, stands in quotation marks: "? #3 the agent asks to"
// is a name that a person can choose.
func (r *room) nameOf(p protocol.Participant) string {
	name := oneLine(p.Name())
	if first, _ := utf8.DecodeRuneInString(name); !unicode.IsLetter(first) && !unicode.IsNumber(first) {
		return "“" + name + "”"
	}
	return name
}

// waiting returns the item with the server's id if it waits as that kind.
func (r *room) waiting(k kind, id string) *item {
	if i := r.ledger.find(id); i != nil && i.kind == k && i.done == "" {
		return i
	}
	return nil
}

// choose finds the option that a word means: its number in the list, or else
// its name or id, if that is one option's alone. Without a word it is the only
// option of the kind. A number is digits and nothing else, so that "+1" is a name,
// and never an id.
func (q question) choose(word, kind string) (option, error) {
	if word == "" {
		return q.only(func(o option) bool { return o.Kind == kind })
	}
	if strings.Trim(word, "0123456789") == "" {
		n, err := strconv.Atoi(word)
		if err != nil || n < 1 || n > len(q.options) {
			return option{}, fmt.Errorf("there is no option %s; the options are: %s", short(word, 20), q.list())
		}
		return q.options[n-1], nil
	}
	return q.only(func(o option) bool { return strings.EqualFold(word, oneLine(o.Name)) || word == o.ID })
}

// only returns the option that is so, if there is exactly one.
func (q question) only(is func(option) bool) (option, error) {
	var found []option
	for _, o := range q.options {
		if is(o) {
			found = append(found, o)
		}
	}
	if len(found) != 1 {
		return option{}, fmt.Errorf("say which option, by its number: %s", q.list())
	}
	return found[0], nil
}

// does says what an option does, whatever the agent calls it.
func (o option) does() string {
	switch o.Kind {
	case "allow_once":
		return "allows"
	case "allow_always":
		return "allows, lasts"
	case "reject_once":
		return "rejects"
	case "reject_always":
		return "rejects, lasts"
	}
	return "of no known kind"
}

// list names the options with their numbers, and says what each does.
func (q question) list() string {
	var names []string
	for i, o := range q.options {
		name := oneLine(o.Name)
		if strings.ContainsAny(name, ",()0123456789") {
			name = strconv.Quote(name)
		}
		names = append(names, fmt.Sprintf("%d %s (%s)", i+1, name, o.does()))
	}
	return strings.Join(names, ", ")
}

// questionOf reads what the agent sent as far as it is as it should be.
func questionOf(p protocol.Permission) question {
	q := question{call: decodeCall(p.ToolCall), cut: p.WholeBytes}
	var list []json.RawMessage
	_ = json.Unmarshal(p.Options, &list)
	for _, raw := range list {
		var o option
		decodeMembers(raw, map[string]any{"optionId": &o.ID, "name": &o.Name, "kind": &o.Kind})
		q.options = append(q.options, o)
	}
	return q
}
