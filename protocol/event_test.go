package protocol_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

var (
	noon             = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)
	session          = protocol.Session{ID: "s", Mode: protocol.ModeViewOnly, CreatedAt: noon, ExpiresAt: &noon, Status: protocol.StatusActive}
	participant      = protocol.Participant{ID: "p", UserID: "<u>", DisplayName: ptr("A & B"), Role: protocol.RoleHost, JoinedAt: noon}
	approval         = protocol.Approval{ID: "a", Prompt: "do", OriginalPrompt: ptr("do it"), Status: protocol.ApprovalApproved, CreatedAt: noon, ResolvedAt: &noon}
	everyElicitation = protocol.Elicitation{RequestID: "q", Mode: protocol.ElicitationModeForm, Message: "<m>", ToolCallID: "t", Form: &protocol.ElicitationForm{
		Title: "t", Description: "d", Fields: []protocol.FormField{
			{Name: "n", Type: protocol.FieldString, Title: "t", Description: "d", Required: true, Default: json.RawMessage(`"v"`), Format: protocol.FormatEmail, Pattern: "p", MinLength: ptr(1), MaxLength: ptr(2)},
			{Name: "n", Type: protocol.FieldNumber, Minimum: ptr(0.5), Maximum: ptr(1e21)},
			{Name: "n", Type: protocol.FieldMultiSelect, Options: []protocol.FormOption{{Value: "v", Title: "t", Description: "d"}, {Value: "w"}}, MinItems: ptr(0), MaxItems: ptr(2)},
		}}}
	question = protocol.Permission{RequestID: "q", ToolCall: json.RawMessage(`{"title":"<x>"}`), Options: json.RawMessage(`[]`), Title: "<t>", Description: "d"}
)

var everyPayload = []protocol.Payload{
	&protocol.SharedSessionCreated{Session: session},
	&protocol.SessionUpdated{Session: session, Participant: participant},
	&protocol.SessionClosed{Status: protocol.StatusExpired},
	&protocol.ParticipantJoined{Participant: participant},
	&protocol.ParticipantUpdated{Participant: participant},
	&protocol.ParticipantLeft{Participant: participant, RemovedBy: ptr("h"), Reason: ptr("why")},
	&protocol.InviteRotated{Participant: participant},
	&protocol.MessageCreated{Message: protocol.Message{ID: "m", Text: "<b>", CreatedAt: noon}, Participant: participant},
	&protocol.PromptPendingApproval{Approval: approval, Participant: participant},
	&protocol.PromptApproved{Approval: approval, Participant: participant},
	&protocol.PromptRejected{Approval: approval, Participant: participant},
	&protocol.PromptQueued{ApprovalID: "a", Ahead: 2},
	&protocol.PromptCancelled{ApprovalID: "a", Participant: participant},
	&protocol.QueueChanged{Queue: []protocol.QueuedPrompt{{ApprovalID: "a", Ahead: 1}}, Participant: &participant},
	&protocol.PromptDispatchStarted{ApprovalID: "a"},
	&protocol.PromptDispatchCompleted{ApprovalID: "a", StopReason: "end_turn"},
	&protocol.PromptDispatchFailed{ApprovalID: "a", Error: "no & no"},
	&protocol.HostSessionUpdate{Notification: json.RawMessage(`{"method":"x", "n":1.0e2}`)},
	&protocol.PermissionRequested{Permission: question},
	&protocol.PermissionResolved{RequestID: "q", OptionID: ptr("o"), Outcome: protocol.OutcomeSelected, Source: protocol.SourceParticipant, Participant: &participant},
	&protocol.PermissionWithdrawn{RequestID: "q"},
	&protocol.ElicitationRequested{Elicitation: everyElicitation},
	&protocol.ElicitationRequested{Elicitation: protocol.Elicitation{RequestID: "q", Mode: protocol.ElicitationModeURL, Message: "m", Target: "https://a.b", AcceptedBy: &participant}},
	&protocol.ElicitationResolved{RequestID: "q", Action: protocol.ElicitationAccept, Source: protocol.SourceParticipant, Participant: &participant},
	&protocol.ElicitationWithdrawn{RequestID: "q"},
	&protocol.ElicitationCompleted{RequestID: "q"},
	&protocol.ElicitationRefused{Message: "m", Reason: "r"},
	&protocol.AgentStatusChanged{Status: protocol.AgentExited, ExitCode: ptr(0), StderrTail: ptr("")},
	&protocol.AgentStatusChanged{Status: protocol.AgentStarting, Detail: "d", StartedAt: &noon, SilentSince: &noon},
	&protocol.AgentRestarting{Participant: participant},
	&protocol.AgentSwitched{From: "a", To: "b", Participant: participant},
	&protocol.AgentSession{Continued: protocol.ContinuedNew, Reason: "r", Recap: "q"},
	&protocol.AgentStrayOutput{ApprovalID: ptr("a")},
	&protocol.AgentSlowed{ApprovalID: ptr("a")},
	&protocol.AgentUpdated{AgentFacts: everyFact},
	&protocol.AgentSigningIn{MethodID: "m", Participant: participant},
	&protocol.AgentSignedIn{MethodID: "m", Participant: participant},
	&protocol.AgentSignInFailed{MethodID: "m", Participant: participant, Reason: "r"},
	&protocol.AgentConfiguring{OptionID: "o", Value: json.RawMessage(`"v"`), Participant: participant},
	&protocol.AgentConfigured{OptionID: "o", Value: json.RawMessage(`true`), Participant: participant},
	&protocol.AgentTurnStarted{},
	&protocol.AgentTurnCancelled{Participant: participant},
	&protocol.AgentTurnEnded{StopReason: "end_turn"},
	&protocol.AgentStopRequested{ToolCallID: "c", Participant: participant},
	&protocol.AgentStopRefused{TerminalID: "t", Reason: "r"},
	&protocol.FileReviewed{Path: "p", Version: "v", Reviewed: true, Participant: participant},
	&protocol.AgentConfigureFailed{OptionID: "o", Value: json.RawMessage(`null`), Participant: participant, Reason: "r", PromptsWait: true},
	&protocol.UnknownPayload{Type: "vote_cast", Raw: json.RawMessage(`{"vote": 1.0}`)},
}

