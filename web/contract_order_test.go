package web_test

import (
	"net/http"
	"testing"

	"github.com/google/uuid"

	"parley/protocol"
)

// refusals is a session with a participant for every reason to be refused, and a
// closed session.
type refusals struct {
	*session
	guest, viewer, gone person // gone is a viewer who has left the session
	closed              *session
	stranger            person // of another session
}

func (w *world) refusals(mode protocol.Mode) refusals {
	w.t.Helper()
	c := refusals{session: w.share(mode)}
	c.guest = c.join("gil", protocol.RoleCollaborator)
	c.viewer = c.join("vera", protocol.RoleViewer)
	c.gone = c.join("gus", protocol.RoleViewer)
	c.leave(c.gone)
	c.closed = w.shareOn(c.Agent, mode)
	c.closed.close()
	other := w.shareOn(c.Agent, mode)
	c.stranger = other.Host
	return c
}

// calls are the calls that need a participant. Their bodies also fail every check
// that follows those of the participant.
var calls = []struct {
	name, method, path string
	body               map[string]any
	reads              bool // accepts credentials in the query
}{
	{"close", "DELETE", "", nil, true},
	{"leave", "POST", "/leave", nil, false},
	{"messages", "POST", "/messages", map[string]any{"text": "hello"}, false},
	{"prompts", "POST", "/prompts", map[string]any{"prompt": "hello"}, false},
	{"approvals", "POST", "/approvals/none", map[string]any{"action": "approve"}, false},
	{"stream", "GET", "/stream", nil, true},
	{"events", "GET", "/events", nil, true},
}

// Every row fails its own check and those that follow, which shows the order of the
// checks.
func TestContract_Authenticated(t *testing.T) {
	w := newWorld(t)
	c := w.refusals(protocol.ModePromptWithApproval)
	unknown := person{ID: uuid.NewString(), Token: "wrong"}
	rows := []struct {
		name    string
		session string
		who     person
		code    protocol.Code
	}{
		{"unknown session", uuid.NewString(), unknown, protocol.CodeSessionNotFound},
		{"session id that is none", "nonsense", unknown, protocol.CodeSessionNotFound},
		{"session id in another spelling", "{" + c.ID + "}", c.Host, protocol.CodeSessionNotFound},
		{"host session for a shared one", c.Agent, c.Host, protocol.CodeSessionNotFound},
		{"closed session", c.closed.ID, unknown, protocol.CodeSessionInactive},
		{"unknown participant", c.ID, unknown, protocol.CodeParticipantNotFound},
		{"participant of another session", c.ID, c.stranger, protocol.CodeParticipantNotFound},
		{"participant id that does not exist", c.ID, person{ID: "nobody"}, protocol.CodeParticipantNotFound},
		{"wrong token", c.ID, person{ID: c.gone.ID, Token: "wrong"}, protocol.CodeInvalidParticipantToken},
		{"empty token", c.ID, person{ID: c.viewer.ID}, protocol.CodeInvalidParticipantToken},
		{"token of another", c.ID, person{ID: c.viewer.ID, Token: c.guest.Token}, protocol.CodeInvalidParticipantToken},
		{"invite for a token", c.ID, person{ID: c.viewer.ID, Token: c.Invite}, protocol.CodeInvalidParticipantToken},
		{"left already", c.ID, c.gone, protocol.CodeParticipantInactive},
	}
	for _, call := range calls {
		for _, row := range rows {
			t.Run(call.name+"/"+row.name, func(t *testing.T) {
				path := sharedAPI + "/" + row.session + call.path
				if call.method != "GET" {
					w.in(t).call(call.method, path, row.who.with(call.body)).fails(row.code)
				}
				if call.reads {
					w.in(t).call(call.method, path+"?"+row.who.query(), nil).fails(row.code)
				}
				if row.who.Token == "" {
					return // no header has this value
				}
				var body any
				if call.body != nil {
					body = call.body
				}
				w.in(t).call(call.method, path, body, row.who.headers()...).fails(row.code)
			})
		}
	}
}

// in returns the world for a subtest, so that the subtest fails and not its parent.
func (w *world) in(t testing.TB) *world {
	other := *w
	other.t = t
	return &other
}

// What the body alone shows is checked before the session is looked up.
func TestContract_BodyFirst(t *testing.T) {
	w := newWorld(t)
	for _, row := range bodyErrors(sharedAPI + "/" + uuid.NewString()) {
		t.Run(row.name, func(t *testing.T) {
			var headers []string
			if row.name == "a key that is too long" {
				headers = []string{"Idempotency-Key", uuid.NewString() + uuid.NewString()}
			}
			w.in(t).call(row.method, row.path, row.body, headers...).fails(row.code)
		})
	}
}

