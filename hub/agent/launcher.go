package agent

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"

	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/agent/content"
	"parley/hub/agent/demo"
	"parley/hub/agent/directories"
	"parley/hub/agent/isolate"
	"parley/hub/agent/known"
	"parley/hub/agent/profile"
	"parley/hub/agent/remote"
	"parley/hub/agent/supervisor"
	"parley/hub/agent/wire"
	"parley/hub/blobs"
	"parley/hub/internal/limit"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// Options are the settings of a [Launcher]. A zero field has its default.
type Options struct {
	// Version is Parley's version for agents; default "dev".
	Version string
	// ProtocolVersion is the newest version of the Agent Client Protocol to agree on: 1
	// or 2; default 2. An agent that does not know it answers with an older one.
	ProtocolVersion int
	// StartTimeout is how long an agent may take until it is ready for a prompt, for
	// profiles that set no time-out; default 3 minutes, since a package manager may
	// have to download the agent first.
	StartTimeout time.Duration
	// StopGrace is how long a stopped agent may take after its input was closed, and
	// again after SIGTERM; default 3 s.
	StopGrace time.Duration
	// MaxLine is the maximum length of an agent's line in bytes; longer lines are
	// skipped. Default [wire.DefaultMaxLine].
	MaxLine int
	// Rate is how many bytes per second an agent may add to its rooms on average, after
	// 128 seconds' worth at once: what it writes, with a minimum for each kind of event.
	// A faster agent is not read meanwhile. Default 0 for no bound.
	Rate int
	// DemoPace is the pause between two chunks of the demo agent's text; 0 for none.
	// [DefaultDemoPace] reads pleasantly.
	DemoPace time.Duration
	// DemoDir is the directory in which the demo agent keeps conversations, to load
	// them after a restart; empty to keep them in memory.
	DemoDir string
	// RunDir is the directory in which running agents are recorded, so that a
	// launcher can end those that a killed process left; empty to record nothing.
	RunDir string
	// Attachments has the files that participants attach to prompts; nil for none.
	Attachments blobs.Store
	// FilesDir is the directory for attachments that agents read as files; empty to
	// refuse these.
	FilesDir string
	// Isolation says what is kept from the agents, except those that are built in. Package
	// isolate has the details; nil for nothing.
	Isolation *isolate.Plan
	// Ignored returns which of some names in a directory are ignored there, so that they
	// are listed last; nil for none. It is safe for concurrent use.
	Ignored func(ctx context.Context, dir string, names []string) map[string]bool
	// Remote has the connectors of agents on other machines; nil for none.
	Remote *remote.Registry
	// Known finds the agents that can be started without a profile; nil for none.
	Known *known.Finder
}

// DefaultDemoPace is a pace at which people can follow the demo agent.
const DefaultDemoPace = 30 * time.Millisecond

func (o Options) withDefaults() Options {
	o.Version = cmp.Or(o.Version, "dev")
	o.ProtocolVersion = cmp.Or(o.ProtocolVersion, version2)
	o.StartTimeout = cmp.Or(o.StartTimeout, 3*time.Minute)
	o.StopGrace = cmp.Or(o.StopGrace, 3*time.Second)
	o.MaxLine = cmp.Or(o.MaxLine, wire.DefaultMaxLine)
	return o
}

// Launcher starts the agents of configured profiles, known agents that are installed, and
// the demo agent. It implements [hub.Launcher] and is safe for concurrent use.
type Launcher struct {
	// immutable
	profiles []profile.Profile
	log      *zap.Logger
	opts     Options
	history  *demo.History
	records  *supervisor.Records
	slots    map[string]*limit.Slots // of the profiles that bound how many agents run, by name
	files    content.Files

	directories *directories.Lister

	questionBytes limit.Budget // of the pending questions of all agents
}

var (
	_ hub.Launcher   = (*Launcher)(nil)
	_ hub.FileKeeper = (*Launcher)(nil)
)

// NewLauncher returns a launcher for some profiles and the demo agent. It returns the
// error of [profile.Check].
//
// NewLauncher first ends the agents that an earlier process with the same RunDir left
// running, which can take some seconds. Only one process at a time may use a RunDir.
func NewLauncher(profiles []profile.Profile, log *zap.Logger, opts Options) (*Launcher, error) {
	if err := profile.Check(profiles); err != nil {
		return nil, err
	}
	if len(profiles) > 0 || opts.Known != nil {
		supervisor.Adopt(log)
	}
	opts = opts.withDefaults()
	records := supervisor.NewRecords(opts.RunDir, log)
	if err := records.Sweep(); err != nil {
		log.Error("agents of an earlier run may still be running", zap.Error(err))
	}
	slots := map[string]*limit.Slots{}
	for _, p := range profiles {
		if p.MaxAgents > 0 {
			slots[p.Name] = limit.NewSlots(p.MaxAgents)
		}
	}
	return &Launcher{
		profiles: profiles, log: log, opts: opts, slots: slots,
		history: demo.NewHistory(opts.DemoDir), records: records, files: content.Files{Root: opts.FilesDir, Reader: opts.Isolation.Runner()},
		directories: directories.NewLister(opts.Ignored),
	}, nil
}

