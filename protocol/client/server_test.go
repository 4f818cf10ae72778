package client_test

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/client"
)

// network is an HTTP transport that can break its connections, and can refuse WebSocket
// upgrades as some proxies do.
type network struct {
	http.Transport
	plain bool

	mu    sync.Mutex
	conns []net.Conn
}

func newNetwork(plain bool) *network {
	n := &network{plain: plain}
	n.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		if err == nil {
			n.mu.Lock()
			defer n.mu.Unlock()
			n.conns = append(n.conns, conn)
		}
		return conn, err
	}
	return n
}

func (n *network) RoundTrip(r *http.Request) (*http.Response, error) {
	if n.plain && r.Header.Get("Upgrade") != "" {
		body := http.NoBody
		return &http.Response{StatusCode: http.StatusBadGateway, Body: body, Header: make(http.Header), Request: r}, nil
	}
	return n.Transport.RoundTrip(r)
}

func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range n.conns {
		_ = c.Close()
	}
	n.conns = nil
}

// Ann's network keeps breaking during a turn with an approval and a question. She
// receives every event once, in order.
func TestRealServer_turn(t *testing.T) {
	for name, plain := range map[string]bool{"over WebSocket": false, "over plain HTTP": true} {
		t.Run(name, func(t *testing.T) {
			s := newRealSession(t)
			host := open(t, s.host.String(), client.Options{})
			network := newNetwork(plain)
			o := quick
			o.MaxDelay = -1 // each event by itself, so that a gap shows
			o.HTTPClient = &http.Client{Transport: network}
			ann := open(t, s.invite.String(), o)
			ctx := withPatience(t)
			var others sync.WaitGroup
			t.Cleanup(func() {
				_ = host.Close()
				others.Wait()
			})
			prompted := make(chan error, 1)
			others.Go(func() {
				_, err := ann.Prompt(ctx, "fix the bug")
				prompted <- err
			})
			others.Go(func() { runTurn(ctx, host, &others) })
			numbers, updates := receiveTurn(t, ann, network)
			require.NoError(t, <-prompted)
			for i, n := range numbers {
				require.Equal(t, numbers[0]+uint64(i), n, "in order, once, without a gap")
			}
			require.Greater(t, updates, 10)
			if !plain {
				return
			}
			require.Eventually(t, func() bool { // the client may still be reconnecting
				return ann.Status().Transport == client.EventStream
			}, patience, time.Millisecond)
		})
	}
}

// runTurn approves prompts and allows what the agent asks, until the client ends.
func runTurn(ctx context.Context, host *client.Client, others *sync.WaitGroup) {
	for n := range host.Notices() {
		e, ok := n.(client.Event)
		if !ok {
			continue
		}
		switch p := e.Payload.(type) {
		case *protocol.PromptPendingApproval:
			others.Go(func() { _, _ = host.Approve(ctx, p.Approval.ID, "") })
		case *protocol.PermissionRequested:
			others.Go(func() { _ = host.AnswerPermission(ctx, p.RequestID, "allow") })
		}
	}
}

// receiveTurn returns the numbers of all events up to the end of the turn, and how many
// of them are notifications of the agent. It breaks the network at every tenth event.
func receiveTurn(t *testing.T, c *client.Client, n *network) (numbers []uint64, updates int) {
	for {
		e := await(t, c, anything[client.Event])
		numbers = append(numbers, e.Cursor.Seq)
		if len(numbers)%10 == 5 {
			n.cut()
		}
		switch p := e.Payload.(type) {
		case *protocol.HostSessionUpdate:
			updates++
		case *protocol.PromptDispatchCompleted:
			return numbers, updates
		case *protocol.PromptDispatchFailed:
			t.Fatalf("the turn failed: %s", p.Error)
		}
	}
}

