package host

import (
	"encoding/json"
	"slices"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/host/calls"
	"parley/hub/rules/host/turns"
	"parley/protocol"
)

// An agent on another machine outlives the server. The host session keeps what a restarted
// server needs to continue with the same process: what the agent's side remembers, the
// requests of either side that wait for an answer, and what was to be sent. From its
// restart until the connector returns the session is suspended: decisions are made and
// stored, and what they send waits.

// Events about an agent that outlives the server. Their JSON is stored.
type (
	// rememberedEvent holds what the agent's side knows of the agent's work.
	rememberedEvent struct {
		Progress json.RawMessage `json:"progress"`
	}
	// suspendedEvent records that the server was restarted.
	suspendedEvent struct{}
)

func (*rememberedEvent) EventType() protocol.EventType { return "agent_remembers" }
func (*suspendedEvent) EventType() protocol.EventType  { return "agent_suspended" }

// FrameSent reports a line that is about to be sent to an agent that outlives the server.
type FrameSent struct{ Frame rules.SentFrame }

// Effects on an agent that outlives the server.
type (
	// RestoreAgent continues with an agent that has run on.
	RestoreAgent struct{ Spec rules.RestoreSpec }
	// RefuseRequest answers a request of the agent with an error.
	RefuseRequest struct{ Refusal rules.AgentRefusal }
	// SendAgain holds effects on the agent that are stored already.
	SendAgain struct{ Effects []rules.Effect }
)

// IsBody implements [rules.Body].
func (FrameSent) IsBody() {}

// IsEffect implements [rules.Effect].
func (RestoreAgent) IsEffect() {}

// IsEffect implements [rules.Effect].
func (RefuseRequest) IsEffect() {}

// IsEffect implements [rules.Effect].
func (SendAgain) IsEffect() {}

// Outlives reports whether the agent outlives the server.
func (s *State) Outlives() bool { return s.exists() && s.up() && len(s.Memory) > 0 }

// withCalls returns a decision that stores what it sends to an agent that outlives the
// server. While the session is suspended, it sends nothing.
func (s *State) withCalls(d rules.Decision) rules.Decision {
	if !s.Outlives() && !becomesLasting(d.Events) {
		return d
	}
	var all rules.Calls
	var effects []rules.Effect
	suspended := s.Suspended && !hasEvent[*calls.ResumedEvent](d.Events)
	for _, e := range d.Effects {
		call, ok := callOf(e)
		if ok {
			all = append(all, call)
		}
		if !ok || !suspended {
			effects = append(effects, e)
		}
	}
	if len(all) > 0 {
		d.Effects = effects
		d.Events = append(d.Events, rules.Event{Public: &calls.CalledEvent{}, Private: rules.Private{Calls: &all}})
	}
	return d
}

// hasEvent reports whether an event has a payload of a type.
func hasEvent[P protocol.Payload](events []rules.Event) bool {
	return slices.ContainsFunc(events, func(e rules.Event) bool { _, has := e.Public.(P); return has })
}

// becomesLasting reports whether an agent that outlives the server is ready after some
// events.
func becomesLasting(events []rules.Event) bool {
	for _, e := range events {
		if status, ok := e.Public.(*agentStatusEvent); ok && len(status.Memory) > 0 {
			return true
		}
	}
	return false
}

// callOf returns the call for an effect on the agent. ok is false for an effect that sends
// no line.
func callOf(e rules.Effect) (c rules.Call, ok bool) {
	switch e := e.(type) {
	case PromptAgent:
		return rules.Call{Cause: promptCause(e.Prompt.Turn), Recap: e.Prompt.Recap}, true
	case CancelAgent:
		return rules.Call{Cause: cancelCause}, true
	case AnswerAgent:
		return rules.Call{Cause: answerCause(e.RequestID), RPC: e.RPC, OptionID: e.OptionID}, true
	case AnswerElicitation:
		return rules.Call{Cause: answerCause(e.RequestID), RPC: e.RPC, Reply: &e.Reply}, true
	case ConfigureAgent:
		return rules.Call{Cause: optionCause(e.RequestID), OptionID: e.OptionID, Value: e.Value, SignIn: e.SignIn}, true
	case RefuseRequest:
		return rules.Call{Cause: rules.Cause{Kind: rules.CauseRefuse, Key: e.Refusal.ID}, Refusal: &e.Refusal}, true
	}
	return c, false
}

var cancelCause = rules.Cause{Kind: rules.CauseCancel}

func promptCause(turn string) rules.Cause { return rules.Cause{Kind: rules.CausePrompt, Key: turn} }

func answerCause(requestID string) rules.Cause {
	return rules.Cause{Kind: rules.CauseAnswer, Key: requestID}
}

func optionCause(id string) rules.Cause { return rules.Cause{Kind: rules.CauseOption, Key: id} }

