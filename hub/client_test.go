package hub_test

import (
	"encoding/json"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/feed"
	"parley/protocol"
)

// client is one connection of a participant.
type client struct {
	t       *testing.T
	room    *room
	sub     *feed.Subscription
	me      protocol.Participant
	token   string
	welcome protocol.Welcome
	lines   []feed.Line // received and not yet returned by next
	seen    []string    // cursors of the events that next has returned
}

// join lets a guest with a user id join with the invite.
func (r *room) join(user string) *client {
	r.t.Helper()
	return r.attach(&protocol.Join{InviteToken: r.invite, UserID: user})
}

// attach connects by a join or resume, and reads the welcome.
func (r *room) attach(c protocol.Command) *client {
	r.t.Helper()
	p, err := r.tryAttach(c)
	require.NoError(r.t, err)
	w := next[*protocol.WelcomeMessage](p)
	p.me, p.welcome = w.Payload.Participant, w.Payload
	if p.me.AccessToken != nil {
		p.token = *p.me.AccessToken
	}
	return p
}

// tryAttach connects by a join or resume, or returns its error. It does not read the
// welcome.
func (r *room) tryAttach(c protocol.Command) (*client, error) {
	sub, err := r.hub.Attach(r.t.Context(), r.id, protocol.Request{ID: uuid.NewString(), Command: c}, hub.AttachOptions{})
	if err != nil {
		return nil, err
	}
	r.t.Cleanup(sub.Close)
	p := &client{t: r.t, room: r, sub: sub}
	if resume, ok := c.(*protocol.Resume); ok {
		p.token = resume.ParticipantToken
	}
	return p, nil
}

// resume opens another connection of the participant, from a cursor.
func (p *client) resume(cursor string) *client {
	p.t.Helper()
	return p.room.attach(&protocol.Resume{ParticipantID: p.me.ID, ParticipantToken: p.token, Cursor: cursor})
}

// reconnect opens another connection of the participant, without a cursor.
func (p *client) reconnect() *client {
	p.t.Helper()
	return p.resume("")
}

// attachReadOnly opens a read-only connection of the participant.
func (p *client) attachReadOnly() *client {
	p.t.Helper()
	return p.room.attach(&protocol.Resume{ParticipantID: p.me.ID, ParticipantToken: p.token, ReadOnly: true, Recent: 200})
}

// credentials returns the credentials of the participant.
func (p *client) credentials() hub.Credentials {
	return hub.Credentials{ParticipantID: p.me.ID, Token: p.token}
}

// send sends a command and returns its id.
func (p *client) send(c protocol.Command) string {
	p.t.Helper()
	id := uuid.NewString()
	require.NoError(p.t, p.sub.Send(p.t.Context(), protocol.Request{ID: id, Command: c}))
	return id
}

// do sends a command, waits for the answer, and decodes its payload into a value; nil for
// none.
func (p *client) do(c protocol.Command, into any) {
	p.t.Helper()
	id := p.send(c)
	payload, err := p.answer(id)
	require.Nil(p.t, err, "%s", c.CommandType())
	if into != nil {
		require.NoError(p.t, json.Unmarshal(payload, into))
	}
}

// errorCode sends a command that is answered with an error, and returns its code.
func (p *client) errorCode(c protocol.Command) protocol.Code {
	p.t.Helper()
	_, err := p.answer(p.send(c))
	require.NotNil(p.t, err, "%s succeeds", c.CommandType())
	return err.Code
}
