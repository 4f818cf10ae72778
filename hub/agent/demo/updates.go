package demo

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"math"
)

// playUpdates shows one of each kind of update that other scenes do not have.
func playUpdates(t *turn) {
	t.say("One of each kind of update that agents send. First what a message can contain beside text:")
	t.block(object{"type": "audio", "mimeType": "audio/wav", "data": base64.StdEncoding.EncodeToString(tone())})
	t.block(object{"type": "resource_link", "uri": "file://" + t.path("basket/total.go"), "name": "total.go",
		"title": "The sum of a basket", "description": "What the customer pays.", "mimeType": "text/x-go", "size": len(totalAfter)})
	t.block(object{"type": "resource", "resource": object{"uri": "file://" + t.path("basket/total.go"), "text": totalAfter}})
	t.block(object{"type": "resource", "resource": object{"uri": "file://" + t.path("basket.zip"), "mimeType": "application/zip", "blob": "UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA=="}})
	t.follow()
	t.terminal()
	t.notices()
	t.compact()
	t.update(object{"sessionUpdate": "demo_update", "about": "an update of a kind that no version of the protocol has"})
	t.update(object{"sessionUpdate": "_demo/extension", "about": "an extension, which clients do not show"})
	t.say("Those were all. The scenes `tools`, `diff`, `plan`, `mode` and `image` show the rest.")
}

// block sends a content block as a message.
func (t *turn) block(block object) {
	t.session.messages++
	t.sendRecorded(object{"sessionUpdate": "agent_message_chunk", "messageId": fmt.Sprintf("msg_%d", t.session.messages), "content": block})
	t.pause(4)
}

// follow shows a tool call with a name that tells which line it looks at.
func (t *turn) follow() {
	t.say("A tool call with the name of its tool, and the lines that it looks at:")
	id := t.startTool("read", "Look for the discount", object{"path": t.path("basket/total.go")})
	for _, line := range []int{4, 6, 9} {
		t.sendRecorded(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": "in_progress", "name": "read_lines",
			"locations": []object{{"path": t.path("basket/total.go"), "line": line}}})
		t.pause(12)
	}
	t.finishTool(id, "completed", "Line 9 subtracts it once more.")
}

// terminal shows a terminal. In version 1 it has the form that codex has established: its
// output is in _meta of the tool call.
func (t *turn) terminal() {
	t.say("A terminal with colours:")
	id := t.startTool("execute", "make check", object{"command": "make check", "cwd": t.path(".")})
	t.openTerminal(id, id)
	for _, line := range []string{
		"\x1b[1mformat\x1b[0m  \x1b[32mok\x1b[0m", "\x1b[1mlint\x1b[0m    \x1b[33m1 warning\x1b[0m",
		"\x1b[1mtest\x1b[0m    \x1b[31mTestTotal failed\x1b[0m", "\x1b[2m3 checks in 0.2 s\x1b[0m",
	} {
		t.output(id, id, line)
	}
	t.close(id)
	t.sendRecorded(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": "failed",
		"_meta": object{"terminal_exit": object{"terminal_id": id, "exit_code": 1, "signal": nil}}})
	t.pause(4)
}

// openTerminal shows a terminal in a tool call.
func (t *turn) openTerminal(call, terminal string) {
	t.sendRecorded(object{"sessionUpdate": "tool_call_update", "toolCallId": call, "status": "in_progress",
		"content": []object{{"type": "terminal", "terminalId": terminal}},
		"_meta":   object{"terminal_info": object{"terminal_id": terminal, "cwd": t.path(".")}}})
}

// output shows a line of a terminal's output.
func (t *turn) output(call, terminal, line string) {
	t.sendRecorded(object{"sessionUpdate": "tool_call_update", "toolCallId": call,
		"_meta": object{"terminal_output_delta": object{"terminal_id": terminal, "data": line + "\r\n"}}})
	t.pause(6)
}

// notices shows a notice of each severity.
func (t *turn) notices() {
	t.say("Notices:")
	for _, n := range [][3]string{
		{"info", "A newer demo agent is available", ""},
		{"warning", "The quota is nearly used up", "5 % are left. More is available tomorrow."},
		{"error", "The index could not be updated", "The search may miss new files."},
	} {
		t.update(object{"sessionUpdate": "notice", "severity": n[0], "title": n[1], "description": n[2]})
		t.pause(4)
	}
}

// compact shows how the agent shortens its context.
func (t *turn) compact() {
	t.say("The agent shortens its context, and says what it keeps:")
	id := fmt.Sprintf("compaction_%d", t.session.calls)
	t.sendRecorded(object{"sessionUpdate": "compaction_update", "compactionId": id, "status": "in_progress"})
	t.pause(12)
	for _, part := range []string{"The discount was subtracted **twice**. ", "One subtraction is left, in `Item.Price`."} {
		t.sendRecorded(object{"sessionUpdate": "compaction_summary_chunk", "compactionId": id, "content": textBlock(part)})
		t.pause(4)
	}
	t.sendRecorded(object{"sessionUpdate": "compaction_update", "compactionId": id, "status": "completed"})
	t.pause(4)
}

// tone returns a recording: a tone of 440 Hz that fades away within half a second.
func tone() []byte {
	const rate, samples = 8000, 4000
	var b bytes.Buffer
	b.WriteString("RIFF")
	_ = binary.Write(&b, binary.LittleEndian, uint32(36+samples))
	b.WriteString("WAVEfmt ")
	for _, field := range []any{uint32(16), uint16(1), uint16(1), uint32(rate), uint32(rate), uint16(1), uint16(8)} {
		_ = binary.Write(&b, binary.LittleEndian, field)
	}
	b.WriteString("data")
	_ = binary.Write(&b, binary.LittleEndian, uint32(samples))
	for i := range samples {
		at := float64(i) / rate
		b.WriteByte(byte(128 + 100*math.Exp(-6*at)*math.Sin(2*math.Pi*440*at)))
	}
	return b.Bytes()
}
