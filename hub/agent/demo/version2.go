package demo

import (
	"cmp"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"

	"parley/hub/agent/wire"
)

// version2 is version 2 of the protocol. The answer to a prompt says that the prompt was
// inserted, and state_update tells when the agent works.
type version2 struct{}

func (version2) version() int { return 2 }

func (version2) initialized(canLoad bool) object {
	sessions := object{"prompt": object{"image": object{}, "audio": object{}, "embeddedContext": object{}}}
	if canLoad {
		sessions["delete"] = object{}
	}
	var methods []object
	for _, m := range authMethods() {
		m["methodId"], m["type"] = m["id"], cmp.Or(m["type"], any("agent"))
		delete(m, "id")
		methods = append(methods, m)
	}
	return object{"protocolVersion": 2, "info": agentInfo("2"), "authMethods": methods,
		"capabilities": object{"session": sessions, "auth": object{}}}
}

// capabilities adds the boolean options, which all clients of version 2 can set.
func (version2) capabilities(p initializeParams) clientCapabilities {
	p.Capabilities.Session.ConfigOptions.Boolean = &struct{}{}
	return p.Capabilities
}

func (d version2) opened(ses *session) object {
	return object{"sessionId": ses.id, "configOptions": d.options(&ses.settings), "availableCommands": ofVersion2(commands(2))}
}

// options has the modes as one more option.
func (version2) options(s *settings) []object {
	list := append([]object{s.modeOption()}, s.options()...)
	for _, option := range list {
		option["configId"] = option["id"]
		delete(option, "id")
	}
	return list
}

func ofVersion2(commands []object) []object {
	for _, c := range commands {
		c["type"] = "command"
		if input, ok := c["input"].(object); ok {
			input["type"] = "text"
		}
	}
	return commands
}

func (d version2) updates(ses *session, update object) []object {
	switch update["sessionUpdate"] {
	case "user_message_chunk":
		id := update["messageId"]
		if id == nil { // in a conversation that an earlier version has stored
			id = "user_" + rand.Text()
		}
		return []object{{"sessionUpdate": "user_message", "messageId": id, "content": []any{update["content"]}}}
	case "plan":
		plan := object{"type": "items", "planId": "plan", "entries": update["entries"]}
		return []object{{"sessionUpdate": "plan_update", "plan": plan}}
	case "current_mode_update", "config_option_update":
		return []object{{"sessionUpdate": "config_option_update", "configOptions": d.options(&ses.settings)}}
	case "available_commands_update":
		return []object{{"sessionUpdate": "available_commands_update", "availableCommands": ofVersion2(update["availableCommands"].([]object))}}
	case "tool_call", "tool_call_update":
		update["sessionUpdate"] = "tool_call_update"
		list := takeTerminal(update)
		if len(list) > 0 && len(update) == 2 { // the kind and the id: nothing but output
			return list
		}
		return append(list, withPatches(update))
	}
	return []object{update}
}

// takeTerminal removes what a tool call tells about its terminal in _meta, and returns it
// as updates of the terminal.
func takeTerminal(update object) (updates []object) {
	meta, _ := update["_meta"].(object)
	delete(update, "_meta")
	if info, ok := meta["terminal_info"].(object); ok {
		updates = append(updates, object{"sessionUpdate": "terminal_update", "terminalId": info["terminal_id"], "cwd": info["cwd"]})
	}
	if output, ok := meta["terminal_output_delta"].(object); ok {
		data, _ := output["data"].(string)
		updates = append(updates, outputChunk(output["terminal_id"], data))
	}
	if end, ok := meta["terminal_exit"].(object); ok {
		updates = append(updates, object{"sessionUpdate": "terminal_update", "terminalId": end["terminal_id"],
			"exitStatus": object{"exitCode": end["exit_code"], "signal": end["signal"]}})
	}
	return updates
}

// outputChunk returns an update with output of a terminal.
func outputChunk(terminal any, data string) object {
	return object{"sessionUpdate": "terminal_output_chunk", "terminalId": terminal, "data": base64.StdEncoding.EncodeToString([]byte(data))}
}

// withPatches replaces the diffs in the content of a tool call by lists of changes with a
// patch.
func withPatches(call object) object {
	content, ok := call["content"].([]object)
	if !ok { // from a stored conversation
		list, _ := call["content"].([]any)
		for _, element := range list {
			if o, ok := element.(object); ok {
				content = append(content, o)
			}
		}
	}
	if content == nil {
		return call
	}
	replaced := make([]object, len(content))
	for i, element := range content {
		replaced[i] = element
		if element["type"] == "diff" {
			replaced[i] = withPatch(element)
		}
	}
	call["content"] = replaced
	return call
}

// withPatch returns a diff of version 1 in the form of version 2.
func withPatch(diff object) object {
	path, _ := diff["path"].(string)
	before, existed := diff["oldText"].(string)
	after, _ := diff["newText"].(string)
	operation := "modify"
	if !existed {
		operation = "add"
	}
	return object{"type": "diff",
		"changes": []object{{"operation": operation, "path": path, "fileType": "text"}},
		"patch":   object{"format": "git_patch", "text": gitPatch(path, existed, before, after)}}
}

func (version2) permission(ses *session, q question) object {
	subject := object{"type": "command", "command": q.command, "cwd": q.cwd}
	if q.call != nil {
		subject = object{"type": "tool_call", "toolCall": withPatches(q.call)}
	}
	return object{"sessionId": ses.id, "title": q.title, "description": q.description, "subject": subject, "options": permissionOptions}
}

// state tells the client what the agent does.
func (version2) state(ses *session, state string, more object) {
	update := object{"sessionUpdate": "state_update", "state": state, "background": ses.background()}
	for name, value := range more {
		update[name] = value
	}
	ses.server.notify(ses, update)
}

func (d version2) waiting(t *turn, waits bool) {
	if waits {
		d.state(t.session, "requires_action", nil)
	} else {
		d.state(t.session, "running", nil)
	}
}

func (d version2) began(t *turn, id json.RawMessage) {
	if id != nil {
		t.server.answer(id, object{"messageId": t.messageID}, nil)
		t.server.notify(t.session, t.userMessage())
	}
	d.state(t.session, "running", nil)
}

func (d version2) ended(t *turn, _ json.RawMessage, stop string, err error) {
	more := object{"stopReason": stop}
	if err != nil {
		failure := &wire.Error{Code: wire.CodeInternal, Message: err.Error()}
		_ = errors.As(err, &failure) // else it is an internal error
		more = object{"stopReason": "error", "error": failure}
	}
	d.state(t.session, "idle", more)
}

func (version2) handles(method string) bool {
	switch method {
	case "authenticate", "session/fork", "session/load", "session/set_mode":
		return false
	}
	return true
}