// The reads of the original API need only an active session.
func TestContract_Reads(t *testing.T) {
	w := newWorld(t)
	c := w.refusals(protocol.ModeCommentOnly)
	for _, end := range []string{"", "/participants", "/messages"} {
		t.Run("GET "+end, func(t *testing.T) {
			w := w.in(t)
			w.call("GET", sharedAPI+"/"+uuid.NewString()+end, nil).fails(protocol.CodeSessionNotFound)
			w.call("GET", c.closed.path(end), nil).fails(protocol.CodeSessionInactive)
			w.call("GET", c.path(end), nil).ok(http.StatusOK, nil)
			w.call("GET", c.path(end), nil, c.viewer.headers()...).ok(http.StatusOK, nil)
			w.call("GET", c.path(end), nil, person{ID: c.viewer.ID, Token: "x"}.headers()...).
				fails(protocol.CodeInvalidParticipantToken)
		})
	}
}

// bodyError is a call whose body shows that it must be refused with a code.
type bodyError struct {
	name, method, path string
	body               any
	code               protocol.Code
}

// bodyErrors returns calls to a session that does not exist, whose path is given.
func bodyErrors(nowhere string) []bodyError {
	p := person{ID: "p", Token: "t"}
	return []bodyError{
		{"create with a blank host session", "POST", sharedAPI,
			map[string]any{"hostSessionId": " ", "hostUserId": " "}, protocol.CodeMissingHostSessionID},
		{"create with a blank host", "POST", sharedAPI,
			map[string]any{"hostSessionId": uuid.NewString(), "hostUserId": "\t"}, protocol.CodeMissingHostUserID},
		{"create on an unknown host session", "POST", sharedAPI,
			map[string]any{"hostSessionId": uuid.NewString(), "hostUserId": "hana"}, protocol.CodeHostSessionNotFound},
		{"create on an id that is none", "POST", sharedAPI,
			map[string]any{"hostSessionId": "x", "hostUserId": "hana"}, protocol.CodeHostSessionNotFound},
		{"create without a host", "POST", sharedAPI, map[string]any{"hostSessionId": ""}, protocol.CodeInvalidRequest},
		{"create in an unknown mode", "POST", sharedAPI,
			map[string]any{"hostSessionId": "", "hostUserId": "", "mode": "free"}, protocol.CodeInvalidRequest},
		{"create with an expiry that is no number", "POST", sharedAPI,
			map[string]any{"hostSessionId": "", "hostUserId": "", "expiresInMinutes": "5"}, protocol.CodeInvalidRequest},
		{"join with a blank user", "POST", nowhere + "/join",
			map[string]any{"inviteToken": "x", "userId": "  "}, protocol.CodeMissingUserID},
		{"join without a user", "POST", nowhere + "/join", map[string]any{"inviteToken": "x"}, protocol.CodeInvalidRequest},
		{"join without an invite", "POST", nowhere + "/join", map[string]any{"userId": ""}, protocol.CodeInvalidRequest},
		{"join with an unknown role", "POST", nowhere + "/join",
			map[string]any{"inviteToken": "x", "userId": "", "role": "king"}, protocol.CodeInvalidRequest},
		{"join an unknown session", "POST", nowhere + "/join",
			map[string]any{"inviteToken": "x", "userId": "u"}, protocol.CodeSessionNotFound},
		{"a blank message", "POST", nowhere + "/messages", p.with(map[string]any{"text": " \n"}), protocol.CodeEmptyMessage},
		{"a message without text", "POST", nowhere + "/messages", p.with(nil), protocol.CodeInvalidRequest},
		{"a message of null", "POST", nowhere + "/messages", p.with(map[string]any{"text": nil}), protocol.CodeInvalidRequest},
		{"a blank message without a token", "POST", nowhere + "/messages",
			map[string]any{"text": "", "participantId": "p"}, protocol.CodeInvalidRequest},
		{"a blank prompt", "POST", nowhere + "/prompts", p.with(map[string]any{"prompt": ""}), protocol.CodeEmptyPrompt},
		{"a prompt that is no text", "POST", nowhere + "/prompts",
			p.with(map[string]any{"prompt": 1}), protocol.CodeInvalidRequest},
		{"another action", "POST", nowhere + "/approvals/x",
			p.with(map[string]any{"action": "Approve"}), protocol.CodeInvalidAction},
		{"no action", "POST", nowhere + "/approvals/x", p.with(nil), protocol.CodeInvalidRequest},
		{"leave without credentials", "POST", nowhere + "/leave", map[string]any{}, protocol.CodeInvalidRequest},
		{"leave without a body", "POST", nowhere + "/leave", nil, protocol.CodeInvalidRequest},
		{"leave with a participant that is no text", "POST", nowhere + "/leave",
			map[string]any{"participantId": 1, "participantToken": "t"}, protocol.CodeInvalidRequest},
		{"close without credentials", "DELETE", nowhere, nil, protocol.CodeInvalidRequest},
		{"stream without credentials", "GET", nowhere + "/stream", nil, protocol.CodeInvalidRequest},
		{"stream with half of them", "GET", nowhere + "/stream?participantId=p", nil, protocol.CodeInvalidRequest},
		{"events without credentials", "GET", nowhere + "/events", nil, protocol.CodeInvalidRequest},
		{"list of an unknown status", "GET", sharedAPI + "?status=open", nil, protocol.CodeInvalidRequest},
		{"a key that is too long", "POST", nowhere + "/join",
			map[string]any{"inviteToken": "x", "userId": "u"}, protocol.CodeInvalidRequest},
	}
}
