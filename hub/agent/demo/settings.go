package demo

// The modes and models of the demo. In modeAuto nobody is asked.
const (
	modeAsk    = "ask"
	modeAuto   = "auto"
	modelLarge = "storyteller"
	modelSmall = "storyteller-mini"
)

// settings are what a session is set to. The modes are announced as version 1 of
// the protocol has them, the model as an option, which agents of every version
// have.
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
		"description": "There is none: both act out the same scenes",
		"options": []object{
			{"value": modelLarge, "name": "Storyteller", "description": "Takes its time"},
			{"value": modelSmall, "name": "Storyteller mini", "description": "Takes its time too"},
		},
	}}
}

// playMode changes the mode, to one in which nobody is asked and back.
func playMode(t *turn) {
	s := &t.session.settings
	if s.mode == modeAsk {
		s.mode = modeAuto
		t.say("From now on I change things without asking anybody. Agents may do that by themselves, so look at the mode.")
	} else {
		s.mode = modeAsk
		t.say("From now on I ask again before I change anything.")
	}
	t.update(object{"sessionUpdate": "current_mode_update", "currentModeId": s.mode})
}

// playModel changes the model.
func playModel(t *turn) {
	s := &t.session.settings
	if s.model == modelLarge {
		s.model = modelSmall
	} else {
		s.model = modelLarge
	}
	t.update(object{"sessionUpdate": "config_option_update", "configOptions": s.options()})
	t.say("I have changed the model, which a demo can do without having one.")
}

// announce says what the session is called and how much of its context is used,
// as agents do at a turn's end.
func (t *turn) announce() {
	if t.session.title == "" {
		t.session.title = excerpt(t.prompt)
		t.update(object{"sessionUpdate": "session_info_update", "title": t.session.title})
	}
	t.session.used += 400 + len(t.prompt)/4
	cost := float64(t.session.used) / 1e6 // a price that nobody has to pay
	t.update(object{"sessionUpdate": "usage_update", "used": t.session.used, "size": 200_000,
		"cost": object{"amount": cost, "currency": "USD"}})
}
