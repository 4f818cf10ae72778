package feed

import (
	"context"

	"go.uber.org/zap"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/protocol"
)

// Feed is what the connections of a process share: the journal that they read,
// the slots for reading it, and the memory that may wait for all of them
// together. Its methods may be called concurrently.
type Feed struct {
	// immutable
	journal  journal.Journal
	options  Options
	reads    history.Slots
	backlogs *backlogs
}

// Options are the limits of a [Feed]. None of the numbers may be zero.
type Options struct {
	MaxConnections    int // of one session
	MaxOwnConnections int // of one participant
	MaxBacklog        int // bytes that may wait for one connection
	MaxBacklogs       int // bytes that may wait for all connections together

	Refused func(protocol.Limit) // is called when a connection is too slow; it must not block. Nil for none
}

// New returns the feed of a process. Its owner calls [Feed.Run].
func New(j journal.Journal, o Options) *Feed {
	if o.Refused == nil {
		o.Refused = func(protocol.Limit) {}
	}
	return &Feed{journal: j, options: o, reads: history.NewSlots(), backlogs: newBacklogs(o.MaxBacklogs, o.Refused)}
}

// Run ends the slowest connections whenever more than MaxBacklogs waits for all
// of them. It returns when ctx ends.
func (f *Feed) Run(ctx context.Context, log *zap.Logger) { f.backlogs.run(ctx, log) }

// Reads returns the slots for reading the journal.
func (f *Feed) Reads() history.Slots { return f.reads }

// Connections returns how many connections the process has, and answers that wait for slow
// clients.
func (f *Feed) Connections() int { return f.backlogs.count() }

// Waiting returns how many bytes wait for all connections together.
func (f *Feed) Waiting() int { return int(f.backlogs.held.Load()) }