// effectOf returns the effect that sends a call; nil if it is not needed any more.
func (s *State) effectOf(c rules.Call) rules.Effect {
	switch c.Kind {
	case rules.CausePrompt:
		if s.Running != nil && s.Running.Turn.Approval == c.Key {
			return PromptAgent{s.promptOf(s.Running.Turn, c.Recap)}
		}
	case rules.CauseCancel:
		return CancelAgent{}
	case rules.CauseAnswer:
		if c.Reply != nil {
			return AnswerElicitation{c.Key, c.RPC, *c.Reply}
		}
		return AnswerAgent{c.Key, c.RPC, c.OptionID}
	case rules.CauseOption:
		return ConfigureAgent{c.Key, c.OptionID, c.Value, c.SignIn}
	case rules.CauseRefuse:
		return RefuseRequest{*c.Refusal}
	}
	return nil
}

// frameSent records the number of a line for the agent.
func (s *State) frameSent(m FrameSent) rules.Decision {
	var d rules.Decision
	if sent := s.Outgoing.Sent(m.Frame); sent != nil {
		d.Events = []rules.Event{{Public: sent}}
	}
	d.Answer = struct{}{}
	return d
}

// suspend continues with an agent that has run on while the server was not there. What the
// shared sessions may not have received is sent again, before anything that the agent has
// said meanwhile.
func (s *State) suspend(d rules.Decision, open []journal.SessionID) rules.Decision {
	d.Events = append(d.Events, rules.Event{Public: &suspendedEvent{}})
	d = d.With(RestoreAgent{s.restoreSpec()})
	for _, shared := range open {
		for i := range s.Outgoing.Outcomes {
			if o := &s.Outgoing.Outcomes[i]; o.Shared.IsZero() || o.Shared == shared {
				for _, m := range o.Messages() {
					d = d.With(rules.Send{To: shared, Message: m})
				}
			}
		}
		if s.Running != nil && s.Running.Turn.Shared == shared {
			d = d.With(rules.Send{To: shared, Message: rules.TurnStarted{Approval: s.Running.Turn.Approval}})
		}
		d = d.Then(s.sendState(rules.SharedOpened{Shared: shared}))
	}
	return d
}

// applyOutcome notes the outcome of a question, in case a shared session does not hear of it.
func (s *State) applyOutcome(requestID string, o calls.Outcome) {
	open := s.OpenQuestion(requestID)
	if open == nil || !s.Outlives() {
		return
	}
	o.Shared = open.Shared
	if o.Answer == nil {
		asked := open.shown()
		o.Question = &asked
	} else if o.Elicitation != nil && o.Elicitation.Action == protocol.ElicitationAccept {
		o.URL = open.Elicitation.URL
	}
	s.Outgoing.AddOutcome(o)
}

// restoreSpec describes the agent.
func (s *State) restoreSpec() rules.RestoreSpec {
	spec := rules.RestoreSpec{
		HostSession: s.ID, Profile: s.Session.Agent, Owner: ownerOf(s.Session), Run: s.Run, Seat: s.Seat, Session: s.AgentSession,
		Memory: s.Memory, Progress: s.Progress, Facts: s.Session.Facts, NextID: s.Outgoing.NextID,
		Calls: s.Outgoing.Unanswered(), MaxEvent: s.settings.MaxEvent,
	}
	if s.Origin.Run == s.Run {
		spec.Seen = s.Origin
	}
	for _, q := range s.Questions {
		restored := rules.RestoredQuestion{RequestID: q.ID(), RPC: q.RPC, Page: q.Page, Elicitation: q.Elicitation != nil, Answered: q.Waits()}
		restored.Bytes = len(rules.RawJSON(q.Question))
		spec.Questions = append(spec.Questions, restored)
	}
	// An answer that may have to be sent belongs to a question that the agent's side has.
	for _, c := range s.Outgoing.Calls {
		if c.Kind == rules.CauseAnswer && c.RPC != "" {
			spec.Questions = append(spec.Questions, rules.RestoredQuestion{RequestID: c.Key, RPC: c.RPC, Elicitation: c.Reply != nil})
		}
	}
	return spec
}

// resume sends what the connector has not received before the server was restarted. The
// connector has received the frames up to a number.
func (s *State) resume(d rules.Decision, taken uint64) rules.Decision {
	resumed := &calls.ResumedEvent{Taken: taken}
	d.Events = append(d.Events, rules.Event{Public: resumed})
	outgoing := s.Outgoing
	outgoing.Apply(resumed)
	var again []rules.Effect
	for _, c := range outgoing.Unsent() {
		if s.Abandoned != nil && c.Cause == promptCause(*s.Abandoned) {
			d.Events = append(d.Events, rules.Event{Public: &turns.AbandonedEndedEvent{}}) // the agent never received it
		}
		if e := s.effectOf(c); e != nil {
			again = append(again, e)
		}
	}
	return d.With(SendAgain{again})
}

// applyOutlive applies an event about an agent that outlives the server, and forgets calls
// that have an answer. It ignores other events.
func (s *State) applyOutlive(e rules.Event) {
	switch p := e.Public.(type) {
	case *rememberedEvent:
		s.Progress = p.Progress
	case *suspendedEvent:
		s.Suspended = true
	case *calls.CalledEvent:
		s.Outgoing.Add(*e.Private.Calls)
	case *calls.ResumedEvent:
		s.Suspended = false
		s.Outgoing.Apply(p)
	default:
		s.Outgoing.Apply(p)
	}
}