// Profiles implements [hub.Launcher].
func (l *Launcher) Profiles() []protocol.AgentProfile {
	return profile.Offer(l.profiles, l.opts.Known).Agents
}

// Missing implements [hub.Launcher].
func (l *Launcher) Missing() []protocol.MissingAgent {
	return profile.Offer(l.profiles, l.opts.Known).Missing
}

// Directories implements [hub.Launcher]. The demo agent works in no directory of the user's.
func (l *Launcher) Directories(ctx context.Context, name, query string) (protocol.DirectoriesAnswer, error) {
	none := protocol.DirectoriesAnswer{Directories: []string{}, Roots: []string{}}
	p, ok := l.profile(name)
	switch {
	case !ok:
		return none, fmt.Errorf("agent %q: %w", name, rules.ErrNoProfile)
	case name == profile.Demo:
		return none, nil
	}
	own, roots, err := p.WorkingDirs()
	if err != nil {
		return none, fmt.Errorf("agent %q: %w", name, err)
	}
	return l.directories.List(ctx, directories.Query{Own: own, Roots: roots, Text: query})
}

// Launch implements [hub.Launcher]. Its error says why the agent is not ready, as a
// predicate whose subject is the agent. It wraps one of the errors of package rules, such
// as [rules.ErrAgentFailed], unless the agent may be ready at the next attempt, and the
// [*wire.Error] that the agent answered with, if any. After an error the agent has ended,
// and sink is not called any more; so a sink that blocks also blocks Launch.
func (l *Launcher) Launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (hub.Agent, error) {
	release := func() {}
	if !spec.Remote {
		sink, release = l.takeSlot(spec.Profile, sink)
	}
	if release == nil {
		return nil, fmt.Errorf("agent %q: %w", spec.Profile, rules.ErrTooManyAgents)
	}
	s, err := l.launch(ctx, spec, sink)
	if err != nil {
		release()
		return nil, fmt.Errorf("agent %q: %w", spec.Profile, err)
	}
	return s, nil
}

// takeSlot counts an agent of a profile until it exits, which the returned sink notices, or
// until release is called. release is nil if as many agents as the profile allows are
// running.
func (l *Launcher) takeSlot(name string, sink func(rules.AgentEvent)) (counted func(rules.AgentEvent), release func()) {
	slots := l.slots[name]
	if slots == nil {
		return sink, func() {}
	}
	release = slots.Take()
	return func(e rules.AgentEvent) {
		if _, exited := e.(rules.AgentExited); exited {
			release()
		}
		sink(e)
	}, release
}

func (l *Launcher) launch(ctx context.Context, spec rules.LaunchSpec, sink func(rules.AgentEvent)) (*session, error) {
	log := l.log.With(zap.String("agent", spec.Profile), zap.Stringer("hostSession", spec.HostSession))
	st, err := l.start(spec, log)
	if err != nil {
		return nil, err
	}
	blocks := content.Source{Host: spec.HostSession.String(), Cwd: st.cwd, Store: l.opts.Attachments, Files: st.files}
	s := newSession(st.peer, st.profile, spec, sink, blocks, l.opts, &l.questionBytes, log)
	s.cwd = st.cwd
	s.work(l.opts.MaxLine)
	err = l.makeReady(ctx, s, spec, st.profile, st.cwd)
	s.ready.Store(err == nil)
	s.launched <- err == nil
	if err == nil {
		return s, nil
	}
	if stopErr := s.shutDown(ctx); stopErr != nil {
		log.Error("the agent does not exit", zap.Error(stopErr))
		return nil, err
	}
	s.workers.Wait()
	return nil, err
}

// makeReady carries out the handshake within the agent's start time-out, and reports
// progress meanwhile.
func (l *Launcher) makeReady(ctx context.Context, s *session, spec rules.LaunchSpec, p profile.Profile, cwd string) error {
	limit := cmp.Or(p.StartTimeout, l.opts.StartTimeout)
	if spec.SignIn != "" {
		limit += signInTimeout
	}
	ctx, cancel := s.limitStart(ctx, limit)
	var progress sync.WaitGroup
	defer progress.Wait()
	defer cancel()
	switch {
	case spec.Remote:
		progress.Go(func() { s.reportProgress(ctx, spec.Profile) })
	case len(p.Command) > 0:
		progress.Go(func() { s.reportProgress(ctx, p.Command[0]) })
	}
	return s.handshake(ctx, spec, cwd, l.opts)
}

// profile returns the profile of a name.
func (l *Launcher) profile(name string) (profile.Profile, bool) {
	if profile.IsBuiltIn(name) {
		return profile.Profile{Name: name}, true
	}
	return profile.Find(l.profiles, l.opts.Known, name)
}

// isolation returns the plan for the agent of a host session. It can read the files of that
// session alone.
func (l *Launcher) isolation(host string) (*isolate.Plan, error) {
	if l.opts.Isolation == nil || l.opts.FilesDir == "" {
		return l.opts.Isolation, nil
	}
	dir, err := l.files.Prepare(host)
	return l.opts.Isolation.With(dir), err
}

// SweepFiles implements [hub.FileKeeper].
func (l *Launcher) SweepFiles(needed func(host journal.SessionID) bool) error {
	return l.files.Sweep(needed)
}
