package lookup

import (
	"cmp"
	"encoding/json"
	"strings"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// acts has the event types that are on record for the audit, with what was done.
var acts = map[protocol.EventType]string{
	protocol.EventSharedSessionCreated:  "created the session",
	protocol.EventSessionUpdated:        "changed the mode",
	protocol.EventSessionClosed:         "closed the session",
	protocol.EventParticipantJoined:     "joined",
	protocol.EventParticipantUpdated:    "changed the role",
	protocol.EventParticipantLeft:       "left",
	protocol.EventInviteRotated:         "replaced the invite",
	protocol.EventPromptPendingApproval: "proposed a prompt",
	protocol.EventPromptApproved:        "approved a prompt",
	protocol.EventPromptRejected:        "rejected a prompt",
	protocol.EventPromptCancelled:       "cancelled a prompt",
	protocol.EventQueueChanged:          "moved a prompt",
	protocol.EventPermissionResolved:    "answered a permission request",
	protocol.EventElicitationResolved:   "answered a request for input",
	protocol.EventAgentRestarting:       "restarted the agent",
	protocol.EventAgentSwitched:         "switched the agent",
	protocol.EventAgentStatus:           "stopped the agent",
	protocol.EventAgentConfiguring:      "changed an option",
	protocol.EventAgentSigningIn:        "signed in to the agent",
	protocol.EventAgentTurnCancelled:    "cancelled the agent's own turn",
	protocol.EventAgentStopRequested:    "stopped work of the agent",
	protocol.EventFileReviewed:          "reviewed a file",
}

// maxDetail bounds the detail of an entry in bytes.
const maxDetail = 200

// auditFields are the members of events that entries are made of.
type auditFields struct {
	Participant *protocol.Participant `json:"participant"`
	Approval    *protocol.Approval    `json:"approval"`
	Session     *protocol.Session     `json:"session"`
	ApprovalID  string                `json:"approvalId"`
	RequestID   string                `json:"requestId"`
	OptionID    *string               `json:"optionId"`
	MethodID    string                `json:"methodId"`
	ToolCallID  string                `json:"toolCallId"`
	TerminalID  string                `json:"terminalId"`
	Path        string                `json:"path"`
	To          string                `json:"to"`
	Reason      *string               `json:"reason"`
	RemovedBy   *string               `json:"removedBy"`
	Status      string                `json:"status"`
	Outcome     string                `json:"outcome"`
	Action      string                `json:"action"`
	Value       json.RawMessage       `json:"value"`
}

// Audit makes the entries of the audit of one session from its events, in their order.
type Audit struct {
	people map[string]protocol.Participant // by id, in the newest form
}

// Entry returns the entry for the next event; ok is false for an event that is no act of
// anybody.
func (a *Audit) Entry(r journal.Record) (entry protocol.AuditEntry, ok bool, err error) {
	act, audited := acts[protocol.EventType(r.Type)]
	if !audited {
		return entry, false, nil
	}
	e, err := shared.DecodeEvent(r)
	if err != nil {
		return entry, false, err
	}
	var f auditFields
	if err := json.Unmarshal(r.Public, &f); err != nil {
		return entry, false, err
	}
	entry = protocol.AuditEntry{
		Cursor: protocol.NewCursor(uint64(r.Seq), r.Hash).String(), At: r.Time, Type: protocol.EventType(r.Type), Act: act,
		Participant: f.Participant, Subject: f.subject(), Detail: f.detail(),
	}
	if by := e.Private.Caller; by != nil {
		entry.Address, entry.Identity = by.Address, identityOf(by.Identity)
	}
	ok = a.complete(&entry, &f, e.Private)
	if p := shared.ParticipantOf(e); p.ID != "" {
		a.know(p)
	} else if entry.Participant != nil {
		a.know(*entry.Participant)
	}
	return entry, ok, nil
}

func (a *Audit) know(p protocol.Participant) {
	if a.people == nil {
		a.people = map[string]protocol.Participant{}
	}
	a.people[p.ID] = p
}

// person returns a participant by id; nil for an empty id.
func (a *Audit) person(id string) *protocol.Participant {
	p, known := a.people[id]
	switch {
	case known:
		return &p
	case id == "":
		return nil
	}
	return &protocol.Participant{ID: id}
}

// complete completes an entry whose event does not say by itself who did what. It reports
// whether it is an act.
func (a *Audit) complete(entry *protocol.AuditEntry, f *auditFields, private rules.Private) bool {
	switch entry.Type {
	case protocol.EventSharedSessionCreated:
		entry.Participant = private.Host
	case protocol.EventParticipantUpdated:
		entry.Subject, entry.Detail = f.Participant.ID, f.Participant.Name()+" is now a "+string(f.Participant.Role)
		entry.Participant = a.person(private.Actor)
	case protocol.EventParticipantLeft:
		if f.RemovedBy != nil {
			entry.Act, entry.Subject = "removed a participant", f.Participant.ID
			entry.Detail = cutDetail(strings.TrimSpace(f.Participant.Name() + " " + entry.Detail))
			entry.Participant = a.person(*f.RemovedBy)
		}
	case protocol.EventPromptApproved:
		if f.Participant.ID == f.Approval.ParticipantID {
			entry.Act = "prompted"
		} else if f.Approval.OriginalPrompt != nil {
			entry.Act = "edited and approved a prompt"
		}
	case protocol.EventSessionClosed:
		if f.Status == string(protocol.StatusExpired) {
			entry.Act = "the session expired"
		}
		entry.Participant = a.person(private.Actor)
		return true
	case protocol.EventAgentStatus:
		entry.Participant = a.person(private.Actor)
	}
	return entry.Participant != nil || private.Caller != nil
}

// subject returns the id of what was done something to.
func (f *auditFields) subject() string {
	id := cmp.Or(f.ApprovalID, f.RequestID, f.MethodID, f.ToolCallID, f.TerminalID, f.Path)
	switch {
	case f.Approval != nil:
		return f.Approval.ID
	case id == "" && f.OptionID != nil:
		return *f.OptionID
	}
	return id
}

// detail returns the beginning of a text, or what was chosen.
func (f *auditFields) detail() string {
	var parts []string
	add := func(text string) {
		if text != "" {
			parts = append(parts, text)
		}
	}
	if f.Approval != nil {
		add(f.Approval.Prompt)
		if f.Approval.Reason != nil {
			add("(" + *f.Approval.Reason + ")")
		}
	}
	if f.Session != nil {
		add(string(f.Session.Mode))
	}
	add(cmp.Or(f.Outcome, f.Action))
	if f.RequestID != "" && f.OptionID != nil {
		add(*f.OptionID)
	}
	add(f.To)
	add(string(f.Value))
	if f.Reason != nil {
		add("(" + *f.Reason + ")")
	}
	return cutDetail(strings.Join(parts, " "))
}

func cutDetail(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if len(text) <= maxDetail {
		return text
	}
	return strings.ToValidUTF8(text[:maxDetail], "") + "…"
}

// identityOf describes an identity: who it is, and for whom that is certain.
func identityOf(i rules.Identity) string {
	switch {
	case i.Subject == "":
		return ""
	case i.Operator:
		return "operator " + i.UserID
	}
	return i.UserID + " (" + i.Subject + ")"
}
