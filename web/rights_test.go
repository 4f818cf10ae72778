package web_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/web"
)

// people are the kinds of people of the rights table, in the order of its columns. The last is
// a verified person who is in no session and has created nothing, and who claims to be the
// host.
var people = []string{"nobody", "wrong", "foreign", "viewer", "collaborator", "host", "removed", "left", "operator", "another"}

// right says who may call an endpoint: one character for each of people, y or n.
type right struct {
	body any // of the request; nil for none

	// open is who may call it on a server that only this machine reaches, and protected on
	// one that asks for credentials; empty for the same.
	open, protected string

	// alone means that each call needs a session of its own, since it changes who is in it.
	alone bool
}

// Common rows. "removed" may no longer act, and "left" may read what was.
const (
	anyone     = "yyyyyyyyyy"
	operators  = "nnnnnnnnyy"
	insiders   = "nnnyyynnnn"
	commenters = "nnnnyynnnn"
	owners     = "nnnnnnnnyn"
	hosts      = "nnnnnynnnn"
	archivists = "nnnyyynynn"
)

// rights is the table of all endpoints. An endpoint without a row fails the test.
var rights = map[string]right{
	"GET /healthz":       {open: anyone},
	"GET /readyz":        {open: anyone},
	"GET /{$}":           {open: anyone},
	"GET /s/{id}":        {open: anyone},
	"GET /s/{id}/{$}":    {open: anyone},
	"GET /assets/{name}": {open: anyone},

	"GET /metrics":                               {open: anyone, protected: owners},
	"GET /api/server":                            {open: anyone},
	"POST /api/sign-in":                          {open: "nnnnnnnnyn", body: object{"key": "$token"}},
	"POST /api/sign-out":                         {open: anyone},
	"GET /api/sign-in/provider":                  {open: anyone},
	"GET /api/sign-in/callback":                  {open: anyone},
	"GET /api/connect":                           {open: anyone, protected: operators},
	"GET /api/agents":                            {open: anyone, protected: operators},
	"GET /api/sessions":                          {open: anyone, protected: operators},
	"POST /api/sessions":                         {open: anyone, protected: operators, body: object{"agent": "none"}},
	"GET /api/sessions/{id}":                     {open: anyone, protected: owners},
	"DELETE /api/sessions/{id}":                  {open: anyone, protected: owners},
	"POST /api/sessions/{id}/cancel":             {open: anyone, protected: owners},
	"POST /api/agents/{name}/sessions":           {open: anyone, protected: owners},
	"POST /api/agents/{name}/directories":        {open: anyone, protected: operators},
	"GET /api/shared-sessions":                   {open: anyone, protected: operators},
	"GET /api/shared-sessions/{$}":               {open: anyone, protected: operators},
	"POST /api/shared-sessions":                  {open: anyone, protected: operators, body: object{}},
	"POST /api/shared-sessions/{$}":              {open: anyone, protected: operators, body: object{}},
	"GET /api/shared-sessions/{id}":              {open: "ynnyyynnyy", protected: "nnnyyynnyn"},
	"GET /api/shared-sessions/{id}/participants": {open: "ynnyyynnyy", protected: "nnnyyynnyn"},
	"GET /api/shared-sessions/{id}/messages":     {open: "ynnyyynnyy", protected: "nnnyyynnyn"},
	"GET /api/shared-sessions/{id}/audit":        {open: anyone, protected: owners},
	"GET /api/shared-sessions/{id}/queue":        {open: insiders},
	"GET /api/shared-sessions/{id}/changes":      {open: insiders},
	"GET /api/shared-sessions/{id}/files":        {open: insiders},
	"GET /api/shared-sessions/{id}/events":       {open: insiders},
	"GET /api/shared-sessions/{id}/archive":      {open: archivists},
	"GET /api/shared-sessions/{id}/export":       {open: archivists},
	"GET /api/shared-sessions/{id}/stream":       {open: insiders},
	"GET /api/shared-sessions/{id}/ws":           {open: insiders},

	"GET /api/shared-sessions/{id}/attachments/{attachmentId}": {open: archivists},
	"POST /api/shared-sessions/{id}/attachments":               {open: commenters, body: object{}},

	"GET /api/shared-sessions/{id}/invitation": {open: "nnnnnnnnnn"}, // nobody here sends an invite
	"POST /api/shared-sessions/{id}/join":      {open: "nnnnnnnnnn", body: object{"inviteToken": "$token", "userId": "zoe"}},

	"POST /api/shared-sessions/{id}/leave":         {open: insiders, body: object{}, alone: true},
	"DELETE /api/shared-sessions/{id}":             {open: hosts, body: object{}, alone: true},
	"POST /api/shared-sessions/{id}/messages":      {open: commenters, body: object{"text": "hello"}},
	"POST /api/shared-sessions/{id}/prompts":       {open: commenters, body: object{"prompt": "help"}, alone: true},
	"POST /api/shared-sessions/{id}/configure":     {open: hosts, body: object{"optionId": "none", "value": "x"}},
	"POST /api/shared-sessions/{id}/sign-in":       {open: hosts, body: object{"methodId": "none"}},
	"POST /api/shared-sessions/{id}/stop-work":     {open: hosts, body: object{"toolCallId": "none"}},
	"POST /api/shared-sessions/{id}/reviews":       {open: commenters, body: object{"path": "a", "version": strings.Repeat("0", 64), "reviewed": true}},
	"POST /api/shared-sessions/{id}/answer":        {open: hosts, body: object{"requestId": "none", "action": "decline"}},
	"POST /api/shared-sessions/{id}/restart-agent": {open: hosts, body: object{}, alone: true},
	"POST /api/shared-sessions/{id}/switch-agent":  {open: hosts, body: object{"agent": "none"}},
	"POST /api/shared-sessions/{id}/commands":      {open: archivists, body: object{"id": "c", "type": "history", "payload": object{"limit": 1}}},

	"POST /api/shared-sessions/{id}/approvals/{approvalId}":          {open: hosts, body: object{"action": "approve"}},
	"POST /api/shared-sessions/{id}/approvals/{approvalId}/withdraw": {open: insiders, body: object{}},
	"POST /api/shared-sessions/{id}/approvals/{approvalId}/edit":     {open: insiders, body: object{"prompt": "x"}},
	"POST /api/shared-sessions/{id}/approvals/{approvalId}/move":     {open: hosts, body: object{"before": ""}},
}

