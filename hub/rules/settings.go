package rules

import (
	"cmp"
	"time"

	"parley/hub/redact"
	"parley/protocol"
)

// Settings is the part of the configuration that the rules of sessions need. It does not
// change while the hub runs.
type Settings struct {
	Key       Key    // that tokens are derived from
	PublicURL string // address of the server for links, without a slash at its end; empty if unknown

	VerifiesIdentities bool // whether callers can prove who they are, beside operators

	Limits protocol.Limits // of what clients send
	Redact *redact.Rules   // what is masked for those who do not decide; nil for nothing

	MaxParticipants    int // present at a time, in one session
	MaxPending         int // pending approvals in one session
	MaxOwnPending      int // pending approvals of one participant
	MaxPendingBytes    int // of the texts of pending approvals in one session, encoded as JSON
	MaxOwnPendingBytes int // of the texts of one participant's pending approvals, encoded as JSON
	MaxQueued          int // approved prompts that wait or run
	MaxEvent           int // bytes of one notification of an agent

	PermissionTimeout time.Duration // after which a permission request is rejected
	TurnTimeout       time.Duration // after which a turn is cancelled; 0 for never
	SilenceAfter      time.Duration // after which a silent agent is reported; not positive for never
	CancelGrace       time.Duration // after which an agent that ignores a cancellation is unresponsive
	DetachTimeout     time.Duration // after which a turn ends whose agent's connector has no connection; not positive for never
	AgentIdleAfter    time.Duration // after which an agent without an open shared session ends; not positive for never
}

// WithDefaults returns the settings with a default for each zero field.
func (s Settings) WithDefaults() Settings {
	s.Limits = cmp.Or(s.Limits, protocol.DefaultLimits)
	s.MaxParticipants = cmp.Or(s.MaxParticipants, 1000)
	s.MaxPending = cmp.Or(s.MaxPending, 100)
	s.MaxOwnPending = cmp.Or(s.MaxOwnPending, 5)
	s.MaxPendingBytes = cmp.Or(s.MaxPendingBytes, 4<<20)
	s.MaxOwnPendingBytes = cmp.Or(s.MaxOwnPendingBytes, 2<<20)
	s.PermissionTimeout = cmp.Or(s.PermissionTimeout, 30*time.Minute)
	s.SilenceAfter = cmp.Or(s.SilenceAfter, 2*time.Minute)
	s.CancelGrace = cmp.Or(s.CancelGrace, 10*time.Second)
	s.AgentIdleAfter = cmp.Or(s.AgentIdleAfter, 10*time.Minute)
	s.MaxEvent = cmp.Or(s.MaxEvent, 4<<20)
	s.MaxQueued = cmp.Or(s.MaxQueued, 32)
	return s
}
