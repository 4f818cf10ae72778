package rules

import (
	"parley/hub/journal"
	"parley/protocol"
)

// Audience says who receives the events of one type. A reader outside of it learns only
// that there is an event.
type Audience struct {
	to    audienceKind
	right protocol.CommandType // with toRight: that of those who may send this command
}

type audienceKind int

const (
	toHost audienceKind = iota // an event type without a row is for the host alone
	toEveryone
	toRight
	toAddressee
)

// The audiences of event types.
var (
	// Everyone is everybody who may read the session.
	Everyone = Audience{to: toEveryone}
	// HostAlone is the host.
	HostAlone = Audience{to: toHost}
	// Addressee is the participant whom the private part of the event names, by
	// [Private.To].
	Addressee = Audience{to: toAddressee}
)

// ThoseWhoMay is the participants who may send commands of a type.
func ThoseWhoMay(t protocol.CommandType) Audience { return Audience{toRight, t} }

// AudienceOf returns the audience of an event type.
func AudienceOf(t protocol.EventType) Audience { return audiences[t] }

// IsEveryone reports whether every reader belongs to the audience.
func (a Audience) IsEveryone() bool { return a.to == toEveryone }

// IsPersonal reports whether the audience depends on more than a reader's role.
func (a Audience) IsPersonal() bool { return a.to == toAddressee }

// Includes reports whether a reader belongs to the audience of an event; to is the
// participant whom the event names, if any.
func (a Audience) Includes(p Projection, to string) bool {
	switch a.to {
	case toEveryone:
		return true
	case toRight:
		return p.Role != "" && (p.Role == protocol.RoleHost || !HostOnly(a.right))
	case toAddressee:
		return to != "" && p.Participant == to
	}
	return p.Role == protocol.RoleHost
}

// Projection is what one reader of a session sees of it. Every read goes through one. The
// zero value is that of a reader who is no participant and sees everything that is for
// everyone, with secrets masked.
type Projection struct {
	Participant string        // id; empty for none
	Role        protocol.Role // empty for none
	Whole       bool          // texts are whole, since the reader decides on them; else secrets are masked
	From        journal.Seq   // the first event to see; 0 for the first of all
}

// Class returns the projection of all readers who see the same of an event without an
// addressee, if they see it at all.
func (p Projection) Class() Projection { return Projection{Role: p.Role, Whole: p.Whole} }

// audiences has every event type.
var audiences = map[protocol.EventType]Audience{
	protocol.EventSharedSessionCreated:    Everyone,
	protocol.EventSessionUpdated:          Everyone,
	protocol.EventSessionClosed:           Everyone,
	protocol.EventParticipantJoined:       Everyone,
	protocol.EventParticipantUpdated:      Everyone,
	protocol.EventParticipantLeft:         Everyone,
	protocol.EventInviteRotated:           Everyone,
	protocol.EventMessageCreated:          Everyone,
	protocol.EventPromptPendingApproval:   Everyone,
	protocol.EventPromptApproved:          Everyone,
	protocol.EventPromptRejected:          Everyone,
	protocol.EventPromptQueued:            Everyone,
	protocol.EventPromptCancelled:         Everyone,
	protocol.EventQueueChanged:            Everyone,
	protocol.EventPromptDispatchStarted:   Everyone,
	protocol.EventPromptDispatchCompleted: Everyone,
	protocol.EventPromptDispatchFailed:    Everyone,
	protocol.EventHostSessionUpdate:       Everyone,
	protocol.EventPermissionRequested:     Everyone,
	protocol.EventPermissionResolved:      Everyone,
	protocol.EventPermissionWithdrawn:     Everyone,
	protocol.EventElicitationRequested:    Everyone,
	protocol.EventElicitationResolved:     Everyone,
	protocol.EventElicitationWithdrawn:    Everyone,
	protocol.EventElicitationCompleted:    Everyone,
	protocol.EventElicitationRefused:      Everyone,
	protocol.EventAgentStatus:             Everyone,
	protocol.EventAgentSession:            Everyone,
	protocol.EventAgentRestarting:         Everyone,
	protocol.EventAgentSwitched:           Everyone,
	protocol.EventAgentStrayOutput:        Everyone,
	protocol.EventAgentSlowed:             Everyone,
	protocol.EventAgentUpdated:            Everyone,
	protocol.EventAgentConfiguring:        Everyone,
	protocol.EventAgentConfigured:         Everyone,
	protocol.EventAgentConfigureFailed:    Everyone,
	protocol.EventAgentSigningIn:          Everyone,
	protocol.EventAgentSignedIn:           Everyone,
	protocol.EventAgentSignInFailed:       Everyone,
	protocol.EventAgentTurnStarted:        Everyone,
	protocol.EventAgentTurnCancelled:      Everyone,
	protocol.EventAgentTurnEnded:          Everyone,
	protocol.EventAgentStopRequested:      Everyone,
	protocol.EventAgentStopRefused:        Everyone,
	protocol.EventFileReviewed:            Everyone,
}
