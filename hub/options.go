package hub

import (
	"cmp"
	"crypto/ed25519"
	"errors"
	"time"

	"go.uber.org/zap"

	"parley/hub/blobs"
	"parley/hub/feed"
	"parley/hub/journal"
	"parley/hub/redact"
	"parley/hub/rules"
	"parley/protocol"
)

// Options are the settings of a hub. A zero field stands for the default.
type Options struct {
	Logger *zap.Logger // default: none

	Attachments blobs.Store // of what participants upload; nil for none
	Worktrees   Worktrees   // records working directories; default: nothing is recorded

	// RemoteWorktrees returns what records the working directory of the agent of a host
	// session, on the machine of its connector; nil to record nothing there.
	RemoteWorktrees func(host journal.SessionID) Worktrees

	PublicURL string // address of the server that clients put into links; default: none

	MaxSessions        int  // active shared sessions; negative for no limit; default 10,000
	VerifiesIdentities bool // whether callers can prove who they are, beside operators

	// Redact says what is masked for participants who decide on nothing; nil for nothing.
	Redact *redact.Rules
	// Checkpoints is the key that signs exports; nil to sign none.
	Checkpoints ed25519.PrivateKey

	MaxUploads        int // received at a time; default 64
	MaxParticipants   int // present at a time in one session; default 1,000
	MaxConnections    int // of one session; default 2,000
	MaxOwnConnections int // of one participant; default 16
	MaxPending        int // pending approvals in one session; default 100
	MaxOwnPending     int // pending approvals of one participant; default 5

	// MaxPendingBytes and MaxOwnPendingBytes bound the texts of pending approvals, encoded
	// as JSON, in one session and of one participant; defaults 4 MiB and 2 MiB.
	MaxPendingBytes    int
	MaxOwnPendingBytes int

	// MaxPromptBytes bounds the texts of the prompts that are not done in all sessions in
	// memory together; default 64 MiB. The last quarter is for prompts of up to 4 KiB, and
	// a session without prompts always accepts one of these.
	MaxPromptBytes int

	MaxQueued         int           // approved prompts that wait or run; default 32
	MaxBacklog        int           // bytes that may wait for one connection; default 1 MiB
	MaxBacklogs       int           // bytes that may wait for all connections together; default 256 MiB
	MaxEvent          int           // bytes of one notification of an agent; default 4 MiB
	PermissionTimeout time.Duration // after which a request is rejected; default 30 minutes
	TurnTimeout       time.Duration // after which a turn is cancelled; default none
	SilenceAfter      time.Duration // after which an agent that sends nothing in a turn is reported; negative for never; default 2 minutes
	CancelGrace       time.Duration // after which an agent that ignores a cancellation is reported as unresponsive; default 10 s
	IdleAfter         time.Duration // after which an unused session leaves memory; default 5 minutes
	DetachTimeout     time.Duration // after which a turn ends whose agent's connector has no connection; negative for never; default 1 hour
	AgentIdleAfter    time.Duration // after which an agent without an open shared session ends; negative for never; default 10 minutes
	MaxAgents         int           // that run or start at a time; default 32
	MaxOwnAgents      int           // those of one owner; default 8
	AgentStopTimeout  time.Duration // for ending an agent when the hub stops; default 10 s
	SnapshotEvery     int           // events; default 1,000
	JournalRetry      time.Duration // first pause between attempts to write after a failure; grows tenfold; default 200 ms
}

func (o Options) withDefaults() Options {
	o.Logger = cmp.Or(o.Logger, zap.NewNop())
	if o.Worktrees == nil {
		o.Worktrees = noWorktrees{}
	}
	o.MaxSessions = cmp.Or(o.MaxSessions, 10_000)
	o.MaxUploads = cmp.Or(o.MaxUploads, 64)
	o.MaxConnections = cmp.Or(o.MaxConnections, 2000)
	o.MaxOwnConnections = cmp.Or(o.MaxOwnConnections, 16)
	o.MaxPromptBytes = cmp.Or(o.MaxPromptBytes, 64<<20)
	o.MaxBacklog = cmp.Or(o.MaxBacklog, 1<<20)
	o.MaxBacklogs = cmp.Or(o.MaxBacklogs, 256<<20)
	o.IdleAfter = cmp.Or(o.IdleAfter, 5*time.Minute)
	o.MaxAgents = cmp.Or(o.MaxAgents, 32)
	o.MaxOwnAgents = cmp.Or(o.MaxOwnAgents, 8)
	o.DetachTimeout = cmp.Or(o.DetachTimeout, time.Hour)
	o.AgentStopTimeout = cmp.Or(o.AgentStopTimeout, 10*time.Second)
	o.SnapshotEvery = cmp.Or(o.SnapshotEvery, 1000)
	o.JournalRetry = cmp.Or(o.JournalRetry, 200*time.Millisecond)
	return o
}