func TestRealServer_people(t *testing.T) {
	s := newRealSession(t)
	host := open(t, s.host.String(), client.Options{})
	drain(t, host)
	ctx := withPatience(t)
	ann := open(t, s.invite.String(), quick)
	require.Equal(t, protocol.RoleCollaborator, ann.Self().Role)

	message, err := ann.Chat(ctx, "hello <b>", "")
	require.NoError(t, err)
	require.Equal(t, message.ID, await(t, ann, func(e client.Event) bool { return e.Type == protocol.EventMessageCreated }).
		Payload.(*protocol.MessageCreated).Message.ID)
	_, err = ann.SetMode(ctx, protocol.ModeViewOnly)
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeHostRequired})
	_, err = host.SetMode(ctx, protocol.ModePromptDirect)
	require.NoError(t, err)
	_, err = host.SetRole(ctx, ann.Self().ID, protocol.RoleViewer)
	require.NoError(t, err)
	_, err = ann.Chat(ctx, "may I?", "")
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeCommentNotAllowed})
	history, err := ann.History(ctx, protocol.History{After: ann.Cursor(), Limit: 10})
	require.NoError(t, err)
	require.False(t, history.Gap)

	spam := "spam"
	removal, err := host.Remove(ctx, protocol.Remove{ParticipantID: ann.Self().ID, Reason: &spam})
	require.NoError(t, err)
	require.Equal(t, protocol.CloseRemoved, stopCode(t, ann))
	err = openError(t, ann.Own().String(), quick)
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeParticipantRemoved})
	require.ErrorContains(t, err, "spam")

	bob := quick
	bob.UserID = "bob"
	require.ErrorIs(t, openError(t, s.invite.String(), bob), &protocol.Error{Code: protocol.CodeInvalidInviteToken})
	link, err := host.RotateInvite(ctx)
	require.NoError(t, err)
	require.ErrorIs(t, openError(t, removal.Invite.String(), bob), &protocol.Error{Code: protocol.CodeInvalidInviteToken})
	other := open(t, link.String(), bob)
	require.NoError(t, other.Typing(ctx, false), "Bob may comment")
	require.NoError(t, other.Leave(ctx))
	require.NoError(t, host.CloseSession(ctx))
	require.Equal(t, protocol.CloseSessionEnded, stopCode(t, host))
	require.ErrorIs(t, openError(t, link.String(), bob), &protocol.Error{Code: protocol.CodeSessionInactive})
}

// Participants can read a closed session over each transport, and page by page with a
// client that has ended.
func TestRealServer_reading(t *testing.T) {
	for _, plain := range []bool{false, true} {
		s := newRealSession(t)
		ctx := withPatience(t)
		o := quick
		o.UserID = "ann"
		o.HTTPClient = &http.Client{Transport: newNetwork(plain)}
		host, ann := open(t, s.host.String(), quick), open(t, s.invite.String(), o)
		_, err := ann.Chat(ctx, "hello", "")
		require.NoError(t, err)
		require.NoError(t, host.CloseSession(ctx))
		require.Equal(t, protocol.CloseSessionEnded, stopCode(t, ann))

		first, err := ann.Archive(ctx, protocol.History{Limit: 2})
		require.NoError(t, err)
		require.True(t, first.More)
		rest, err := ann.Archive(ctx, protocol.History{After: first.Cursor})
		require.NoError(t, err)
		events, err := client.DecodeEvents(append(first.Events, rest.Events...))
		require.NoError(t, err)
		require.Equal(t, protocol.EventSharedSessionCreated, events[0].Type)
		require.Equal(t, protocol.EventSessionClosed, events[len(events)-1].Type)

		o.ReadOnly = true
		reader := open(t, ann.Own().String(), o)
		welcome := await(t, reader, anything[client.Welcome])
		require.True(t, welcome.ReadOnly)
		require.Equal(t, protocol.StatusClosed, welcome.Session.Status)
		page, err := reader.History(ctx, protocol.History{Limit: 500})
		require.NoError(t, err)
		require.Len(t, page.Events, len(events))
		_, err = reader.Chat(ctx, "anybody?", "")
		code := protocol.CodeReadOnly
		if plain {
			code = protocol.CodeSessionInactive
		}
		require.ErrorIs(t, err, &protocol.Error{Code: code})
	}
	_, err := client.Open(withPatience(t), client.Link{Invite: "x"}, client.Options{UserID: "ann", ReadOnly: true})
	require.ErrorContains(t, err, "own link")
}

// stopCode waits until the server refuses the client for good, and returns the close code.
func stopCode(t *testing.T, c *client.Client) int {
	t.Helper()
	select {
	case <-c.Done():
	case <-time.After(patience):
		t.Fatal("the client did not end")
	}
	stopped := new(client.StopError)
	require.ErrorAs(t, c.Err(), &stopped)
	return stopped.Code
}

func TestRealServer_gap(t *testing.T) {
	s := newRealSession(t)
	host := open(t, s.host.String(), client.Options{})
	require.NoError(t, host.Close())
	other := protocol.NewCursor(1, [32]byte{1}).String()
	again := open(t, s.host.String(), client.Options{Cursor: other, Recent: 3})
	require.Equal(t, protocol.ResumeGap, await(t, again, anything[client.Welcome]).Resume)
}
