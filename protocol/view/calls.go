package view

import (
	"slices"

	"parley/protocol"
)

// takeTool folds an announcement or an update of a tool call.
func (t *Timeline) takeTool(u *toolUpdate) {
	if !u.begins && u.fields.isEmpty() {
		return // an update about metadata only
	}
	t.changeTool(u.id, u.begins, func(r *ToolRow) { r.merge(u.fields, t.at) })
	if n := len(u.fields.places); n > 0 && t.running != nil {
		t.looksAt = &u.fields.places[n-1]
	}
}

// takeToolContent adds a part to the content of a tool call.
func (t *Timeline) takeToolContent(u *toolContentUpdate) {
	t.changeTool(u.id, false, func(r *ToolRow) {
		r.Content = append(slices.Clip(r.Content), u.content)
		r.Content = r.Content[max(0, len(r.Content)-MaxParts):]
	})
}

// findTool finds a tool call in the turn. A restarted agent may reuse ids, so the call of
// an earlier turn matches only an update, and only if it never ended.
func (t *Timeline) findTool(id string, begins bool) int {
	isMeant := func(r Row) bool { tool, ok := r.(*ToolRow); return ok && tool.ID == id }
	if i := t.findLast(t.start, isMeant); i >= 0 || begins {
		return i
	}
	return t.findLast(0, func(r Row) bool { return isMeant(r) && r.(*ToolRow).Status == "unfinished" })
}

func (t *Timeline) changeTool(id string, begins bool, change func(*ToolRow)) {
	i := t.findTool(id, begins)
	if i < 0 {
		t.endSaying()
		row := &ToolRow{Turn: t.running, ID: id, Status: "pending", Terminals: []TerminalView{}, Asked: []ToolContent{},
			Call: Call{Kind: "other", Content: []ToolContent{}, Places: []Place{}}}
		change(row)
		t.takeTerminals(row)
		row.Base = t.base("tool")
		t.add(row)
		return
	}
	before := t.rows[i]
	now := *before.(*ToolRow)
	change(&now)
	t.takeTerminals(&now)
	t.replace(slices.Index(t.rows, before), &now)
	if now.Question != nil {
		t.completeQuestion(*now.Question, now.Call)
	}
}

// merge applies an update. An empty list of content changes nothing.
func (r *ToolRow) merge(f toolFields, at int64) {
	for into, value := range map[*string]string{&r.Name: f.name, &r.Title: f.title, &r.Status: f.status} {
		if value != "" {
			*into = value
		}
	}
	if f.kind != nil {
		r.Kind = *f.kind
	}
	if len(f.content) > 0 {
		r.Content = f.content
		if len(r.Asked) > 0 && !slices.ContainsFunc(f.content, ToolContent.IsDiff) {
			r.Content = slices.Concat(r.Asked, f.content)
		}
	}
	if len(f.places) > 0 {
		r.Places = f.places
	}
	if f.input != nil {
		r.Input = f.input
	}
	if f.output != nil {
		r.Output = f.output
	}
	r.CanStop = *f.canStop.apply(&r.CanStop)
	for _, news := range f.terminals {
		r.Terminals = withNews(r.Terminals, news)
	}
	switch over := r.Status == "completed" || r.Status == "failed" || r.Status == "cancelled"; {
	case !over:
		r.EndedAt = nil
	case r.EndedAt == nil:
		r.EndedAt = &at
	}
}

// endTools marks the tool calls of the turn that have not ended as unfinished.
func (t *Timeline) endTools() {
	for i := t.start; i < len(t.rows); i++ {
		if row, ok := t.rows[i].(*ToolRow); ok && row.EndedAt == nil {
			now, at := *row, t.at
			now.Status, now.EndedAt = "unfinished", &at
			t.replace(i, &now)
		}
	}
}

// findTerminal finds the row from start on that shows a terminal.
func (t *Timeline) findTerminal(id string, start int) int {
	return t.findLast(start, func(r Row) bool {
		switch r := r.(type) {
		case *TerminalRow:
			return r.Terminal.ID == id
		case *ToolRow:
			return slices.ContainsFunc(r.Terminals, func(v TerminalView) bool { return v.ID == id }) ||
				slices.ContainsFunc(r.Content, func(c ToolContent) bool { return c.Type == "terminal" && c.TerminalID == id })
		}
		return false
	})
}

