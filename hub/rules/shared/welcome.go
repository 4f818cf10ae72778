package shared

import (
	"encoding/json"
	"slices"
	"unicode/utf8"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Welcome is the snapshot of a session for one participant, which the runtime completes.
type Welcome struct {
	protocol.Welcome // without Participants, Present and Recent

	People      []byte // the participants: JSON, separated by commas
	RecentBytes int    // the bytes left for recent events
}

const (
	// maxWelcomeBytes is about the largest size of a welcome, so that clients with slow
	// connections can join every session.
	maxWelcomeBytes = 1 << 20
	// welcomeOverhead bounds the members of a welcome whose size does not depend on
	// participants, items and events. The agent's facts are the largest of them.
	welcomeOverhead = 320 << 10
	// minRecentBytes is left for recent events, however many participants there are.
	minRecentBytes = 64 << 10
	// presenceBytes is the size of an id in the list of present participants.
	presenceBytes = 36 + len(`"",`)
)

// Welcome returns the snapshot for one participant. at is the newest event that the state
// contains.
func (s *State) Welcome(a WelcomeFor, at journal.Head) *Welcome {
	p, _ := s.People.Get(a.Participant)
	if a.departed != nil {
		p = *a.departed
	}
	if a.Token {
		p = s.withToken(p)
	}
	w := &Welcome{}
	w.Welcome = protocol.Welcome{
		Session:     s.sessionFor(p, a.readOnly),
		Participant: p,
		Left:        s.LeftCount,
		Agent:       protocol.Agent{Status: s.Agent, Detail: s.AgentDetail, SilentSince: s.SilentSince, Asleep: s.Asleep, AgentFacts: s.Facts, NeedsSignIn: s.NeedsSignIn, RefusedMode: s.RefusedMode, Turn: s.OwnTurn},
		Cursor:      protocol.NewCursor(uint64(at.Seq), at.Hash).String(),
		Resume:      protocol.ResumeNew,
		ReadOnly:    a.readOnly,
		HeartbeatMS: protocol.Heartbeat.Milliseconds(),
		Limits:      s.settings.Limits,
	}
	s.addConfiguring(&w.Agent)
	if !s.Active() {
		w.Agent.SilentSince = nil // no event of an ended session would end the silence
	}
	s.addItems(&w.Welcome)
	if len(s.Queue) > 0 {
		w.Queue = slices.Clone(s.Queue)
	}
	room := maxWelcomeBytes - welcomeOverhead - s.People.present*presenceBytes - itemsBytes(&w.Welcome)
	w.People, w.PeopleAfter = s.encodeParticipants(p.ID, room-minRecentBytes)
	w.RecentBytes = max(room-len(w.People), minRecentBytes)
	return w
}

// encodeParticipants encodes the participants of a welcome in about limit bytes: the first
// participants of the state, as many as fit, and in any case the authors of open prompts
// and the receiver of the welcome, whose id is given. If it leaves out others, after is the
// id of the last of the first participants.
func (s *State) encodeParticipants(id string, limit int) (list []byte, after string) {
	needed := s.guestAuthors()
	if own, known := s.People.Get(id); known && !slices.ContainsFunc(needed, func(p protocol.Participant) bool { return p.ID == id }) {
		needed = append(needed, own)
	}
	encoded := make([]json.RawMessage, len(needed))
	for i, p := range needed {
		encoded[i] = rules.RawJSON(p)
		limit -= len(encoded[i])
	}
	list, n := s.People.encodeFirst(limit)
	for i, p := range needed {
		if place, known := s.People.indices[p.ID]; !known || place >= n {
			list = append(append(list, ','), encoded[i]...)
		}
	}
	if n < len(s.People.all) {
		after = s.People.all[n-1].ID
	}
	return list, after
}

// sessionFor returns the session as a welcome shows it to a participant. For the host, who
// could replace the invite, it holds the current one.
func (s *State) sessionFor(p protocol.Participant, readOnly bool) protocol.Session {
	session := s.Session
	if p.Role == protocol.RoleHost && s.Active() && !readOnly {
		invite := s.settings.Key.Token(rules.InviteToken, s.ID.String(), s.InviteGeneration)
		session.InviteToken = &invite
	}
	return session
}

const (
	// maxWelcomeText bounds the bytes of one prompt in a welcome, encoded as JSON. The
	// command item returns the whole prompt.
	maxWelcomeText = 4 << 10
	// maxWelcomeTexts bounds the bytes of all prompts in a welcome. If very many prompts
	// wait, a welcome shows less of each.
	maxWelcomeTexts = 256 << 10
	// maxWelcomeName bounds the bytes of each name in the short form of a permission
	// request.
	maxWelcomeName = 256
)

// welcomeItems returns the open prompts and permission requests for a welcome: the
// beginning of each long prompt, and the short form of each long permission request.
func (s *State) addItems(w *protocol.Welcome) {
	w.Approvals = make([]protocol.Approval, 0, len(s.Open))
	w.Permissions = make([]protocol.Permission, 0, len(s.Permissions))
	limit := min(maxWelcomeText, maxWelcomeTexts/max(1, len(s.Open)+len(s.Permissions)+len(s.Elicitations)))
	for _, o := range s.Open {
		w.Approvals = append(w.Approvals, truncatedApproval(o.Approval, limit))
	}
	for i := range s.Permissions {
		w.Permissions = append(w.Permissions, s.Permissions[i].forWelcome(limit))
	}
	for i := range s.Elicitations {
		w.Elicitations = append(w.Elicitations, s.Elicitations[i].forWelcome(limit))
	}
}

// truncatedApproval returns an approval with its texts cut to limit bytes together, and
// without content if that is longer. It marks an approval that is not whole.
func truncatedApproval(a protocol.Approval, limit int) protocol.Approval {
	leftOut := pendingSize(protocol.Approval{Content: a.Content})
	if leftOut <= limit {
		limit, leftOut = limit-leftOut, 0
	} else {
		a.Content = nil
	}
	if a.OriginalPrompt != nil {
		limit /= 2
	}
	whole := len(a.Prompt)
	prompt, cut := truncateText(a.Prompt, limit)
	if a.OriginalPrompt != nil {
		whole += len(*a.OriginalPrompt)
		original, cutToo := truncateText(*a.OriginalPrompt, limit)
		a.OriginalPrompt, cut = &original, cut || cutToo
	}
	if a.Prompt = prompt; cut || leftOut > 0 {
		a.Truncated, a.WholeBytes = true, whole+leftOut
	}
	return a
}

// forWelcome returns the request if it takes at most limit bytes, and otherwise its short
// form, which is marked and has no options.
func (p *openPermission) forWelcome(limit int) protocol.Permission {
	if whole := p.size(); whole > limit {
		return protocol.Permission{
			RequestID: p.RequestID, ToolCall: p.shortForm, Options: json.RawMessage("[]"), Truncated: true, WholeBytes: whole,
		}
	}
	return p.Permission
}

// size returns the size of what participants decide on, in bytes.
func (p *openPermission) size() int {
	return len(p.ToolCall) + len(p.Options) + len(p.Title) + len(p.Description)
}

// withShortForm returns the request with its short form, which is computed once since a
// request can have millions of bytes.
func (p openPermission) withShortForm() openPermission {
	var call struct {
		ToolCallID string `json:"toolCallId"`
		Title      string `json:"title"`
		Kind       string `json:"kind"`
	}
	_ = json.Unmarshal(p.ToolCall, &call) // members that have another type are left out
	if len(call.ToolCallID) > maxWelcomeName {
		call.ToolCallID = "" // a prefix would be another id
	}
	call.Title, _ = truncateText(call.Title, maxWelcomeName)
	call.Kind, _ = truncateText(call.Kind, maxWelcomeName)
	p.shortForm = rules.RawJSON(call)
	return p
}

// truncateText returns the longest prefix of whole characters that takes at most limit
// bytes in JSON. It does not read the rest of the text.
func truncateText(text string, limit int) (prefix string, cut bool) {
	size := 0
	for i, r := range text {
		if size += encodedRuneSize(r); size > limit {
			return text[:i], true
		}
	}
	return text, false
}

// encodedRuneSize returns about how many bytes a character takes in JSON.
func encodedRuneSize(r rune) int {
	switch {
	case r == '\n', r == '\t', r == '\r', r == '"', r == '\\':
		return 2
	case r < ' ', r == '\u2028', r == '\u2029':
		return len(`\u0000`)
	}
	return utf8.RuneLen(r)
}

// itemsBytes returns about how many bytes the items of a welcome take in JSON.
func itemsBytes(w *protocol.Welcome) int {
	size := 0
	for _, a := range w.Approvals {
		size += itemBytes(a)
	}
	for _, p := range w.Permissions {
		size += len(p.ToolCall) + len(p.Options) + len(p.Title) + len(p.Description) + permissionOverhead
	}
	for _, e := range w.Elicitations {
		size += len(rules.RawJSON(e)) + len(",")
	}
	return size
}

// permissionOverhead is about how many bytes a permission request takes in addition to its
// tool call and options.
const permissionOverhead = 64

// itemBytes returns about how many bytes an approval takes in JSON.
func itemBytes(a protocol.Approval) int {
	const rest = 512 // ids, times and names of members
	size := rest + pendingSize(a)
	for _, text := range []*string{a.OriginalPrompt, a.Reason, a.ErrorMessage} {
		if text != nil {
			size += encodedSize(*text)
		}
	}
	return size
}
