package demo

// The modes and models of the demo. In modeAuto the agent never asks for permission.
const (
	modeAsk    = "ask"
	modeAuto   = "auto"
	modelLarge = "storyteller"
	modelSmall = "storyteller-mini"
)

// settings are the current settings of a session. The modes are announced in the way of
// version 1 of the protocol, and the model as an option, which all versions have.
type settings struct{ mode, model string }

func (s settings) modes() object {
	return object{"currentModeId": s.mode, "availableModes": []object{
		{"id": modeAsk, "name": "Ask", "description": "Asks before it changes anything"},
		{"id": modeAuto, "name": "Auto", "description": "Changes things without asking"},
	}}
}

func (s settings) options() []object {
	return []object{{
		"id": "model", "name": "Model", "category": "model", "type": "select", "currentValue": s.model,
		"description": "The demo uses no model: both choices play the same scenes",
		"options": []object{
			{"value": modelLarge, "name": "Storyteller", "description": "The default"},
			{"value": modelSmall, "name": "Storyteller mini", "description": "The same with another name"},
		},
	}}
}

// playMode switches between the modes.
func playMode(t *turn) {
	s := &t.session.settings
	if s.mode == modeAsk {
		s.mode = modeAuto
		t.say("From now on I change files without asking for permission. Agents can change their mode by themselves, so keep an eye on it.")
	} else {
		s.mode = modeAsk
		t.say("From now on I ask for permission again before I change anything.")
	}
	t.update(object{"sessionUpdate": "current_mode_update", "currentModeId": s.mode})
}

// playModel switches between the models.
func playModel(t *turn) {
	s := &t.session.settings
	if s.model == modelLarge {
		s.model = modelSmall
	} else {
		s.model = modelLarge
	}
	t.update(object{"sessionUpdate": "config_option_update", "configOptions": s.options()})
	t.say("I have changed the model, although this demo does not use one.")
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
