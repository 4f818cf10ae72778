package client_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/client"
	"parley/protocol/client/clienttest"
)

func TestOpen_joins_with_an_invite(t *testing.T) {
	s := clienttest.New(t)
	o := quick
	o.Recent = 2
	c := open(t, s.InviteLink(), o)
	w := await(t, c, anything[client.Welcome])
	require.Equal(t, protocol.ResumeNew, w.Resume)
	require.Equal(t, "Ann", c.Self().Name())
	require.Equal(t, client.Status{State: client.Online, Transport: client.WebSocket}, c.Status())
	events, err := client.DecodeEvents(w.Recent)
	require.NoError(t, err)
	require.Len(t, events, 2)
	require.Equal(t, w.Cursor, events[1].Cursor.String())
	require.NoError(t, c.Err())
}

func TestOpen_resumes_with_the_own_link(t *testing.T) {
	s := clienttest.New(t)
	first := open(t, s.InviteLink(), quick)
	s.Emit(status(1))
	receive(t, first, 1, 1)
	require.NoError(t, first.Close())
	require.ErrorIs(t, first.Err(), client.ErrClosed)
	s.Emit(status(2), status(3))

	o := quick
	o.UserID, o.Cursor = "", first.Cursor()
	again := open(t, first.Own().String(), o)
	require.Equal(t, first.Self().ID, again.Self().ID)
	require.Equal(t, protocol.ResumeOK, await(t, again, anything[client.Welcome]).Resume)
	receive(t, again, 2, 3)
}

func TestOpen_fails(t *testing.T) {
	s := clienttest.New(t)
	t.Run("with a wrong invite", func(t *testing.T) {
		link, err := client.ParseLink(s.InviteLink())
		require.NoError(t, err)
		link.Invite = "WRONG"
		err = openError(t, link.String(), quick)
		require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidInviteToken})
		stopped := new(client.StopError)
		require.ErrorAs(t, err, &stopped)
		require.Equal(t, protocol.CloseBadCredentials, stopped.Code)
	})
	t.Run("if there is no server", func(t *testing.T) {
		err := openError(t, "http://127.0.0.1:1/s/"+sessionID+"#i=I", quick)
		require.ErrorContains(t, err, "cannot reach http://127.0.0.1:1")
		require.NotContains(t, err.Error(), "\n")
	})
	t.Run("if the context ends first", func(t *testing.T) {
		s.Intercept(func(protocol.Request) clienttest.Fault { return clienttest.Fault{CutBefore: true} })
		defer s.Intercept(nil)
		link, err := client.ParseLink(s.InviteLink())
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err = client.Open(ctx, link, quick)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	})
	t.Run("without a user id", func(t *testing.T) {
		require.ErrorContains(t, openError(t, s.InviteLink(), client.Options{}), "user id")
	})
}

func TestOpen_joins_once_if_the_answer_is_lost(t *testing.T) {
	s := clienttest.New(t)
	once(s, protocol.CommandJoin, clienttest.Fault{CutAfter: true})
	c := open(t, s.InviteLink(), quick)
	require.Len(t, await(t, c, anything[client.Welcome]).Participants, 2, "the host and Ann")
	ids := seen(s, protocol.CommandJoin)
	require.Len(t, ids, 2)
	require.Equal(t, ids[0], ids[1])
}

func TestOpen_retries_after_a_retryable_error(t *testing.T) {
	s := clienttest.New(t)
	once(s, protocol.CommandJoin, clienttest.Fault{Error: protocol.Errorf(protocol.CodeTooManyParticipants, "full")})
	c := open(t, s.InviteLink(), quick)
	waiting := await(t, c, state(client.Waiting))
	require.ErrorIs(t, waiting.Err, &protocol.Error{Code: protocol.CodeTooManyParticipants})
	await(t, c, anything[client.Welcome])
}