// settings returns the options that the rules of sessions need, with their defaults.
func (o Options) settings(key rules.Key) *rules.Settings {
	s := rules.Settings{
		Key:                key,
		Limits:             o.limits(),
		PublicURL:          o.PublicURL,
		VerifiesIdentities: o.VerifiesIdentities,
		Redact:             o.Redact,
		MaxParticipants:    o.MaxParticipants,
		MaxPending:         o.MaxPending,
		MaxOwnPending:      o.MaxOwnPending,
		MaxPendingBytes:    o.MaxPendingBytes,
		MaxOwnPendingBytes: o.MaxOwnPendingBytes,
		MaxQueued:          o.MaxQueued,
		MaxEvent:           o.MaxEvent,
		PermissionTimeout:  o.PermissionTimeout,
		TurnTimeout:        o.TurnTimeout,
		SilenceAfter:       o.SilenceAfter,
		CancelGrace:        o.CancelGrace,
		DetachTimeout:      o.DetachTimeout,
		AgentIdleAfter:     o.AgentIdleAfter,
	}.WithDefaults()
	return &s
}

// limits returns the limits of what clients send. Those of attachments are the store's, and
// are zero if it takes none.
func (o Options) limits() protocol.Limits {
	l := protocol.DefaultLimits
	var store blobs.Limits
	if o.Attachments != nil {
		store = o.Attachments.Limits()
	}
	if store.File == 0 {
		l.AttachmentBytes, l.AttachmentsBytes, l.SessionAttachmentsBytes = 0, 0, 0
		return l
	}
	l.AttachmentBytes, l.SessionAttachmentsBytes = store.File, store.Session
	l.AttachmentsBytes = min(max(l.AttachmentsBytes, store.File), store.Session)
	return l
}

// feed returns the limits of connections. refused counts those that are too slow.
func (o Options) feed(refused func(protocol.Limit)) feed.Options {
	return feed.Options{
		MaxConnections:    o.MaxConnections,
		MaxOwnConnections: o.MaxOwnConnections,
		MaxBacklog:        o.MaxBacklog,
		MaxBacklogs:       o.MaxBacklogs,
		Refused:           refused,
	}
}

// Usage is what is used of a limit for the whole server.
type Usage struct {
	Limit protocol.Limit
	Used  int64
	Most  int64 // 0 for no limit
}

// Usage returns what is used of the limits for all sessions together.
func (h *Hub) Usage() []Usage {
	return []Usage{
		{protocol.LimitAgents, int64(h.agents.Taken()), int64(h.options.MaxAgents)},
		{protocol.LimitPrompts, int64(h.prompts.Held()), int64(h.options.MaxPromptBytes)},
		{protocol.LimitOutbound, int64(h.feed.Waiting()), int64(h.options.MaxBacklogs)},
		{protocol.LimitUploads, int64(h.uploads.count()), int64(h.options.MaxUploads)},
	}
}

// Refused counts a refusal by a limit that the hub does not check itself.
func (h *Hub) Refused(l protocol.Limit) { h.refusals.Add(l) }

// Refusals returns how much a limit has refused since the hub was made.
func (h *Hub) Refusals(l protocol.Limit) uint64 { return h.refusals.Of(l) }

// noteRefusal counts an error that a limit has caused.
func (h *Hub) noteRefusal(err error) {
	if e, ok := errors.AsType[*protocol.Error](err); ok {
		h.refusals.Add(e.Limit)
	}
}
