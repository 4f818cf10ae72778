package agent_test

import (
	"encoding/json"
	"fmt"
	"strings"
)

// turns2 has what the fake does for a prompt if it speaks version 2 of the protocol, by
// the first word of the prompt. The rest of the prompt is the argument.
var turns2 = map[string]func(a *fakeAgent, argument string){
	"hello": func(a *fakeAgent, _ string) {
		a.inserted()
		a.state(`"running"`)
		a.note("hello")
		a.state(`"idle","stopReason":"end_turn"`)
		a.state(`"idle","stopReason":"end_turn"`) // a repetition is no new end
	},
	"late": func(a *fakeAgent, _ string) { // answers the prompt when it has done everything
		a.state(`"running"`)
		a.update(`"user_message","messageId":"m1","content":[]`)
		a.note("late")
		a.state(`"idle","stopReason":"end_turn"`)
		a.result(`{"messageId":"m1"}`)
	},
	"after": func(a *fakeAgent, _ string) { // ends other work before it inserts the prompt
		a.state(`"running"`)
		a.state(`"idle","stopReason":"end_turn"`)
		a.inserted()
		a.note("after")
		a.state(`"running"`)
		a.state(`"idle","stopReason":"max_tokens"`)
	},
	"refuse": func(a *fakeAgent, code string) {
		a.state(`"running"`)
		a.failure(fmt.Sprintf(`{"code":%s,"message":"No"}`, code))
		a.note("other work")
		a.state(`"idle"`)
	},
	"break": func(a *fakeAgent, err string) { // fails after it has inserted the prompt
		a.inserted()
		a.state(`"running"`)
		a.state(`"idle","stopReason":"error","error":` + err)
	},
	"cancel": func(a *fakeAgent, _ string) {
		a.inserted()
		a.state(`"requires_action"`)
		a.note("working")
		_ = a.out.Flush()
		m, _ := a.read()
		a.note(m.Method)
		a.state(`"idle","stopReason":"cancelled"`)
	},
	"own": func(a *fakeAgent, _ string) {
		a.inserted()
		a.state(`"idle"`)
		a.state(`"running","background":[{"type":"terminal","terminalId":"t1"},{"type":"_other"},7]`)
		a.note("own work")
		_ = a.out.Flush()
		m, _ := a.read()
		a.note(m.Method)
		a.state(`"idle","stopReason":"cancelled","background":[]`)
	},
	"ask": func(a *fakeAgent, params string) {
		a.inserted()
		m := a.answer(`{"jsonrpc":"2.0","id":5,"method":"session/request_permission","params":%s}`, params)
		a.note(fmt.Sprintf("%s: %s%s", m.ID, m.Result, m.Error))
		a.state(`"idle"`)
	},
	"stoppable": func(a *fakeAgent, answer string) {
		a.inserted()
		a.update(`"tool_call_update","toolCallId":"c1","capabilities":{"cancel":{}}`)
		a.update(`"terminal_update","terminalId":"t1","capabilities":{"cancel":{}}`)
		a.update(`"tool_call_update","toolCallId":"c2","capabilities":{"cancel":{}}`)
		a.update(`"tool_call_update","toolCallId":"c2","capabilities":null`)
		a.update(`"tool_call_update","toolCallId":"c1","title":"still running"`)
		a.note("ready")
		_ = a.out.Flush()
		m, _ := a.read()
		a.note(fmt.Sprintf("%s %s%s", m.Method, m.Params.ToolCallID, m.Params.TerminalID))
		a.line(`{"jsonrpc":"2.0","id":%s,%s}`, m.ID, answer)
		a.state(`"idle"`)
	},
	"exactly": func(a *fakeAgent, updates string) {
		a.result(`{"messageId":"m1"}`)
		var list []json.RawMessage
		if err := json.Unmarshal([]byte(updates), &list); err != nil {
			panic(err)
		}
		for _, update := range list {
			a.line(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1","update":%s}}`, update)
		}
		a.state(`"idle"`)
	},
	"storm": func(a *fakeAgent, lines string) {
		a.inserted()
		a.state(`"idle"`)
		storm(a, lines)
	},
	"malformed": func(a *fakeAgent, update string) {
		a.inserted()
		a.update("%s", update)
		a.state(`"idle"`)
	},
}

// initialize2 answers initialize in version 2, if the client asked for it.
func (a *fakeAgent) initialize2(asked int) {
	switch {
	case asked != 2:
		a.result(`{"protocolVersion":1,"agentCapabilities":{},"authMethods":[]}`)
	default:
		a.result(`{"protocolVersion":2,"info":{"name":"fake","version":"2"},"capabilities":{"session":{}}}`)
	}
}

// handle2 handles the requests that differ in version 2, and reports whether it did.
func (a *fakeAgent) handle2(m fakeMessage) bool {
	switch {
	case a.behaviour == "only version 3":
		a.failure(`{"code":-32022,"message":"Unsupported protocol version","data":{"requested":2,"supported":[3]}}`)
	case a.behaviour == "knows no version 2" && m.Method == "initialize" && m.Params.ProtocolVersion == 2:
		a.failure(`{"code":-32602,"message":"Invalid params: protocolVersion"}`)
	case a.behaviour != "version 2":
		return false
	case m.Method == "initialize":
		a.initialize2(m.Params.ProtocolVersion)
	case m.Method == "session/resume":
		a.note("before the answer")
		a.state(`"running"`)
		a.result("{}")
		a.state(`"idle"`)
	case m.Method == "session/set_config_option":
		a.note(fmt.Sprintf("%s %s", m.Params.Type, m.Params.Value))
		a.result(`{"configOptions":[]}`)
	case m.Method == "session/prompt":
		name, argument, _ := strings.Cut(m.Params.Prompt[0].Text, " ")
		turns2[name](a, argument)
	default:
		return false
	}
	return true
}

// inserted answers a prompt.
func (a *fakeAgent) inserted() {
	a.result(`{"messageId":"m1"}`)
	a.update(`"user_message","messageId":"m1"`)
}

// state writes a state_update. state is the JSON of the state and what follows it.
func (a *fakeAgent) state(state string) { a.update(`"state_update","state":%s`, state) }

// update writes a session/update.
func (a *fakeAgent) update(format string, args ...any) {
	a.line(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1","update":{"sessionUpdate":%s}}}`, fmt.Sprintf(format, args...))
}
