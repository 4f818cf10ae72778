package rules

import "parley/protocol"

// agentDamaged is the failure of a turn whose host session cannot be read.
const agentDamaged = "the agent's session is damaged and cannot be read"

// UndeliverableReplies returns the messages that the sender of a message receives if the
// receiver is damaged, so that the sender stops waiting and remains usable.
func UndeliverableReplies(message Message) []Message {
	switch m := message.(type) {
	case Dispatch:
		return []Message{TurnEnded{Approval: m.Turn.Approval, Failure: agentDamaged}}
	case CancelTurn:
		return []Message{TurnEnded{Approval: m.Approval, Failure: agentDamaged}}
	case RestartAgent:
		return []Message{RestartRefused{m.ID, protocol.Errorf(protocol.CodeAgentUnavailable, agentDamaged)}}
	case RecapWanted:
		return []Message{Recap{Approval: m.Approval}}
	case EditTurn:
		return []Message{EditRefused{m.Hold}}
	case MoveTurn:
		return []Message{EditRefused{m.Hold}}
	case QuestionAnswer:
		return []Message{QuestionWithdrawn{m.RequestID}}
	case SharedOpened:
		answers := []Message{agentGone()}
		for _, requestID := range m.Requests {
			answers = append(answers, QuestionWithdrawn{requestID})
		}
		for _, id := range m.Changing {
			answers = append(answers, ConfigureEnded{Change: OptionChange{ID: id}, Failure: agentDamaged})
		}
		if m.OwnTurn {
			answers = append(answers, OwnTurnEnded{Failure: agentDamaged})
		}
		return answers
	case Configure:
		return []Message{ConfigureEnded{Change: m.Change, Failure: agentDamaged}}
	case StopWork:
		return []Message{StopAnswered{m, protocol.Errorf(protocol.CodeAgentUnavailable, agentDamaged)}}
	case StopAgent:
		return []Message{agentGone()}
	case TurnEnded:
		return []Message{ConfirmEnd{m.Approval}} // no other session can confirm it
	}
	return nil
}

// agentGone returns the report that the host session of the agent is damaged.
func agentGone() AgentChanged {
	return AgentChanged{protocol.AgentStatusChanged{Status: protocol.AgentExited, Detail: agentDamaged}}
}
