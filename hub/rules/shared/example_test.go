package shared_test

import (
	"fmt"
	"time"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// A state machine is a plain value. The caller brings the time and the ids, and applies
// the events that a decision returns; the runtime commits them to the journal first.
func Example() {
	settings := rules.Settings{Key: rules.Key{1}}.WithDefaults()
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	state := shared.New(journal.SessionID{1}, &settings)
	seq := journal.Seq(0)
	// do decides on an input and applies the events.
	do := func(id string, body rules.Body) rules.Decision {
		d := state.Decide(rules.Input{At: now, Now: now, IDs: [2]string{id, id + "'"}, Body: body})
		for _, e := range d.Events {
			seq++
			state.Apply(e, rules.Stamp{Seq: seq, At: now, Now: now})
			fmt.Println(seq, e.Public.EventType())
		}
		return d
	}

	do("ada", shared.Create{Body: &protocol.CreateSharedSession{HostUserID: "ada", Mode: protocol.ModePromptWithApproval}})

	invite := settings.Key.Token(rules.InviteToken, state.ID.String(), state.InviteGeneration)
	join := &protocol.Join{InviteToken: invite, UserID: "ben"}
	do("ben", shared.Command{Request: protocol.Request{Command: join}})

	ben := shared.Sender{ParticipantID: "ben", Token: settings.Key.Token(rules.ParticipantToken, "ben", 1)}
	chat := protocol.Request{ID: "c1", Command: &protocol.Chat{Text: "Hello"}}
	do("message", shared.Command{Sender: ben, Request: chat})

	again := do("message", shared.Command{Sender: ben, Request: chat})
	fmt.Println("the repeated command is answered from event", again.Replay)

	refused := do("", shared.Command{Sender: ben, Request: protocol.Request{Command: &protocol.Close{}}})
	fmt.Println(refused.Err)
	// Output:
	// 1 shared_session_created
	// 2 participant_joined
	// 3 message_created
	// the repeated command is answered from event 3
	// HOST_REQUIRED: only the host can do this
}