// takeTerminals adds to a tool call the terminals that its content names and that had rows
// of their own until now.
func (t *Timeline) takeTerminals(r *ToolRow) {
	for _, c := range r.Content {
		if c.Type != "terminal" || slices.ContainsFunc(r.Terminals, func(v TerminalView) bool { return v.ID == c.TerminalID }) {
			continue
		}
		if i := t.findTerminal(c.TerminalID, t.start); i >= 0 {
			if row, ok := t.rows[i].(*TerminalRow); ok {
				r.Terminals = append(slices.Clip(r.Terminals), row.Terminal)
				t.remove(i)
			}
		}
	}
}

// takeTerminal folds an update of a terminal into the row that shows it.
func (t *Timeline) takeTerminal(news terminalNews) {
	i := t.findTerminal(news.id, t.start)
	if i < 0 {
		i = t.findTerminal(news.id, 0)
	}
	if i < 0 {
		t.endSaying()
		t.add(&TerminalRow{t.base("terminal"), t.running, TerminalView{ID: news.id}.with(news)})
		return
	}
	switch row := t.rows[i].(type) {
	case *ToolRow:
		now := *row
		now.Terminals = withNews(row.Terminals, news)
		t.replace(i, &now)
	case *TerminalRow:
		now := *row
		now.Terminal = row.Terminal.with(news)
		t.replace(i, &now)
	}
}

// Question returns what a question says of its tool call by itself: the call's id, which
// is nil if it has none, the call, and the options.
func Question(p protocol.Permission) (id *string, call Call, options []PermissionOption) {
	o, _ := decodeObject(p.ToolCall)
	asked := ToolRow{Call: Call{Kind: "other", Content: []ToolContent{}, Places: []Place{}}}
	asked.merge(decodeToolFields(o), 0)
	if id = o.optional("toolCallId"); id != nil && *id == "" {
		id = nil // the question is about no tool call
	}
	return id, asked.Call, decodeOptions(p.Options)
}

// ask folds a question of the agent, which can be the first that is heard of its tool
// call.
func (t *Timeline) ask(p protocol.Permission) {
	o, _ := decodeObject(p.ToolCall)
	fields := decodeToolFields(o)
	id, call, options := Question(p)
	row := &PermissionRow{Turn: t.running, RequestID: p.RequestID, ToolID: id, Title: p.Title, Description: p.Description,
		Options: options, State: "open"}
	if id == nil {
		t.endSaying()
		row.Call = call
	} else {
		t.changeTool(*id, false, func(r *ToolRow) { r.merge(fields, t.at) })
		i := t.findTool(*id, false)
		now := *t.rows[i].(*ToolRow)
		now.Question, now.Asked = &p.RequestID, []ToolContent{}
		for _, c := range now.Content {
			if c.IsDiff() {
				now.Asked = append(now.Asked, c)
			}
		}
		t.replace(i, &now)
		row.Call = now.Call
	}
	row.Base = t.base("permission")
	t.add(row)
}

// changePermission changes the row of a question, if there is one.
func (t *Timeline) changePermission(id string, change func(*PermissionRow)) {
	i := t.findLast(0, func(r Row) bool { p, ok := r.(*PermissionRow); return ok && p.RequestID == id })
	if i < 0 {
		return
	}
	now := *t.rows[i].(*PermissionRow)
	change(&now)
	t.replace(i, &now)
}

func (t *Timeline) answer(p *protocol.PermissionResolved) {
	t.changePermission(p.RequestID, func(r *PermissionRow) {
		r.State = "cancelled"
		if p.Outcome == protocol.OutcomeSelected {
			r.State = "selected"
		}
		r.OptionID, r.Source, r.AnsweredBy = p.OptionID, &p.Source, p.Participant
	})
}

// completeQuestion adds to an open question what its tool call told after it was asked.
// What the question said stays unchanged.
func (t *Timeline) completeQuestion(id string, now Call) {
	t.changePermission(id, func(r *PermissionRow) {
		if r.State == "open" {
			r.Call = r.Call.CompletedBy(now)
		}
	})
}

// CompletedBy returns the call with what another description of it adds. What the call
// says stays unchanged.
func (c Call) CompletedBy(now Call) Call {
	if c.Title == "" {
		c.Title = now.Title
	}
	if c.Kind == "other" {
		c.Kind = now.Kind
	}
	if len(c.Content) == 0 {
		c.Content = now.Content
	}
	if len(c.Places) == 0 {
		c.Places = now.Places
	}
	if c.Input == nil {
		c.Input = now.Input
	}
	return c
}