// operatorKeys are keys in memory.
type operatorKeys map[string]string

func (k operatorKeys) Name(key string) (string, bool) { name, ok := k[key]; return name, ok }

func (k operatorKeys) Redeem(code string) (key, name string, err error) {
	if code != "CODE" {
		return "", "", web.ErrCode
	}
	k["redeemed"] = "ann"
	return "redeemed", "ann", nil
}

func (k operatorKeys) SignOut(string) error { return nil }

// cast is a session with one of each kind of people.
type cast struct {
	*session
	people map[string]person // the operator has only a token
}

func newCast(w *world, agent string) cast {
	s := w.shareOn(agent, protocol.ModePromptWithApproval)
	other := w.shareOn(agent, protocol.ModePromptWithApproval)
	c := cast{s, map[string]person{
		"wrong":        {ID: s.Host.ID, Token: "wrong"},
		"foreign":      other.Host,
		"viewer":       s.join("vera", protocol.RoleViewer),
		"collaborator": s.join("carl", protocol.RoleCollaborator),
		"host":         s.Host,
		"removed":      s.join("rob", protocol.RoleCollaborator),
		"left":         s.join("lea", protocol.RoleCollaborator),
		"operator":     {Token: "OPERATOR"},
		"another":      {ID: s.Host.ID, Token: annToken},
	}}
	s.leave(c.people["left"])
	s.command(s.Host, "remove", object{"participantId": c.people["removed"].ID, "keepInvite": true}).ok(http.StatusOK, nil)
	return c
}

