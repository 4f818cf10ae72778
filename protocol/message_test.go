package protocol_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestServerMessages_round_trip(t *testing.T) {
	for _, m := range []protocol.ServerMessage{
		&protocol.WelcomeMessage{ID: "1", Payload: protocol.Welcome{Recent: []json.RawMessage{odd}, Session: session, Participant: participant, Participants: []protocol.Participant{participant}, Limits: protocol.DefaultLimits}},
		&protocol.OKMessage{ID: `a"<1>`, Payload: odd, Duplicate: true},
		&protocol.ErrorMessage{ID: "1", Error: protocol.WireError{Code: protocol.CodeRateLimited, Message: "<slow>", Retryable: true, RetryAfterMS: 5}},
		&protocol.ErrorMessage{Error: protocol.WireError{Code: protocol.CodeInvalidRequest}},
		&protocol.PresenceMessage{Payload: protocol.Presence{Epoch: "e", From: 1, To: 2, Joined: []string{"p"}, Left: []string{}}},
		&protocol.TypingMessage{Payload: protocol.TypingNotice{ParticipantID: "p", Active: true}},
		&protocol.PongMessage{ID: "1"},
		&protocol.HiddenMessage{Cursor: protocol.Cursor{Seq: 7}},
		&protocol.Connected{Type: protocol.TypeConnected, SharedSessionID: "s", Cursor: "c", Resume: protocol.ResumeNew},
		&protocol.UnknownMessage{Type: "weather", Raw: json.RawMessage(`{"type":"weather", "sky":1.0}`)},
	} {
		line, err := protocol.Encode(m)
		require.NoError(t, err)
		require.NotContains(t, string(line), "\n")
		got, err := protocol.DecodeServer(line)
		require.NoError(t, err, "%s", line)
		require.Equal(t, m, got)
	}
}

func TestEncode_writes_an_empty_payload_for_none(t *testing.T) {
	line, err := protocol.Encode(&protocol.OKMessage{ID: "1"})
	require.NoError(t, err)
	require.Equal(t, `{"type":"ok","id":"1","payload":{}}`, string(line))
}

func TestDecodeServer_refuses_malformed_messages(t *testing.T) {
	for _, line := range []string{``, `7`, `[]`, `{"type":7}`, `{"type":"ok","id":7}`, `{"type":"agent_status","cursor":"?"}`} {
		_, err := protocol.DecodeServer([]byte(line))
		require.Error(t, err, line)
	}
}

func TestDecodeServer_accepts_unknown_words(t *testing.T) {
	m, err := protocol.DecodeServer([]byte(`{"type":"welcome","id":"1","payload":{"session":{"mode":"by_vote"},"participant":{"role":"moderator"},"agent":{"status":"asleep","mood":"calm"}}}`))
	require.NoError(t, err)
	require.EqualValues(t, "by_vote", m.(*protocol.WelcomeMessage).Payload.Session.Mode)
}

func TestDecodeServer_shares_no_memory_with_its_input(t *testing.T) {
	line := []byte(`{"type":"weather"}`)
	m, err := protocol.DecodeServer(line)
	require.NoError(t, err)
	clear(line)
	require.Equal(t, `{"type":"weather"}`, string(m.(*protocol.UnknownMessage).Raw))
}

func TestError_round_trips(t *testing.T) {
	e := &protocol.Error{Code: protocol.CodeRateLimited, Message: "slower", RetryAfter: 1500 * time.Millisecond}
	require.Equal(t, protocol.WireError{Code: protocol.CodeRateLimited, Message: "slower", Retryable: true, RetryAfterMS: 1500}, e.Wire())
	require.Equal(t, e, e.Wire().Err())
	require.Equal(t, protocol.ErrorBody{Error: "slower", Code: protocol.CodeRateLimited, Retryable: true, RetryAfterMS: 1500}, e.Body())
}
