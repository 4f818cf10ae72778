package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// The internals that the tests in package shared_test use.

const (
	RememberedCommands = maxRecentCommands
	DepartedFor        = departedRetention
	DepartedMost       = maxDepartedCommands
	MaxDeparted        = maxDepartedGuests
	MaxRestricted      = maxRestricted
	MaxSubjectID       = maxSubjectID
	KeptNames          = maxReservedNames
	MinRecent          = minRecentBytes
	PresentBytes       = presenceBytes
	WelcomeBytes       = maxWelcomeBytes
	WelcomeRest        = welcomeOverhead
	MaxShownName       = maxWelcomeName
	MaxShownText       = maxWelcomeText

	PhasePending = phasePending
	PhaseQueued  = phaseQueued
)

type OpenApproval = openApproval

var (
	EncodedSize = encodedSize
	Joining     = joinScope
	Beginning   = truncateText
)

func NewOpenPermission(q rules.PermissionRequest) openPermission {
	return openPermission{PermissionRequest: q}.withShortForm()
}

func SettingsOf(s *State) *rules.Settings { return s.settings }

func (s *State) Index() { s.index() }
func (s *State) AuthenticateReader(c Sender) (protocol.Participant, error) {
	return s.authenticateReader(c)
}
func (s *State) Lookup(id string, left Departed) (protocol.Participant, error) {
	return s.lookup(id, left)
}
func (s *State) HasDecided(participantID string)             { s.markDecider(participantID) }
func (s *State) ApplyLeft(p *protocol.ParticipantLeft)       { s.applyLeft(p) }
func (s *State) RequireNotBarred(userID string) error        { return s.requireNotBarred(userID) }
func (s *State) Permission(requestID string) *openPermission { return s.permission(requestID) }

func (p *Participants) Drop(id string)                         { p.drop(id) }
func (p *Participants) Put(q protocol.Participant)             { p.put(q) }
func (p *Participants) PresentCount() int                      { return p.present }
func (d *recentCommands) Lists() map[string][]completedCommand { return d.byScope }

func (d *departedCommands) Find(by, id string) (completedCommand, bool) { return d.find(by, id) }
func (d *departedCommands) Known() map[string]departedCommand           { return d.known }
