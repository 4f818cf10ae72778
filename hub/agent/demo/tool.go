package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"parley/hub/agent/wire"
)

// startTool announces a tool call and returns its id.
func (t *turn) startTool(kind, title string, input object, files ...string) string {
	t.session.calls++
	id := fmt.Sprintf("call_%d", t.session.calls)
	if t.err != nil {
		return id
	}
	t.open = append(t.open, id)
	t.sendRecorded(t.toolCall(id, kind, title, input, files))
	t.pause(2)
	return id
}

// toolCall returns a tool_call update.
func (t *turn) toolCall(id, kind, title string, input object, files []string) object {
	locations := make([]object, len(files))
	for i, file := range files {
		locations[i] = object{"path": t.path(file)}
	}
	return object{"sessionUpdate": "tool_call", "toolCallId": id, "title": title, "kind": kind,
		"status": "pending", "locations": locations, "rawInput": input}
}

// workTool marks a tool call as in progress, and pauses.
func (t *turn) workTool(id string) {
	t.sendRecorded(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": "in_progress"})
	t.pause(12)
}

// finishTool ends a tool call with a status and a text as its result.
func (t *turn) finishTool(id, status, output string) {
	t.finishWith(id, status, object{"type": "content", "content": textBlock(output)})
}

// finishWith ends a tool call with a status and content as its result.
func (t *turn) finishWith(id, status string, content object) {
	t.close(id)
	t.sendRecorded(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": status,
		"content": []object{content}})
	t.pause(4)
}

// close records that a tool call has finished.
func (t *turn) close(id string) {
	t.open = slices.DeleteFunc(t.open, func(open string) bool { return open == id })
}

// readFile shows how the agent reads a file.
func (t *turn) readFile(name, content string) {
	id := t.startTool("read", "Read "+name, object{"path": t.path(name)}, name)
	t.workTool(id)
	t.finishTool(id, "completed", "```\n"+content+"```")
}

// runCommand shows a command and its output, line by line.
func (t *turn) runCommand(command, status string, lines ...string) {
	id := t.startTool("execute", command, object{"command": command, "cwd": t.path(".")})
	t.workTool(id)
	output := "$ " + command + "\n"
	for _, line := range lines {
		output += line + "\n"
		t.update(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": "in_progress",
			"content": []object{{"type": "content", "content": textBlock(console(output))}}})
		t.pause(6)
	}
	t.finishTool(id, status, console(output))
}

func console(output string) string { return "```console\n" + output + "```" }

// change is an edit of one file.
type change struct {
	name     string
	old, new string // old is empty for a new file
}

// edit shows an edit as a diff. It first asks for permission. It reports whether the edit
// was made.
func (t *turn) edit(c change) bool {
	input := object{"path": t.path(c.name)}
	diff := object{"type": "diff", "path": t.path(c.name), "oldText": c.old, "newText": c.new}
	if c.old == "" {
		diff["oldText"] = nil
	}
	id := t.startTool("edit", "Edit "+c.name, input, c.name)
	if !t.permitted(id, "edit", "Edit "+c.name, input, diff, c.name) {
		t.finishTool(id, "failed", "Not allowed.")
		return false
	}
	t.workTool(id)
	t.write(c)
	t.finishWith(id, "completed", diff)
	return t.err == nil
}

// permitted asks for permission for a tool call, unless the user always allows tool calls
// or the mode is modeAuto.
func (t *turn) permitted(id, kind, title string, input, content object, files ...string) bool {
	if t.err != nil {
		return false
	}
	if t.session.always || t.session.settings.asksNobody() {
		return true
	}
	call := t.toolCall(id, kind, title, input, files)
	delete(call, "sessionUpdate")
	call["content"] = []object{content}
	return t.ask(question{title: title + "?", description: "The demo asks before it changes anything.", call: call})
}

// ask asks for permission. It reports whether it was given. The turn is cancelled if the
// client cancels the question.
func (t *turn) ask(q question) bool {
	if t.err != nil {
		return false
	}
	answer, err := t.request("session/request_permission", t.server.dialect.permission(t.session, q))
	if err != nil {
		t.err = err
		return false
	}
	var result struct {
		Outcome struct {
			Outcome  string `json:"outcome"`
			OptionID string `json:"optionId"`
		} `json:"outcome"`
	}
	if json.Unmarshal(answer.Result, &result) != nil || result.Outcome.Outcome != "selected" {
		t.err = context.Canceled // the outcome "cancelled" cancels the turn
		return false
	}
	t.session.always = t.session.always || result.Outcome.OptionID == "always"
	return result.Outcome.OptionID == "allow" || result.Outcome.OptionID == "always"
}

// request sends a request on which the turn waits, and returns the answer.
func (t *turn) request(method string, params object) (wire.Message, error) {
	t.server.dialect.waiting(t, true)
	answer, err := t.server.ask(t.ctx, method, params)
	if err == nil {
		t.server.dialect.waiting(t, false)
	}
	return answer, err
}
