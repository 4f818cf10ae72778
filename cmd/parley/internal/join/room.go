package join

import (
	"time"
	"unicode"
	"unicode/utf8"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/ledger"
	"parley/cmd/parley/internal/story"
	"parley/cmd/parley/internal/toolcall"
	"parley/protocol"
)

// room is the state of the session, computed from the welcome and the events after it. It
// is for one goroutine.
type room struct {
	self         protocol.Participant
	readOnly     string // why the session can only be read; empty if the person takes part
	mode         protocol.Mode
	participants []protocol.Participant // those who have not left, in the order of joining
	agent        protocol.Agent         // its facts and its refused mode
	present      []string               // ids of the participants who are connected
	queue        []protocol.QueuedPrompt
	ledger       *ledger.Ledger
	prompts      promptKind
	welcomes     int // number of welcomes so far

	// used until the participants that the welcome had no room for are known
	moreAfter     string          // id of the participant after whom they joined; empty once all are known
	leftMeanwhile map[string]bool // ids of participants who have left since the welcome

	limits protocol.Limits    // of what can be sent
	files  []protocol.Content // the newest attachments, for /save; at most maxKnownFiles
}

func newRoom() *room { return &room{ledger: ledger.New()} }

// reset replaces the state by that of a welcome. Open items keep their numbers.
func (r *room) reset(w *protocol.Welcome, past *story.Story, now time.Time) {
	r.self, r.mode, r.participants, r.present = w.Participant, w.Session.Mode, nil, w.Presence
	r.agent, r.queue, r.limits = w.Agent, w.Queue, w.Limits
	r.welcomes++
	r.moreAfter, r.leftMeanwhile = w.PeopleAfter, map[string]bool{}
	for _, p := range w.Participants {
		if p.LeftAt == nil {
			r.participants = append(r.participants, p)
		}
	}
	open := map[*ledger.Item]bool{}
	for _, a := range w.Approvals {
		open[r.putPrompt(a, r.authorName(w, a.ParticipantID))] = true
	}
	for _, p := range w.Permissions {
		open[r.putQuestion(p, past)] = true
	}
	r.putRequests(w.Elicitations, open)
	for _, k := range []ledger.Kind{ledger.KindQuestion, ledger.KindRequest, ledger.KindProposal, ledger.KindTurn} {
		for _, i := range r.ledger.Open(k) {
			if !open[i] {
				r.ledger.End(i, "while the connection was lost", false, now)
			}
		}
	}
}

// authorName returns the name of a prompt's author, who may have left.
func (r *room) authorName(w *protocol.Welcome, id string) string {
	for _, p := range w.Participants {
		if p.ID == id {
			return r.displayName(p)
		}
	}
	return unknownName
}

// promptKind is what the person's prompts become, and what they became before.
type promptKind struct {
	now, before protocol.PromptAs // empty if the person may not prompt
	since       time.Time         // when the change was shown
}

// expectedPromptAs returns what the author of a line expects a prompt to become. A change
// of the mode or the role counts once the author can have seen it.
func (r *room) expectedPromptAs(m ledger.Moment) protocol.PromptAs {
	read := m.Ended
	if m.Person {
		read = read.Add(-ledger.ReadingTime)
	}
	if r.prompts.since.After(read) && r.prompts.before != "" {
		return r.prompts.before
	}
	return r.prompts.now
}

// currentPromptAs returns what a prompt becomes by the current mode and role.
func (r *room) currentPromptAs() protocol.PromptAs {
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

// putPrompt adds or updates the item of a prompt. It returns nil if the prompt is closed.
func (r *room) putPrompt(a protocol.Approval, author string) *ledger.Item {
	r.know(a.Content)
	k := ledger.KindProposal
	switch a.Status {
	case protocol.ApprovalPending:
	case protocol.ApprovalApproved:
		k = ledger.KindTurn
	default:
		return nil
	}
	i := r.ledger.Put(k, a.ID)
	if !a.Truncated || i.Approval.Status != a.Status {
		i.Approval = a // otherwise the whole text is known: an id stands for one text
	}
	if i.Author == "" || author != unknownName {
		i.Author = author
	}
	return i
}

// putQuestion adds or updates the item of a question.
func (r *room) putQuestion(p protocol.Permission, past *story.Story) *ledger.Item {
	i := r.ledger.Put(ledger.KindQuestion, p.RequestID)
	q, id := ledger.NewQuestion(p)
	if p.Truncated {
		if len(i.Question.Options) == 0 { // otherwise the whole question is known
			i.Question = q
		}
		return i
	}
	q.Call = q.Call.WithAnnounced(past.Announced(id))
	i.Question = q
	if id != nil {
		past.Call(*id, "").Details = toolcall.Format(q.Call.RunningDetails()) // the question shows them
	}
	return i
}

// openItem returns the item with an id of the server if it is open and of the given kind,
// or nil.
func (r *room) openItem(k ledger.Kind, id string) *ledger.Item {
	if i := r.ledger.Find(id); i != nil && i.Kind == k && i.IsOpen() {
		return i
	}
	return nil
}

// markShown records that everything open and complete has been shown, and what a prompt
// becomes now.
func (r *room) markShown(now time.Time) {
	if as := r.currentPromptAs(); as != r.prompts.now {
		r.prompts = promptKind{now: as, before: r.prompts.now, since: now}
	}
	r.ledger.MarkShown(now)
}

// unknownName stands for a name that is not known.
const unknownName = "a participant who has left"

// displayName returns the name of a participant for output. A name that does not begin
// with a letter or digit is quoted, because people can choose names that look like a line
// of the program, such as "? #3 the agent asks to".
func (r *room) displayName(p protocol.Participant) string {
	name := display.OneLine(p.Name())
	if first, _ := utf8.DecodeRuneInString(name); !unicode.IsLetter(first) && !unicode.IsNumber(first) {
		return "“" + name + "”"
	}
	return name
}