func TestCommands(t *testing.T) {
	s := clienttest.New(t)
	c := open(t, s.HostLink(), client.Options{})
	drain(t, c)
	ctx := withPatience(t)
	message, err := c.Chat(ctx, "hello", "")
	require.NoError(t, err)
	require.Equal(t, "hello", message.Text)

	one, err := c.Prompt(ctx, "do it")
	require.NoError(t, err)
	approved, err := c.Approve(ctx, one.ID, "do it well")
	require.NoError(t, err)
	require.Equal(t, "do it well", approved.Prompt)
	two, err := c.Prompt(ctx, "and this")
	require.NoError(t, err)
	rejected, err := c.Reject(ctx, two.ID, "no")
	require.NoError(t, err)
	require.Equal(t, protocol.ApprovalRejected, rejected.Status)
	_, err = c.Approve(ctx, two.ID, "")
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeApprovalAlreadyResolved})
	require.ErrorContains(t, err, "approve: ")

	s.Ask(protocol.Permission{RequestID: "q", ToolCall: []byte(`{}`), Options: []byte(`[]`)})
	require.NoError(t, c.AnswerPermission(ctx, "q", "once"))
	_, err = c.Cancel(ctx, "")
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeNothingToCancel})
	session, err := c.SetMode(ctx, protocol.ModePromptDirect)
	require.NoError(t, err)
	require.Equal(t, protocol.ModePromptDirect, session.Mode)
	ann, err := c.SetRole(ctx, "participant-1", protocol.RoleViewer)
	require.NoError(t, err)
	require.Equal(t, protocol.RoleViewer, ann.Role)
	removal, err := c.Remove(ctx, protocol.Remove{ParticipantID: "participant-1"})
	require.NoError(t, err)
	require.Contains(t, removal.Invite.String(), "#i=INVITE-2")
	removal, err = c.Remove(ctx, protocol.Remove{ParticipantID: "participant-1", KeepInvite: true})
	require.NoError(t, err)
	require.Nil(t, removal.Invite)
	link, err := c.RotateInvite(ctx)
	require.NoError(t, err)
	require.Contains(t, link.String(), "#i=INVITE-2")
	require.NoError(t, c.StopAgent(ctx))
	require.NoError(t, c.Typing(ctx, true))
	_, err = c.Do(ctx, &protocol.Ping{})
	require.NoError(t, err)
	history, err := c.History(ctx, protocol.History{Limit: 3})
	require.NoError(t, err)
	require.True(t, history.More)
	events, err := client.DecodeEvents(history.Events)
	require.NoError(t, err)
	require.Len(t, events, 3)
	require.NoError(t, c.CloseSession(ctx))
	<-c.Done()
	stopped := new(client.StopError)
	require.ErrorAs(t, c.Err(), &stopped)
	require.Equal(t, protocol.CloseSessionEnded, stopped.Code)
	_, err = c.Chat(ctx, "too late", "")
	require.ErrorAs(t, err, &stopped)
}

func TestDo_ends_with_its_context(t *testing.T) {
	s := clienttest.New(t)
	once(s, protocol.CommandChat, clienttest.Fault{NoAnswer: true})
	c := open(t, s.InviteLink(), quick)
	drain(t, c)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := c.Chat(ctx, "hello", "")
	require.ErrorIs(t, err, context.DeadlineExceeded)
	_, err = c.Chat(withPatience(t), "hello again", "")
	require.NoError(t, err)
}

func TestDo_retries_after_a_transient_error(t *testing.T) {
	s := clienttest.New(t)
	once(s, protocol.CommandChat, clienttest.Fault{Error: &protocol.Error{Code: protocol.CodeRateLimited, RetryAfter: 30 * time.Millisecond}})
	c := open(t, s.InviteLink(), quick)
	drain(t, c)
	began := time.Now()
	_, err := c.Chat(withPatience(t), "hello", "")
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(began), 30*time.Millisecond)
	ids := seen(s, protocol.CommandChat)
	require.Len(t, ids, 2)
	require.Equal(t, ids[0], ids[1])
}

func TestDo_returns_errors_that_are_not_transient(t *testing.T) {
	s := clienttest.New(t)
	once(s, protocol.CommandPrompt, clienttest.Fault{Error: protocol.Errorf(protocol.CodeQueueFull, "full")})
	c := open(t, s.InviteLink(), quick)
	drain(t, c)
	_, err := c.Prompt(withPatience(t), "do it")
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeQueueFull})
	require.Len(t, seen(s, protocol.CommandPrompt), 1)
}

