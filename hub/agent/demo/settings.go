package demo

import (
	"encoding/json"
	"fmt"
	"sync"

	"parley/hub/agent/wire"
)

// The modes and models of the demo. In modeAuto the agent never asks for permission, and
// modelNone cannot be chosen.
const (
	modeAsk    = "ask"
	modeAuto   = "auto"
	modelLarge = "storyteller"
	modelSmall = "storyteller-mini"
	modelNone  = "storyteller-max"
)

// settings are the current settings of a session. The modes are announced in the way of
// version 1 of the protocol, and the others as options, which all versions have. It is
// safe for concurrent use.
type settings struct {
	booleans bool // immutable: the client can set boolean options

	mu sync.Mutex

	// guarded by mu
	mode, model string
	hurry       bool // without pauses
}

// restore sets the settings to those of a new session.
func (s *settings) restore(booleans bool) {
	s.booleans, s.mode, s.model = booleans, modeAsk, modelLarge
}

func (s *settings) modes() object {
	s.mu.Lock()
	defer s.mu.Unlock()
	return object{"currentModeId": s.mode, "availableModes": []object{
		{"id": modeAsk, "name": "Ask", "description": "Asks before it changes anything"},
		{"id": modeAuto, "name": "Auto", "description": "Changes things without asking"},
	}}
}

// modeOption returns the modes as an option.
func (s *settings) modeOption() object {
	modes := s.modes()
	option := object{"id": "mode", "name": "Mode", "category": "mode", "type": "select", "currentValue": modes["currentModeId"]}
	var values []object
	for _, mode := range modes["availableModes"].([]object) {
		values = append(values, object{"value": mode["id"], "name": mode["name"], "description": mode["description"]})
	}
	option["options"] = values
	return option
}

func (s *settings) options() []object {
	s.mu.Lock()
	defer s.mu.Unlock()
	list := []object{{
		"id": "model", "name": "Model", "category": "model", "type": "select", "currentValue": s.model,
		"description": "The demo uses no model: all choices play the same scenes",
		"options": []object{
			{"value": modelLarge, "name": "Storyteller", "description": "The default"},
			{"value": modelSmall, "name": "Storyteller mini", "description": "The same model under another name"},
			{"value": modelNone, "name": "Storyteller max", "description": "Always refused, to show a failure"},
		},
	}}
	if s.booleans {
		list = append(list, object{"id": "hurry", "name": "Hurry", "type": "boolean", "currentValue": s.hurry,
			"description": "Plays the scenes without pauses"})
	}
	return list
}

func (s *settings) asksNobody() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mode == modeAuto
}

func (s *settings) hurries() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hurry
}

// setMode sets the mode. It returns false if there is no such mode.
func (s *settings) setMode(mode string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if mode != modeAsk && mode != modeAuto {
		return false
	}
	s.mode = mode
	return true
}

// setOption sets an option to a value, which is JSON.
func (s *settings) setOption(id string, value json.RawMessage) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var model string
	switch {
	case id == "hurry" && s.booleans:
		if json.Unmarshal(value, &s.hurry) != nil {
			return invalid("hurry takes true or false")
		}
	case id != "model":
		return invalid(fmt.Sprintf("there is no option %.40q", id))
	case json.Unmarshal(value, &model) != nil || model != modelLarge && model != modelSmall && model != modelNone:
		return invalid("there is no such model")
	case model == modelNone:
		return invalid("Storyteller max is not available to a demo")
	default:
		s.model = model
	}
	return nil
}

func invalid(message string) error {
	return &wire.Error{Code: wire.CodeInvalidParams, Message: message}
}

// changeSetting answers session/set_mode and session/set_config_option.
func (s *server) changeSetting(m wire.Message) (any, error) {
	var p struct {
		SessionID string          `json:"sessionId"`
		ModeID    string          `json:"modeId"`
		ConfigID  string          `json:"configId"`
		Value     json.RawMessage `json:"value"`
	}
	if err := json.Unmarshal(m.Params, &p); err != nil {
		return nil, invalid(err.Error())
	}
	ses := s.sessions[p.SessionID]
	if ses == nil {
		return nil, &wire.Error{Code: wire.CodeNotFound, Message: fmt.Sprintf("no session %.80q", p.SessionID)}
	}
	if m.Method == "session/set_mode" {
		if !ses.settings.setMode(p.ModeID) {
			return nil, invalid("there is no such mode")
		}
		return struct{}{}, nil
	}
	if s.dialect.version() == 2 && p.ConfigID == "mode" {
		var mode string
		if json.Unmarshal(p.Value, &mode) != nil || !ses.settings.setMode(mode) {
			return nil, invalid("there is no such mode")
		}
	} else if err := ses.settings.setOption(p.ConfigID, p.Value); err != nil {
		return nil, err
	}
	return object{"configOptions": s.dialect.options(&ses.settings)}, nil
}

// playMode switches between the modes.
func playMode(t *turn) {
	s := &t.session.settings
	mode := modeAsk
	if s.asksNobody() {
		t.say("From now on I ask for permission again before I change anything.")
	} else {
		mode = modeAuto
		t.say("From now on I change files without asking for permission. Agents can change their mode by themselves, so keep an eye on it.")
	}
	s.setMode(mode)
	t.update(object{"sessionUpdate": "current_mode_update", "currentModeId": mode})
}

// playModel switches between the models.
func playModel(t *turn) {
	s := &t.session.settings
	s.swapModel()
	t.update(object{"sessionUpdate": "config_option_update", "configOptions": s.options()})
	t.say("I have changed the model, although this demo does not use one.")
}

func (s *settings) swapModel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.model == modelLarge {
		s.model = modelSmall
	} else {
		s.model = modelLarge
	}
}

// announce announces the session's title and usage, as agents do at the end of a turn.
func (t *turn) announce() {
	if t.session.title == "" {
		t.session.title = excerpt(t.prompt)
		t.update(object{"sessionUpdate": "session_info_update", "title": t.session.title})
	}
	t.session.used += 400 + len(t.prompt)/4
	cost := float64(t.session.used) / 1e6 // an invented price
	t.update(object{"sessionUpdate": "usage_update", "used": t.session.used, "size": 200_000,
		"cost": object{"amount": cost, "currency": "USD"}})
}
