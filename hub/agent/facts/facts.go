package facts

import (
	"slices"
	"sync"

	"parley/hub/agent/wire"
	"parley/protocol"
)

// Tracker follows the announcements of one agent. The zero value is ready to use. It is
// safe for concurrent use.
type Tracker struct {
	// Run is set before the first call.
	Run Invocation

	mu sync.Mutex

	// guarded by mu
	cwd     string
	notes   []string
	begun   bool                    // a session was requested
	opened  bool                    // the session is open
	early   protocol.AgentFacts     // announced for the session before it was open
	cost    *protocol.AgentCost     // the newest; nil if none was announced
	options []protocol.ConfigOption // announced as options
	total   int                     // how many options were announced
	modes   *protocol.ConfigOption  // of version 1; nil if the agent announces none
	models  *protocol.ConfigOption  // of version 1; nil if the agent announces none
}

// Begin records that a session with a working directory is requested next, and notes what
// the agent does not get of its configuration. It discards the announcements for a session
// that was requested before.
func (t *Tracker) Begin(cwd string, notes []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.begun { // the agent could not load the earlier session
		t.opened, t.early, t.cost = false, protocol.AgentFacts{}, nil
		t.options, t.total, t.modes, t.models = nil, 0, nil, nil
	}
	t.begun, t.cwd, t.notes = true, cwd, append([]string{}, notes...)
}

// Answered takes the answer to a request by its method. It returns the facts that the
// answer changes; ok is false if it changes none.
func (t *Tracker) Answered(method string, m wire.Message) (changed protocol.AgentFacts, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if m.Error != nil {
		return changed, false
	}
	switch method {
	case "initialize":
		return decodeInitialize(m.Result, t.Run).Bounded(), true
	case "session/new":
		changed = emptySession()
		changed.Merge(t.early)
	case "session/load", "session/resume", "session/fork":
	default:
		return changed, false
	}
	changed.Merge(t.open(m.Result))
	t.opened, t.early = true, protocol.AgentFacts{}
	return changed.Bounded(), true
}

// emptySession returns the facts of a new session: the agent does not have what it does
// not announce.
func emptySession() protocol.AgentFacts {
	return protocol.AgentFacts{
		ConfigOptions:     []protocol.ConfigOption{},
		AvailableCommands: []protocol.AvailableCommand{},
		SessionTitle:      new(string),
		Usage:             new(protocol.AgentUsage),
	}
}

// open takes the result of a request that opens a session.
func (t *Tracker) open(raw []byte) protocol.AgentFacts {
	result := decodeOpened(raw)
	changed := protocol.AgentFacts{Cwd: new(t.cwd), Notes: t.notes}
	if result.ConfigOptions != nil {
		t.setOptions(result.ConfigOptions)
	}
	if m := result.Modes; m.some {
		t.modes = choice(protocol.CategoryMode, "Mode", m.value.CurrentModeID, m.value.AvailableModes)
	}
	if m := result.Models; m.some {
		t.models = choice(protocol.CategoryModel, "Model", m.value.CurrentModelID, m.value.AvailableModels)
	}
	if result.ConfigOptions != nil || result.Modes.some || result.Models.some {
		changed.Merge(t.allOptions())
	}
	if result.AvailableCommands != nil {
		changed.AvailableCommands = commands(result.AvailableCommands)
		changed.AvailableCommandTotal = new(len(changed.AvailableCommands)) // replaces the total of early commands
	}
	return changed
}

// setOptions replaces the options by a bounded part of those announced.
func (t *Tracker) setOptions(announced listOf[announcedOption]) {
	t.total = len(announced)
	t.options = make([]protocol.ConfigOption, len(announced))
	for i, o := range announced {
		t.options[i] = o.option()
	}
	t.options = protocol.AgentFacts{ConfigOptions: t.options}.Bounded().ConfigOptions
}

// setMode makes a mode the current one, in whichever list the modes are.
func (t *Tracker) setMode(id word) protocol.AgentFacts {
	if id == "" {
		return protocol.AgentFacts{}
	}
	value := quoted(string(id))
	for i := range t.options {
		if o := &t.options[i]; o.Category == protocol.CategoryMode {
			o.CurrentValue = value
			return t.allOptions()
		}
	}
	if t.modes == nil {
		t.modes = choice(protocol.CategoryMode, "Mode", id, nil)
	} else {
		t.modes.CurrentValue = value
	}
	return t.allOptions()
}

// allOptions returns the options, and the modes and models of version 1 unless there is
// an option for them.
func (t *Tracker) allOptions() protocol.AgentFacts {
	list, total := slices.Clone(t.options), t.total
	for _, older := range []*protocol.ConfigOption{t.modes, t.models} {
		if older != nil && (protocol.AgentFacts{ConfigOptions: t.options}).Option(older.Category) == nil {
			list = append(list, *older)
			total++
		}
	}
	return protocol.AgentFacts{ConfigOptions: list, ConfigOptionTotal: &total}
}

// Older returns the categories of the options that are set by the requests of modes and
// models.
func (t *Tracker) Older() (categories []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, o := range []*protocol.ConfigOption{t.modes, t.models} {
		if o != nil && t.announced().Option(o.Category) == nil {
			categories = append(categories, o.Category)
		}
	}
	return categories
}

// Restore continues with the facts of a session that is open. older is what [Tracker.Older]
// has returned when it was opened.
func (t *Tracker) Restore(known protocol.AgentFacts, older []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.begun, t.opened = true, true
	if known.Usage != nil {
		t.cost = known.Usage.Cost
	}
	for _, o := range known.ConfigOptions {
		switch {
		case slices.Contains(older, o.ID) && o.ID == protocol.CategoryMode:
			t.modes = &o
		case slices.Contains(older, o.ID) && o.ID == protocol.CategoryModel:
			t.models = &o
		default:
			t.options = append(t.options, o)
		}
	}
	t.total = len(t.options)
	if known.ConfigOptionTotal != nil {
		t.total += *known.ConfigOptionTotal - len(known.ConfigOptions)
	}
}
