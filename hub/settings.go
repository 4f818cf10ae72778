package hub

import "time"

// settings are what the rules of sessions need of the configuration.
type settings struct {
	Key Key

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
	AgentIdleAfter    time.Duration // after which an agent without an open shared session ends; not positive for never
}
