package view

import (
	"bytes"
	"encoding/json"

	"parley/protocol"
)

// takeUpdate folds a notification of the agent. raw is the notification as it was
// received.
func (t *Timeline) takeUpdate(u update, raw json.RawMessage) {
	switch u := u.(type) {
	case *partUpdate:
		t.takePart(u)
	case *wholeUpdate:
		t.takeWhole(u)
	case *toolUpdate:
		t.takeTool(u)
	case *toolContentUpdate:
		t.takeToolContent(u)
	case *terminalNews:
		t.takeTerminal(*u)
	case *planUpdate:
		t.takePlan(u)
	case *planRemoval:
		t.removePlan(u.id)
	case *compactionUpdate:
		t.takeCompaction(u)
	case *usageUpdate:
		var cost *Cost
		if t.usage != nil {
			cost = t.usage.Cost
		}
		t.usage = &Usage{u.used, u.size, u.cost.apply(cost)}
	case *titleUpdate:
		if t.facts.title == nil || *t.facts.title != u.title {
			t.tell(TitleNotice{"agentTitle", u.title})
		}
		t.facts.title = &u.title
	case *modeUpdate:
		if t.facts.mode == nil || *t.facts.mode != u.mode { // otherwise the options have told it
			t.tell(AgentModeNotice{"agentMode", u.mode})
		}
		t.facts.mode = &u.mode
	case *AgentNotice:
		t.tell(*u)
	case *OversizedNotice:
		t.tell(*u)
	case *otherUpdate:
		t.takeOther(u.name, raw)
	}
}

// tell adds a notice of the agent, which belongs to the turn that runs.
func (t *Timeline) tell(n Notice) { t.add(&NoticeRow{t.base("notice"), n, t.running}) }

func (t *Timeline) findPlan(id string) int {
	return t.findLast(t.start, func(r Row) bool { plan, ok := r.(*PlanRow); return ok && plan.PlanID == id })
}

func (t *Timeline) takePlan(u *planUpdate) {
	t.plan = u.content.Entries
	if i := t.findPlan(u.id); i >= 0 {
		now := *t.rows[i].(*PlanRow)
		now.PlanContent, now.Removed = u.content, false
		t.replace(i, &now)
		return
	}
	t.endSaying()
	t.add(&PlanRow{Base: t.base("plan"), PlanContent: u.content, Turn: t.running, PlanID: u.id})
}

func (t *Timeline) removePlan(id string) {
	t.plan = nil
	if i := t.findPlan(id); i >= 0 {
		now := *t.rows[i].(*PlanRow)
		now.Removed = true
		t.replace(i, &now)
	}
}

func (t *Timeline) takeCompaction(u *compactionUpdate) {
	i := t.findLast(0, func(r Row) bool { c, ok := r.(*CompactionRow); return ok && c.ID == u.id })
	now := CompactionRow{Turn: t.running, ID: u.id, Status: "in_progress", Summary: []Block{}}
	if i >= 0 {
		now = *t.rows[i].(*CompactionRow)
	}
	if u.status != nil {
		now.Status = *u.status
	}
	if u.summary != nil {
		now.Summary, now.begun = u.summary, now.begun+1
	}
	if u.part != nil {
		now.Summary = join(now.Summary, *u.part)
	}
	now.Error = u.err.apply(now.Error)
	switch at := t.at; {
	case now.Status == "in_progress":
		now.EndedAt = nil
	case now.EndedAt == nil:
		now.EndedAt = &at
	}
	if i >= 0 {
		t.replace(i, &now)
		return
	}
	t.endSaying()
	now.Base = t.base("compaction")
	t.add(&now)
}

// maxRaw is how many notifications of one kind a row has.
const maxRaw = 200

func (t *Timeline) takeOther(name string, raw json.RawMessage) {
	if row, ok := t.openRow().(*OtherRow); ok && row.Name == name && len(row.Raw) < maxRaw {
		now := *row
		now.Raw = append(row.Raw[:len(row.Raw):len(row.Raw)], bytes.Clone(raw))
		t.replace(t.open-1, &now)
		return
	}
	t.endSaying()
	t.add(&OtherRow{t.base("other"), t.running, name, []json.RawMessage{bytes.Clone(raw)}})
	t.open = len(t.rows)
}

// takeOptions folds what becomes of the agent's options: what the agent sets of its own
// accord makes notices.
func (t *Timeline) takeOptions(payload protocol.Payload) {
	switch p := payload.(type) {
	case *protocol.AgentConfiguring:
		t.putOption(p.OptionID, p.Value)
	case *protocol.AgentConfigured:
		t.putOption(p.OptionID, p.Value)
	case *protocol.AgentUpdated:
		if p.ConfigOptions != nil {
			t.takeOptionList(p.ConfigOptions)
		}
	}
}

// putOption records the value that a participant has chosen, so that the agent's new list,
// which follows, is no news.
func (t *Timeline) putOption(id string, value json.RawMessage) {
	if t.facts.options != nil && string(value) != "null" {
		t.facts.options[id] = compact(value)
	}
}

func (t *Timeline) takeOptionList(list []protocol.ConfigOption) {
	options := make(map[string]string, len(list))
	for _, o := range list {
		value := compact(o.CurrentValue)
		options[o.ID] = value
		before, known := t.facts.options[o.ID]
		isKnown := false
		var mode string
		if o.Category == protocol.CategoryMode && json.Unmarshal(o.CurrentValue, &mode) == nil {
			isKnown = t.facts.mode != nil && *t.facts.mode == mode
			t.facts.mode = &mode
		}
		if known && before != value && !isKnown {
			t.notify(OptionNotice{What: "agentOption", OptionID: o.ID, Value: bytes.Clone(o.CurrentValue)})
		}
	}
	t.facts.options = options
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}
