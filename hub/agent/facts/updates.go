package facts

import (
	"encoding/json"
	"strings"

	"parley/hub/agent/wire"
	"parley/protocol"
)

// Updated takes a notification. It returns the facts that the notification changes; ok
// is false if it changes none.
func (t *Tracker) Updated(m wire.Message) (changed protocol.AgentFacts, ok bool) {
	apply, known := updates[m.Update]
	if !known || m.Method != "session/update" {
		return changed, false
	}
	var params struct{ Update update }
	if json.Unmarshal(m.Params, &params) != nil {
		return changed, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	changed, ok = apply(t, params.Update)
	changed = changed.Bounded()
	if !t.opened {
		t.early.Merge(changed)
	}
	return changed, ok
}

// update has the members of the updates that describe the session.
type update struct {
	AvailableCommands listOf[announcedCommand]
	CurrentModeID     word
	ConfigOptions     listOf[announcedOption]
	Title             json.RawMessage
	Used, Size        json.RawMessage
	Background        listOf[announcedWork]
	Cost              maybe[announcedCost]
}

// updates has a function for each kind of update that describes the session. Its
// result is the changed facts, and whether there are any.
var updates = map[string]func(*Tracker, update) (protocol.AgentFacts, bool){
	"available_commands_update": func(_ *Tracker, u update) (protocol.AgentFacts, bool) {
		return protocol.AgentFacts{AvailableCommands: commands(u.AvailableCommands)}, u.AvailableCommands != nil
	},
	"current_mode_update": func(t *Tracker, u update) (protocol.AgentFacts, bool) {
		return t.setMode(u.CurrentModeID), u.CurrentModeID != ""
	},
	"config_option_update": func(t *Tracker, u update) (protocol.AgentFacts, bool) {
		if u.ConfigOptions == nil {
			return protocol.AgentFacts{}, false
		}
		t.setOptions(u.ConfigOptions)
		return t.allOptions(), true
	},
	"session_info_update": func(_ *Tracker, u update) (protocol.AgentFacts, bool) {
		var title word
		_ = title.UnmarshalJSON(u.Title) // null removes the title
		return protocol.AgentFacts{SessionTitle: new(strings.TrimSpace(string(title)))}, u.Title != nil
	},
	"state_update": func(_ *Tracker, u update) (protocol.AgentFacts, bool) {
		return protocol.AgentFacts{Background: background(u.Background), BackgroundTotal: new(len(u.Background))}, u.Background != nil
	},
	"usage_update": func(t *Tracker, u update) (protocol.AgentFacts, bool) {
		if cost := u.Cost.value.cost(); cost != nil {
			t.cost = cost // of the whole session; not every update has it
		}
		usage := protocol.AgentUsage{Used: tokenCount(u.Used), Size: tokenCount(u.Size), Cost: t.cost}
		return protocol.AgentFacts{Usage: &usage}, u.Used != nil || u.Size != nil
	},
}
