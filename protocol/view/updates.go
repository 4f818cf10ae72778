package view

import (
	"encoding/json"
	"strings"
)

// update is what a notification of the agent says: a pointer to one of the types below,
// or nil for nothing that people need to see.
type update any

type (
	// partUpdate is a part of a message, which is added to it.
	partUpdate struct {
		voice     Voice
		messageID *string
		block     Block
	}
	// wholeUpdate is all of a message, which replaces what was said of it.
	wholeUpdate struct {
		voice     Voice
		messageID string
		blocks    []Block
	}
	toolUpdate struct {
		id     string
		begins bool
		fields toolFields
	}
	toolContentUpdate struct {
		id      string
		content ToolContent
	}
	planUpdate struct {
		id      string
		content PlanContent
	}
	planRemoval struct{ id string }
	usageUpdate struct {
		used, size float64
		cost       change[Cost]
	}
	titleUpdate      struct{ title string }
	modeUpdate       struct{ mode string }
	compactionUpdate struct {
		id      string
		status  *string
		summary []Block // nil if unchanged
		part    *Block  // to append to the summary
		err     change[string]
	}
	// otherUpdate is an update that this version does not know.
	otherUpdate struct{ name string }
)

// decodeUpdate returns what a notification says.
func decodeUpdate(notification json.RawMessage) update {
	n, ok := decodeObject(notification)
	if !ok {
		return &otherUpdate{"notification"}
	}
	method, ok := n.text("method")
	if !ok {
		method = "notification"
	}
	params, _ := n.object("params")
	if method == "_parley/oversized" {
		return oversized(params)
	}
	if strings.HasPrefix(method, "_") {
		return nil // a vendor's extension for its own client
	}
	u, ok := params.object("update")
	if method != "session/update" || !ok {
		return &otherUpdate{method}
	}
	name, ok := u.text("sessionUpdate")
	if !ok {
		name = method
	}
	if strings.HasPrefix(name, "_") {
		return nil
	}
	return decodeKnown(name, u)
}

func oversized(params object) update {
	name, ok := params.text("sessionUpdate")
	if !ok {
		name = params.string("method")
	}
	notice := OversizedNotice{What: "oversized", Name: name}
	if size := params.number("bytes"); size != nil {
		notice.Bytes = *size
	}
	return &notice
}

var voices = map[string]Voice{"agent_message": VoiceMessage, "agent_thought": VoiceThought, "user_message": VoiceUser}

// decodeKnown decodes an update whose name is not that of an extension.
func decodeKnown(name string, o object) update {
	if part, isPart := strings.CutSuffix(name, "_chunk"); isPart && voices[part] != "" {
		return &partUpdate{voices[part], o.optional("messageId"), DecodeBlock(o["content"])}
	}
	if voice := voices[name]; voice != "" {
		return decodeWhole(name, voice, o)
	}
	switch name {
	case "available_commands_update", "config_option_update", "state_update":
		return nil // another event tells it
	case "usage_update":
		return decodeUsage(o)
	case "session_info_update":
		if title := strings.TrimSpace(o.string("title")); title != "" {
			return &titleUpdate{title}
		}
		return nil
	}
	for _, decode := range []func(string, object) (update, bool){decodeToolUpdate, decodePlanUpdate, decodeSessionUpdate} {
		if u, ok := decode(name, o); ok {
			return u
		}
	}
	return &otherUpdate{name}
}

func decodeWhole(name string, voice Voice, o object) update {
	id, ok := o.text("messageId")
	if !ok {
		return &otherUpdate{name}
	}
	if !o.has("content") {
		return nil
	}
	return &wholeUpdate{voice, id, decodeBlocks(o, "content")}
}

func decodeToolUpdate(name string, o object) (update, bool) {
	id, ok := o.text("toolCallId")
	switch name {
	case "tool_call", "tool_call_update":
		return &toolUpdate{id, name == "tool_call", decodeToolFields(o)}, ok
	case "tool_call_content_chunk":
		return &toolContentUpdate{id, decodeToolContent(o["content"])}, ok
	case "terminal_update", "terminal_output_chunk":
		news, ok := decodeTerminalUpdate(o)
		return &news, ok
	}
	return nil, false
}

func decodePlanUpdate(name string, o object) (update, bool) {
	switch name {
	case "plan":
		_, ok := o.list("entries")
		content, _ := decodePlan(o)
		return &planUpdate{"", content}, ok
	case "plan_update":
		plan, _ := o.object("plan")
		content, ok := decodePlan(plan)
		return &planUpdate{plan.string("planId"), content}, ok
	case "plan_removed":
		return &planRemoval{o.string("planId")}, true
	}
	return nil, false
}

func decodePlan(o object) (content PlanContent, ok bool) {
	content.Entries = []PlanEntry{}
	if list, ok := o.list("entries"); ok {
		for _, raw := range list {
			e, _ := decodeObject(raw)
			status := e.string("status")
			if status != "completed" && status != "in_progress" {
				status = "pending"
			}
			content.Entries = append(content.Entries, PlanEntry{e.string("content"), status})
		}
		return content, true
	}
	switch o.string("type") {
	case "markdown":
		content.Text = o.optional("content")
	case "file":
		content.URI = o.optional("uri")
	}
	return content, content.Text != nil || content.URI != nil
}

// decodeSessionUpdate decodes an update about the session.
func decodeSessionUpdate(name string, o object) (update, bool) {
	switch name {
	case "current_mode_update":
		mode, ok := o.text("currentModeId")
		return &modeUpdate{mode}, ok
	case "notice":
		severity, ok := o.text("severity")
		if !ok {
			severity = "info"
		}
		title := o.string("title")
		return &AgentNotice{"agentNotice", severity, title, o.string("description")}, strings.TrimSpace(title) != ""
	case "compaction_summary_chunk":
		id, ok := o.text("compactionId")
		part := DecodeBlock(o["content"])
		return &compactionUpdate{id: id, part: &part}, ok
	case "compaction_update":
		id, ok := o.text("compactionId")
		u := compactionUpdate{id: id, status: o.optional("status"), err: changedText(o, "error")}
		if o.has("summary") {
			u.summary = decodeBlocks(o, "summary")
		}
		return &u, ok
	}
	return nil, false
}

func decodeUsage(o object) update {
	used, size := o.number("used"), o.number("size")
	if used == nil || size == nil {
		return nil
	}
	u := &usageUpdate{used: *used, size: *size}
	if o.has("cost") && o.value("cost") == nil {
		u.cost.is = true
	}
	cost, _ := o.object("cost")
	currency, ok := cost.text("currency")
	if amount := cost.number("amount"); ok && amount != nil {
		u.cost = change[Cost]{true, &Cost{*amount, currency}}
	}
	return u
}

func decodeOptions(raw json.RawMessage) []PermissionOption {
	options := []PermissionOption{}
	var list []json.RawMessage
	_ = json.Unmarshal(raw, &list)
	for _, raw := range list {
		o, _ := decodeObject(raw)
		id, ok := o.text("optionId")
		if !ok {
			continue
		}
		name, ok := o.text("name")
		if !ok {
			name = id
		}
		options = append(options, PermissionOption{id, name, o.string("kind")})
	}
	return options
}
