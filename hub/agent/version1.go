package agent

import (
	"encoding/json"
	"errors"
	"sync/atomic"

	"parley/hub/agent/wire"
	"parley/hub/rules"
	"parley/protocol"
)

// dialect1 is version 1 of the protocol. The answer to a prompt ends the turn.
type dialect1 struct {
	session *session // immutable

	running atomic.Bool // a prompt has no answer yet
}

func (*dialect1) offers(r initializeResult, name string) bool {
	return r.AgentCapabilities.offers(name)
}

// reopenings prefers resuming, which costs no replay.
func (*dialect1) reopenings(r initializeResult) []reopening {
	var ways []reopening
	if r.AgentCapabilities.offers("resume") {
		ways = append(ways, reopening{method: "session/resume", continued: protocol.ContinuedResumed, repeats: true})
	}
	if r.AgentCapabilities.LoadSession {
		ways = append(ways, reopening{method: "session/load", continued: protocol.ContinuedLoaded, repeats: true, replays: true, canReplay: true})
	}
	return ways
}

func (*dialect1) signInMethod() string { return "authenticate" }

func (*dialect1) optionType(value json.RawMessage) string {
	if isBoolean(value) {
		return "boolean"
	}
	return ""
}

func (*dialect1) decodePermission(params json.RawMessage) (permission, error) {
	var p permission
	if err := json.Unmarshal(params, &p); err != nil {
		return p, err
	}
	if len(p.ToolCall) == 0 || p.ToolCall[0] != '{' {
		return p, errNoQuestion
	}
	return p, p.decodeOptions()
}

func (d *dialect1) prompted(string) { d.running.Store(true) }

func (d *dialect1) answered(turn string, m wire.Message) []rules.AgentEvent {
	d.running.Store(false)
	if m.Error != nil {
		return []rules.AgentEvent{d.session.turnFailed(turn, m)}
	}
	var result struct {
		StopReason string `json:"stopReason"`
	}
	ended := rules.AgentTurnEnded{Turn: turn}
	if json.Unmarshal(m.Result, &result) != nil {
		ended.Err = errMalformedAnswer
	}
	ended.StopReason = wire.Brief(result.StopReason)
	return []rules.AgentEvent{ended}
}

func (*dialect1) updating(wire.Message) []rules.AgentEvent { return nil }

func (*dialect1) updated(wire.Message) []rules.AgentEvent { return nil }

func (d *dialect1) working() bool { return d.running.Load() }

func (*dialect1) version() int { return version1 }

func (*dialect1) progress() json.RawMessage { return nil }

func (d *dialect1) restore(turn string, _ json.RawMessage) { d.running.Store(turn != "") }

func (*dialect1) stop(string, string) (stopRequest, error) {
	return stopRequest{}, errors.New("the agent can only cancel a whole turn")
}

// isBoolean reports whether the value of an option is a boolean; otherwise it is a string.
func isBoolean(value json.RawMessage) bool {
	return string(value) == "true" || string(value) == "false"
}
