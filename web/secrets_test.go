package web_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"parley/protocol"
)

// Nothing that happens in a session, successful or not, over any transport, writes a
// token to the log or to the disk.
func TestTokens_AreNeitherLoggedNorJournaled(t *testing.T) {
	core, logs := observer.New(zap.DebugLevel)
	w := newWorld(t, func(s *setup) { s.log = zap.New(core) })
	s := w.share(protocol.ModePromptWithApproval)
	gil := s.join("gil", protocol.RoleCollaborator)
	secrets := []string{s.Invite, s.Host.Token, gil.Token}

	es := s.stream(s.Host, "")
	es.next()
	c, welcome := s.connect(gil)
	s.resolve(s.prompt(gil, "help").ID, "approve")
	es.until(protocol.EventPromptDispatchCompleted)
	s.prompt(s.Host, "error")
	es.until(protocol.EventPromptDispatchFailed)
	w.call("GET", s.path("/events?"+gil.query()+"&after="+welcome.Cursor), nil).ok(http.StatusOK, nil)
	w.call("POST", s.path("/join"), object{"inviteToken": s.Invite, "userId": "hana", "participantToken": gil.Token}).
		fails(protocol.CodeUserAlreadyJoined)
	w.call("POST", s.path("/leave?"+gil.query()), "{").fails(protocol.CodeInvalidRequest)
	w.call("GET", "/nowhere?token="+gil.Token, nil, gil.headers()...).fails(protocol.CodeNotFound)
	w.call("GET", s.path("/stream?participantId="+s.Host.ID+"&participantToken="+gil.Token), nil).
		fails(protocol.CodeInvalidParticipantToken)
	lost := w.dial(s.ID)
	lost.send(commandLine("1", "join", object{"inviteToken": gil.Token, "userId": "ivy"}))
	lost.closed(protocol.CloseBadCredentials)
	bad := w.dial(s.ID)
	bad.send(`{"id":"1","type":"join","payload":{"inviteToken":"` + s.Invite + `"`)
	bad.closed(protocol.CloseNotProtocol)
	var invite protocol.InviteAnswer
	s.command(s.Host, "rotate_invite", nil).okLine(&invite)
	secrets = append(secrets, invite.InviteToken)
	s.command(s.Host, "remove", object{"participantId": gil.ID}).okLine(nil)
	c.closed(protocol.CloseRemoved)
	s.close()
	es.until(protocol.EventSessionClosed)
	w.stop()

	require.NotEmpty(t, logs.FilterMessage("request").All(), "the log is on")
	for _, entry := range logs.All() {
		line := fmt.Sprint(entry.Message, entry.ContextMap())
		for _, secret := range secrets {
			require.False(t, strings.Contains(line, secret), "a token in the log: %s", line)
		}
	}
	require.NoError(t, filepath.WalkDir(w.setup.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		for _, secret := range secrets {
			require.False(t, bytes.Contains(content, []byte(secret)), "a token in %s", path)
		}
		return err
	}))
}
