package rules

import "parley/protocol"

// damagedAgent is the failure of a turn whose host session cannot be read.
const damagedAgent = "the agent's session is damaged and cannot be read"

// Undeliverable returns the answers that the sender of a message receives when
// the receiver is damaged, so that the sender stops waiting and stays usable.
func Undeliverable(message any) []any {
	switch m := message.(type) {
	case Dispatch:
		return []any{TurnEnded{Approval: m.Turn.Approval, Failure: damagedAgent}}
	case CancelTurn:
		return []any{TurnEnded{Approval: m.Approval, Failure: damagedAgent}}
	case PermissionAnswer:
		return []any{PermissionGone{m.RequestID}}
	case SharedOpened:
		answers := []any{noAgent()}
		for _, requestID := range m.Asked {
			answers = append(answers, PermissionGone{requestID})
		}
		return answers
	case StopAgent:
		return []any{noAgent()}
	case TurnEnded:
		return []any{ConfirmEnd{m.Approval}} // nobody else can confirm it
	}
	return nil
}

func noAgent() AgentChanged {
	return AgentChanged{protocol.AgentStatusChanged{Status: protocol.AgentExited, Detail: damagedAgent}}
}