// refusalCodes are the errors that mean that this person may not do this, as opposed to what
// may be wrong with the request.
var refusalCodes = []protocol.Code{
	protocol.CodeUnauthorized, protocol.CodeInvalidOperatorKey, protocol.CodeInvalidIdentity, protocol.CodeOwnerRequired, protocol.CodeInvalidInviteToken, protocol.CodeInvalidParticipantToken,
	protocol.CodeParticipantRemoved, protocol.CodeParticipantInactive, protocol.CodeParticipantNotFound,
	protocol.CodeHostRequired, protocol.CodeCommentNotAllowed, protocol.CodePromptNotAllowed,
}

// may calls an endpoint as somebody, and reports whether that person may do so.
func (c cast) may(t *testing.T, pattern string, r right, who string) bool {
	method, path, _ := strings.Cut(pattern, " ")
	id := c.ID
	refusals := refusalCodes
	if strings.HasPrefix(path, "/api/sessions") {
		id = "00000000-0000-4000-8000-000000000000" // the others need the agent
		if who == "another" && c.w.setup.web.Identities != nil {
			id, refusals = c.Agent, append(slices.Clone(refusals), protocol.CodeHostSessionNotFound)
		}
	}
	path = strings.NewReplacer("{$}", "", "{id}", id, "{name}", "none", "{approvalId}", "none", "{attachmentId}", "none").Replace(path)
	p := c.people[who]
	header := http.Header{}
	if p.Token != "" {
		header.Set("Authorization", "Bearer "+p.Token)
	}
	if p.ID != "" {
		header.Set("Parley-Participant", p.ID)
	}
	if strings.HasSuffix(path, "/ws") {
		return c.mayResume(t, p)
	}
	status, body := c.w.tryCall(t, method, path, withToken(r.body, p.Token), header)
	if status < 300 {
		return true
	}
	code := codeIn(t, body)
	missing := strings.Contains(body, "participantToken are missing") || strings.Contains(body, "either code or key")
	return !missing && !slices.Contains(refusals, code)
}

// mayResume reports whether a WebSocket of somebody is welcomed.
func (c cast) mayResume(t *testing.T, p person) bool {
	ws := c.w.in(t).dial(c.ID, identityOf(p)...)
	ws.send(commandLine("r", "resume", object{"participantId": p.ID, "participantToken": p.Token}))
	_, welcomed := ws.next().(*protocol.WelcomeMessage)
	return welcomed
}

// identityOf returns the header with which a verified person opens a WebSocket.
func identityOf(p person) []string {
	if p.Token != annToken {
		return nil
	}
	return bearer(p.Token)
}

// withToken returns a body in which $token stands for the token.
func withToken(body any, token string) any {
	o, ok := body.(object)
	if !ok {
		return body
	}
	filled := object{}
	for name, value := range o {
		if value == "$token" {
			value = token
		}
		filled[name] = value
	}
	return filled
}

func TestRights(t *testing.T) {
	worlds := map[string]func(*setup){
		"loopback": func(s *setup) {
			s.web = web.Options{Listen: "127.0.0.1:7777", Operators: operatorKeys{"OPERATOR": "ann"}}
		},
		"protected": withIdentities(newIdentityProvider()),
	}
	for name, change := range worlds {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, change)
			w.key = "OPERATOR"
			agent := w.startAgent()
			common := newCast(w, agent)
			for _, pattern := range w.server.Endpoints() {
				r, ok := rights[pattern]
				require.True(t, ok, "rights has no row for %s", pattern)
				want := r.open
				if name == "protected" && r.protected != "" {
					want = r.protected
				}
				var got strings.Builder
				for _, who := range people {
					c := common
					if r.alone {
						c = newCast(w, agent)
					}
					got.WriteByte("ny"[map[bool]int{false: 0, true: 1}[c.may(t, pattern, r, who)]])
				}
				assert.Equal(t, want, got.String(), "%s, for %s", pattern, strings.Join(people, ", "))
			}
			require.Len(t, rights, len(w.server.Endpoints()), "rights has a row for an endpoint that does not exist")
		})
	}
}
