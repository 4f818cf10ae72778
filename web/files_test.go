package web_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestContract_Changes_are_for_participants(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil, vic := s.join("gil", protocol.RoleCollaborator), s.join("vic", protocol.RoleViewer)
	for _, path := range []string{"/changes", "/files"} {
		t.Run("GET "+path, func(t *testing.T) {
			w := w.in(t)
			for _, p := range []person{s.Host, gil, vic} {
				w.call("GET", s.path(path), nil, p.headers()...).ok(http.StatusOK, nil)
			}
			w.call("GET", s.path(path), nil).fails(protocol.CodeInvalidRequest)
			stranger := gil
			stranger.Token = s.Host.Token
			w.call("GET", s.path(path), nil, stranger.headers()...).fails(protocol.CodeInvalidParticipantToken)
			other := w.share(protocol.ModePromptWithApproval)
			w.call("GET", other.path(path), nil, gil.headers()...).fails(protocol.CodeParticipantNotFound)
		})
	}
	var answer protocol.ChangesAnswer
	w.call("GET", s.path("/changes"), nil, gil.headers()...).ok(http.StatusOK, &answer)
	require.NotEmpty(t, answer.Reason, "this server records nothing")
	require.NotNil(t, answer.Files)
	for _, query := range []string{"scope=x", "scope=turn", "turn=x", "scope=all&turn=x"} {
		w.call("GET", s.path("/changes?"+query), nil, gil.headers()...).fails(protocol.CodeInvalidRequest)
	}
	s.command(gil, "leave", nil).okLine(nil)
	w.call("GET", s.path("/changes"), nil, gil.headers()...).fails(protocol.CodeParticipantInactive)
	s.command(s.Host, "close", nil).okLine(nil)
	w.call("GET", s.path("/files"), nil, s.Host.headers()...).fails(protocol.CodeSessionInactive)
}

func TestContract_ReviewFile(t *testing.T) {
	w := newWorld(t)
	s := w.share(protocol.ModePromptWithApproval)
	gil, vic := s.join("gil", protocol.RoleCollaborator), s.join("vic", protocol.RoleViewer)
	watching, _ := s.connect(vic)
	mark := object{"path": "a.go", "version": "v1", "reviewed": true}
	for range 2 {
		w.call("POST", s.path("/reviews"), gil.with(mark), "Idempotency-Key", "once").ok(http.StatusOK, nil)
	}
	seen := nextOf[*protocol.FileReviewed](t, watching)
	require.Equal(t, "gil", seen.Participant.UserID)
	w.call("POST", s.path("/reviews"), vic.with(mark)).fails(protocol.CodeCommentNotAllowed)
	for _, bad := range []object{
		{"path": "", "version": "v1", "reviewed": true}, {"path": "a", "version": "", "reviewed": true},
		{"path": "a", "version": "v1"}, {"path": 1, "version": "v1", "reviewed": true}, {"path": "a", "version": "v1", "reviewed": "yes"},
	} {
		w.call("POST", s.path("/reviews"), gil.with(bad)).fails(protocol.CodeInvalidRequest)
	}
}
