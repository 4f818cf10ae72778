package hub

import "parley/protocol"

// damagedAgent is the failure of a turn whose host session cannot be read.
const damagedAgent = "the agent's session is damaged and cannot be read"

// undeliverable returns the answers that the sender of a message receives when
// the receiver is damaged, so that the sender stops waiting and stays usable.
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
		return []any{confirmEnd{m.approval}} // nobody else can confirm it
	}
	return nil
}

func noAgent() agentChanged {
	return agentChanged{protocol.AgentStatusChanged{Status: protocol.AgentExited, Detail: damagedAgent}}
}
