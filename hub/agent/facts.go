package agent

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol"
)

// facts follows what an agent says of itself and of its session, in the words of
// versions 1 and 2 of the Agent Client Protocol, and puts it into ours: one list
// of options, whichever way the agent announces its modes and models.
type facts struct {
	mu      sync.Mutex // read takes what the agent says, and the handshake begins sessions
	cwd     string
	begun   bool                    // a session was asked for
	opened  bool                    // and is there
	early   protocol.AgentFacts     // what was said of the session before that
	cost    *protocol.AgentCost     // the newest; nil if there is none
	options []protocol.ConfigOption // as announced in the newer way
	total   int                     // how many options were announced
	modes   *protocol.ConfigOption  // of version 1; nil if the agent announces none
	models  *protocol.ConfigOption  // as modes
}

// begin says that a session is opened next. What was said of another one no
// longer holds.
func (f *facts) begin(cwd string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.begun { // the earlier session cannot be loaded
		f.opened, f.early, f.cost = false, protocol.AgentFacts{}, nil
		f.options, f.total, f.modes, f.models = nil, 0, nil, nil
	}
	f.begun, f.cwd = true, cwd
}

// answered reads the answer to a request of the handshake, and reports whether
// it says anything.
func (f *facts) answered(method string, m wire.Message) (said protocol.AgentFacts, some bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if m.Error != nil {
		return said, false
	}
	switch method {
	case "initialize":
		return initialized(m.Result).Bounded(), true
	case "session/new":
		said = nothingYet()
		said.Merge(f.early)
	case "session/load":
	default:
		return said, false
	}
	said.Merge(f.opens(m.Result))
	f.opened, f.early = true, protocol.AgentFacts{}
	return said.Bounded(), true
}

func initialized(result json.RawMessage) protocol.AgentFacts {
	var hello struct {
		AgentInfo, Info                 maybe[announcedInfo] // of version 1, and of version 2
		AgentCapabilities, Capabilities json.RawMessage
		AuthMethods                     listOf[announcedAuthMethod]
	}
	_ = json.Unmarshal(result, &hello) // an agent that answers with no object says nothing of itself
	info := hello.AgentInfo
	if hello.Info.some {
		info = hello.Info
	}
	known := protocol.AgentFacts{
		Info:         &protocol.AgentInfo{Name: string(info.value.Name), Title: string(info.value.Title), Version: string(info.value.Version)},
		Capabilities: object(hello.Capabilities, hello.AgentCapabilities),
		AuthMethods:  make([]protocol.AuthMethod, 0, len(hello.AuthMethods)),
	}
	for _, m := range hello.AuthMethods {
		known.AuthMethods = append(known.AuthMethods, m.method())
	}
	return known
}

// opens reads the answer that opens a session, and returns what it says.
func (f *facts) opens(result json.RawMessage) protocol.AgentFacts {
	var answer struct {
		ConfigOptions     listOf[announcedOption]
		AvailableCommands listOf[announcedCommand] // of version 2
		Modes             maybe[struct {
			CurrentModeID  word
			AvailableModes listOf[announcedValue]
		}]
		Models maybe[struct {
			CurrentModelID  word
			AvailableModels listOf[announcedValue]
		}]
	}
	_ = json.Unmarshal(result, &answer) // as above
	said := protocol.AgentFacts{Cwd: new(f.cwd)}
	if answer.ConfigOptions != nil {
		f.keepOptions(answer.ConfigOptions)
	}
	if m := answer.Modes; m.some {
		f.modes = choice(protocol.CategoryMode, "Mode", m.value.CurrentModeID, m.value.AvailableModes)
	}
	if m := answer.Models; m.some {
		f.models = choice(protocol.CategoryModel, "Model", m.value.CurrentModelID, m.value.AvailableModels)
	}
	if answer.ConfigOptions != nil || answer.Modes.some || answer.Models.some {
		said.Merge(f.configOptions())
	}
	if answer.AvailableCommands != nil {
		said.AvailableCommands = commands(answer.AvailableCommands)
		said.AvailableCommandTotal = new(len(said.AvailableCommands)) // in place of what was announced early
	}
	return said
}

// nothingYet is what is known of a session that has just begun: what the agent
// does not announce it does not have.
func nothingYet() protocol.AgentFacts {
	return protocol.AgentFacts{
		ConfigOptions:     []protocol.ConfigOption{},
		AvailableCommands: []protocol.AvailableCommand{},
		SessionTitle:      new(string),
		Usage:             new(protocol.AgentUsage),
	}
}