func TestLeave_ends_the_client(t *testing.T) {
	for name, fault := range map[string]clienttest.Fault{"": {}, "if its answer is lost": {CutAfter: true}} {
		t.Run(name, func(t *testing.T) {
			s := clienttest.New(t)
			once(s, protocol.CommandLeave, fault)
			c := open(t, s.InviteLink(), quick)
			drain(t, c)
			require.NoError(t, c.Leave(withPatience(t)))
			require.Error(t, c.Err())
			require.Len(t, seen(s, protocol.CommandLeave), 1)
			err := openError(t, c.Own().String(), quick)
			require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeParticipantInactive})
		})
	}
}

func TestPresence_is_requested_after_a_missed_change(t *testing.T) {
	s := clienttest.New(t)
	c := open(t, s.InviteLink(), quick)
	s.Send(&protocol.PresenceMessage{Payload: protocol.Presence{From: 0, To: 1, Joined: []string{"p"}}})
	require.Contains(t, await(t, c, anything[client.Presence]).Participants, "p")
	s.Send(&protocol.PresenceMessage{Payload: protocol.Presence{From: 5, To: 6, Joined: []string{"q"}}})
	require.Equal(t, []string{"asked", "for"}, await(t, c, anything[client.Presence]).Participants)
	s.Send(&protocol.PresenceMessage{Payload: protocol.Presence{From: 5, To: 6, Joined: []string{"q"}}}) // repeated
	s.Send(&protocol.PresenceMessage{Payload: protocol.Presence{From: 6, To: 7, Left: []string{"for"}}})
	require.Equal(t, []string{"asked"}, await(t, c, anything[client.Presence]).Participants)
	require.Len(t, seen(s, protocol.CommandPresence), 1)
	s.Send(&protocol.PresenceMessage{Payload: protocol.Presence{Epoch: "another", From: 7, To: 8}})
	require.Equal(t, []string{"asked", "for"}, await(t, c, anything[client.Presence]).Participants)
}

func TestNotices_include_ephemeral_and_unknown_messages(t *testing.T) {
	s := clienttest.New(t)
	c := open(t, s.InviteLink(), quick)
	s.Send(&protocol.PresenceMessage{Payload: protocol.Presence{To: 1, Joined: []string{"p"}}})
	s.Send(&protocol.TypingMessage{Payload: protocol.TypingNotice{ParticipantID: "p", Active: true}})
	s.Send(&protocol.UnknownMessage{Type: "weather", Raw: []byte(`{"type":"weather"}`)})
	s.Send(&protocol.ErrorMessage{Error: protocol.WireError{Code: protocol.CodeInternal}})
	s.Emit(&protocol.UnknownPayload{Type: "vote_cast", Raw: []byte(`{"vote":1}`)})
	require.Contains(t, await(t, c, anything[client.Presence]).Participants, "p")
	require.True(t, await(t, c, anything[client.Typing]).Active)
	require.Equal(t, "weather", await(t, c, anything[client.Unknown]).Type)
	require.Equal(t, protocol.CodeInternal, await(t, c, anything[client.ServerError]).Code)
	event := await(t, c, func(e client.Event) bool { return e.Type == "vote_cast" })
	require.IsType(t, &protocol.UnknownPayload{}, event.Payload)
}

func TestNotices_leave_out_hidden_events_whose_cursor_counts(t *testing.T) {
	s := clienttest.New(t)
	c := open(t, s.InviteLink(), quick)
	s.Emit(status(1))
	seen := await(t, c, func(e client.Event) bool { return e.Type == protocol.EventAgentStatus }).Cursor
	s.Emit(&protocol.UnknownPayload{Type: protocol.TypeHidden, Raw: []byte(`null`)})
	s.Send(&protocol.TypingMessage{Payload: protocol.TypingNotice{ParticipantID: "p", Active: true}})
	for {
		n := await(t, c, anything[client.Notice])
		e, isEvent := n.(client.Event)
		require.False(t, isEvent && e.Type == protocol.TypeHidden)
		if _, isLast := n.(client.Typing); isLast {
			break
		}
	}
	hidden, err := protocol.ParseCursor(c.Cursor())
	require.NoError(t, err)
	require.Equal(t, seen.Seq+1, hidden.Seq, "the client resumes behind the hidden event")
}
