package shared

import (
	"parley/hub/rules"
	"parley/protocol"
)

// The internals that the tests in package shared_test use.

const (
	MaxSubjectID = maxSubjectID
	KeptNames    = maxReservedNames
	MinRecent    = minRecentBytes
	PresentBytes = presenceBytes
	WelcomeBytes = maxWelcomeBytes
	WelcomeRest  = welcomeOverhead
	MaxShownText = maxWelcomeText

	PhasePending = phasePending
	PhaseQueued  = phaseQueued
)

type OpenApproval = openApproval

var Joining = joinScope

func SettingsOf(s *State) *rules.Settings { return s.settings }

func (s *State) Index() { s.index() }
func (s *State) SeesWhole(p protocol.Participant, hides bool) bool {
	return s.seesWhole(p, hides)
}
func (s *State) AuthenticateReader(c Sender) (protocol.Participant, error) {
	return s.authenticateReader(c)
}
func (s *State) Lookup(id string, left Departed) (protocol.Participant, error) {
	return s.lookup(id, left)
}
func (s *State) HasDecided(participantID string)       { s.markDecider(participantID) }
func (s *State) ApplyLeft(p *protocol.ParticipantLeft) { s.applyLeft(p) }
func (s *State) RequireNotBarred(userID string) error  { return s.requireNotBarred(userID) }