func TestEvents_round_trip(t *testing.T) {
	cursor := protocol.NewCursor(7, [32]byte{1, 2, 3})
	seen := make(map[string]bool)
	for _, payload := range everyPayload {
		t.Run(string(payload.EventType()), func(t *testing.T) {
			event := &protocol.Event{Type: payload.EventType(), Cursor: cursor, SharedSessionID: "s", Timestamp: noon, Payload: payload}
			line, err := protocol.Encode(event)
			require.NoError(t, err)
			got, err := protocol.DecodeServer(line)
			require.NoError(t, err)
			require.Equal(t, event, got)

			body, err := protocol.MarshalPayload(payload)
			require.NoError(t, err)
			require.Equal(t, string(line), string(protocol.EncodeEvent(payload.EventType(), cursor, "s", noon, body)))
		})
		seen[string(payload.EventType())] = true
	}
	for _, word := range constants(t, "EventType") {
		require.True(t, seen[word], "no test covers %s", word)
	}
}

func TestEncodeEvent_copies_the_payload_byte_for_byte(t *testing.T) {
	payload := []byte(`{"notification": {"text":"<b> \u0026 ", "n":123456789012345678901234567890} }`)
	line := protocol.EncodeEvent(protocol.EventHostSessionUpdate, protocol.Cursor{Seq: 1}, "s", noon, payload)
	require.Contains(t, string(line), string(payload))
	require.True(t, json.Valid(line))
}

func TestMarshalPayload_keeps_the_bytes_of_the_agent(t *testing.T) {
	original := json.RawMessage(`{ "text":"<b> \u0026 ", "n":1e3 }`)
	for _, payload := range []protocol.Payload{
		&protocol.HostSessionUpdate{Notification: original},
		&protocol.PermissionRequested{Permission: protocol.Permission{RequestID: "q", ToolCall: original, Options: json.RawMessage("[ ]")}},
		&protocol.UnknownPayload{Type: "new", Raw: original},
	} {
		t.Run(string(payload.EventType()), func(t *testing.T) {
			body, err := protocol.MarshalPayload(payload)
			require.NoError(t, err)
			require.Contains(t, string(body), string(original))
			again, err := protocol.DecodePayload(payload.EventType(), body)
			require.NoError(t, err)
			require.Equal(t, payload, again)
		})
	}
}

func TestEncodeEvent_encodes_the_time_in_UTC(t *testing.T) {
	local := noon.In(time.FixedZone("", 3600))
	line := protocol.EncodeEvent(protocol.EventAgentStatus, protocol.Cursor{}, "s", local, []byte("{}"))
	require.Contains(t, string(line), `"timestamp":"2026-03-01T12:00:00.123456Z"`)
}

func TestDecodePayload_shares_no_memory_with_its_input(t *testing.T) {
	raw := []byte(`{"vote":1}`)
	p, err := protocol.DecodePayload("vote_cast", raw)
	require.NoError(t, err)
	clear(raw)
	require.Equal(t, `{"vote":1}`, string(p.(*protocol.UnknownPayload).Raw))
}

func TestDecodePayload_refuses_a_payload_of_another_type(t *testing.T) {
	_, err := protocol.DecodePayload(protocol.EventPromptQueued, []byte(`{"ahead":"two"}`))
	require.Error(t, err)
}

func TestEvent_without_a_payload(t *testing.T) {
	const cursor = "AAAAAAAAAAEAAAAAAAAAAAAAAAA"
	m, err := protocol.DecodeServer([]byte(`{"type":"vote_cast","cursor":"` + cursor + `"}`))
	require.NoError(t, err, "an event of an unknown type is kept")
	line, err := protocol.Encode(m)
	require.NoError(t, err)
	require.Contains(t, string(line), `"payload":null`)

	_, err = protocol.DecodeServer([]byte(`{"type":"agent_status","cursor":"` + cursor + `"}`))
	require.Error(t, err, "an event of a known type is refused")
}

func TestPermission_every_member_of_a_whole_question_is_in_the_tests(t *testing.T) {
	for i, v := range reflect.ValueOf(question).Fields() {
		if i.Name != "Truncated" && i.Name != "WholeBytes" {
			require.False(t, v.IsZero(), i.Name)
		}
	}
}