// updated reads a notification, and reports whether it says anything of the
// session.
func (f *facts) updated(m wire.Message) (said protocol.AgentFacts, some bool) {
	read, ok := announcements[m.Update]
	if !ok || m.Method != "session/update" {
		return said, false
	}
	var params struct{ Update announcement }
	if json.Unmarshal(m.Params, &params) != nil {
		return said, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	said, some = read(f, params.Update)
	said = said.Bounded()
	if !f.opened {
		f.early.Merge(said)
	}
	return said, some
}

// announcement is an update that describes the session.
type announcement struct {
	AvailableCommands listOf[announcedCommand]
	CurrentModeID     word
	ConfigOptions     listOf[announcedOption]
	Title             json.RawMessage
	Used, Size        json.RawMessage
	Cost              maybe[announcedCost]
}

var announcements = map[string]func(*facts, announcement) (protocol.AgentFacts, bool){
	"available_commands_update": func(_ *facts, a announcement) (protocol.AgentFacts, bool) {
		return protocol.AgentFacts{AvailableCommands: commands(a.AvailableCommands)}, a.AvailableCommands != nil
	},
	"current_mode_update": func(f *facts, a announcement) (protocol.AgentFacts, bool) {
		return f.changeMode(a.CurrentModeID), a.CurrentModeID != ""
	},
	"config_option_update": func(f *facts, a announcement) (protocol.AgentFacts, bool) {
		if a.ConfigOptions == nil {
			return protocol.AgentFacts{}, false
		}
		f.keepOptions(a.ConfigOptions)
		return f.configOptions(), true
	},
	"session_info_update": func(_ *facts, a announcement) (protocol.AgentFacts, bool) {
		var title word
		_ = title.UnmarshalJSON(a.Title) // null takes the title back
		return protocol.AgentFacts{SessionTitle: new(strings.TrimSpace(string(title)))}, a.Title != nil
	},
	"usage_update": func(f *facts, a announcement) (protocol.AgentFacts, bool) {
		if cost := a.Cost.value.cost(); cost != nil {
			f.cost = cost // it is what the whole session has cost, and is not told each time
		}
		usage := protocol.AgentUsage{Used: count(a.Used), Size: count(a.Size), Cost: f.cost}
		return protocol.AgentFacts{Usage: &usage}, a.Used != nil || a.Size != nil
	},
}

// keepOptions keeps what the agent announces of its options, cut to what is kept
// of it anywhere.
func (f *facts) keepOptions(announced listOf[announcedOption]) {
	f.total = len(announced)
	f.options = make([]protocol.ConfigOption, len(announced))
	for i, o := range announced {
		f.options[i] = o.option()
	}
	f.options = protocol.AgentFacts{ConfigOptions: f.options}.Bounded().ConfigOptions
}

// changeMode makes a mode the current one, in whichever list the modes are.
func (f *facts) changeMode(id word) protocol.AgentFacts {
	if id == "" {
		return protocol.AgentFacts{}
	}
	value := quoted(string(id))
	for i := range f.options {
		if o := &f.options[i]; o.Category == protocol.CategoryMode {
			o.CurrentValue = value
			return f.configOptions()
		}
	}
	if f.modes == nil {
		f.modes = choice(protocol.CategoryMode, "Mode", id, nil)
	} else {
		f.modes.CurrentValue = value
	}
	return f.configOptions()
}

// configOptions is the one list: the options, and the modes and models of agents
// that announce those in the older way alone.
func (f *facts) configOptions() protocol.AgentFacts {
	list, total := slices.Clone(f.options), f.total
	for _, older := range []*protocol.ConfigOption{f.modes, f.models} {
		if older != nil && (protocol.AgentFacts{ConfigOptions: f.options}).Option(older.Category) == nil {
			list = append(list, *older)
			total++
		}
	}
	return protocol.AgentFacts{ConfigOptions: list, ConfigOptionTotal: &total}
}

// known passes on what is newly known. It runs in the reading goroutine.
func (s *session) known(said protocol.AgentFacts) {
	s.tell(rules.AgentUpdated{Facts: said})
}

// quoted is a text as JSON.
func quoted(text string) json.RawMessage {
	b, _ := protocol.Marshal(text) // cannot fail
	return b
}

// compact is JSON without spaces, so that the same value is the same bytes.
func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return nil
	}
	return b.Bytes()
}

// object returns the first that is a JSON object, or an empty one.
func object(raws ...json.RawMessage) json.RawMessage {
	for _, raw := range raws {
		if short := compact(raw); len(short) > 0 && short[0] == '{' {
			return short
		}
	}
	return json.RawMessage("{}")
}
