package hub

import "parley/protocol"

// damagedAgent is why a turn fails whose host session cannot be read.
const damagedAgent = "the agent's session is damaged and cannot be read"

// undeliverable is what the sender of a message hears in the place of a session
// that is damaged: what it waits for does not come. The room stays usable.
func undeliverable(message any) []any {
	switch m := message.(type) {
	case dispatch:
		return []any{turnEnded{approval: m.turn.Approval, failure: damagedAgent}}
	case cancelTurn:
		return []any{turnEnded{approval: m.approval, failure: damagedAgent}}
	case permissionAnswer:
		return []any{permissionGone{m.requestID}}
	case sharedOpened:
		answers := []any{noAgent()}
		for _, requestID := range m.asked {
			answers = append(answers, permissionGone{requestID})
		}
		return answers
	case stopAgent:
		return []any{noAgent()}
	case turnEnded:
		return []any{confirmEnd{m.approval}} // it is told to nobody
	}
	return nil
}

func noAgent() agentChanged {
	return agentChanged{protocol.AgentStatusChanged{Status: protocol.AgentExited, Detail: damagedAgent}}
}
