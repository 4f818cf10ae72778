package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/agent"
	"parley/hub/agent/profile"
	"parley/hub/blobs"
	"parley/hub/blobs/dir"
	"parley/hub/journal"
	"parley/hub/journal/memory"
	"parley/hub/journal/sqlite"
	"parley/hub/rules"
	"parley/protocol"
	"parley/web"
)

// testTimeout is how long a test waits for something that must happen. Only a test
// that fails waits that long.
const testTimeout = time.Minute

// setup is what a test may change of its world.
type setup struct {
	hub     hub.Options
	web     web.Options
	journal journal.Journal
	log     *zap.Logger
	pace    time.Duration // of the demo agent
	agents  []profile.Profile
	dir     string // of the journal, and of the demo agent's memory
	remote  string // the address of clients in a bubble; "" for none
	sends   int    // bytes that a socket of the server holds; 0 for the system's default
	tls     bool   // the server uses TLS, with a certificate for tests
	http2   bool   // and HTTP/2, for all but WebSockets
}

// world is a whole server: a journal, a hub with the demo agent, and the HTTP server.
type world struct {
	t      testing.TB
	setup  setup
	hub    *hub.Hub
	server *web.Server
	url    string
	client *http.Client
	cut    func() // cuts off every connection, as a network failure does
	stop   func() // ends everything; may be called more than once
	delay  *atomic.Int64
	key    string // of an operator, for requests without other credentials; empty for none

	testTimeout time.Duration // for one call
}

// newWorld starts a server over TCP, with SQLite.
func newWorld(t testing.TB, change ...func(*setup)) *world {
	t.Helper()
	s := setup{dir: t.TempDir()}
	for _, c := range change {
		c(&s)
	}
	if s.journal == nil {
		journal, err := sqlite.Open(s.dir, sqlite.Options{})
		require.NoError(t, err)
		s.journal = journal
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	return startWorld(t, s, listener, new(http.Transport), "http://"+listener.Addr().String())
}

// newBubble starts a server without a network or a disk, for synctest.
func newBubble(t testing.TB, change ...func(*setup)) *world {
	t.Helper()
	s := setup{journal: memory.New()}
	for _, c := range change {
		c(&s)
	}
	listener := newPipeListener(s.remote)
	transport := &http.Transport{DialContext: listener.dial}
	w := startWorld(t, s, listener, transport, "http://localhost")
	w.testTimeout = time.Hour // by the bubble's clock, which advances while a test waits
	return w
}

func startWorld(t testing.TB, s setup, l net.Listener, transport *http.Transport, url string) *world {
	t.Helper()
	if s.log == nil {
		s.log = zap.NewNop()
	}
	if s.web.Listen == "" && !s.web.Protected {
		s.web.InsecureOpen = true // most tests are about what the original API asks for
	}
	if s.web.CommandRate == 0 {
		s.web.CommandRate = -1
	}
	s.hub.Logger, s.web.Logger = s.log, s.log
	if s.dir != "" && s.hub.Attachments == nil {
		attachments, err := dir.Open(filepath.Join(s.dir, "attachments"), blobs.DefaultLimits)
		require.NoError(t, err)
		s.hub.Attachments = attachments
	}
	if late, ok := s.hub.Attachments.(*lateStore); ok {
		require.NoError(t, late.open(filepath.Join(s.dir, "attachments")))
	}
	demo := agent.Options{DemoPace: s.pace, Attachments: s.hub.Attachments}
	if s.dir != "" {
		demo.DemoDir, demo.FilesDir = filepath.Join(s.dir, "demo"), filepath.Join(s.dir, "agent-files")
	}
	launcher, err := agent.NewLauncher(s.agents, s.log, demo)
	require.NoError(t, err)
	w := &world{t: t, setup: s, url: url, client: &http.Client{Transport: transport}, testTimeout: testTimeout}
	w.hub = hub.New(s.journal, launcher, rules.Key{1, 2, 3}, s.hub)
	require.NoError(t, w.hub.Start(t.Context()))
	w.server = web.New(w.hub, s.web)
	conns := &conns{Listener: l, sends: s.sends}
	config := w.server.HTTPServer("")
	config.Handler = w.delayed(config.Handler)
	ts := &httptest.Server{Listener: conns, Config: config}
	if s.tls {
		ts.EnableHTTP2 = s.http2
		ts.StartTLS()
		w.url = strings.Replace(url, "http://", "https://", 1)
		transport.TLSClientConfig = ts.Client().Transport.(*http.Transport).TLSClientConfig
		transport.ForceAttemptHTTP2 = s.http2
	} else {
		ts.Start()
	}
	w.cut = func() {
		transport.CloseIdleConnections() // the next request must not use a connection that is cut off
		conns.cut()
	}
	stopped := false
	w.stop = func() {
		if stopped {
			return
		}
		stopped = true
		ctx, cancel := context.WithTimeout(context.Background(), testTimeout)
		defer cancel()
		require.NoError(t, w.server.Shutdown(ctx))
		transport.CloseIdleConnections()
		ts.Close()
		require.NoError(t, w.hub.Stop(ctx))
		require.NoError(t, s.journal.Close())
	}
	t.Cleanup(w.stop)
	return w
}

// delayRequests makes every request wait before the server handles it, as on a busy
// machine.
func (w *world) delayRequests(d time.Duration) { w.delay.Store(int64(d)) }

func (w *world) delayed(h http.Handler) http.Handler {
	w.delay = new(atomic.Int64)
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if d := w.delay.Load(); d > 0 {
			<-time.After(time.Duration(d))
		}
		h.ServeHTTP(rw, r)
	})
}

// conns is a listener that can cut off every connection that it has accepted,
// WebSockets and streams included.
type conns struct {
	net.Listener
	sends int // bytes that a socket holds

	mu   sync.Mutex
	open []net.Conn
}

func (c *conns) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	c.mu.Lock()
	defer c.mu.Unlock()
	if err == nil {
		c.open = append(c.open, conn)
	}
	if tcp, ok := conn.(*net.TCPConn); ok && c.sends > 0 {
		err = tcp.SetWriteBuffer(c.sends)
	}
	return conn, err
}

func (c *conns) cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.open {
		_ = conn.Close()
	}
	c.open = nil
}

// reply is the response to a request.
type reply struct {
	t      testing.TB
	status int
	header http.Header
	body   []byte
}

// call sends a request with a body of JSON. A string is sent unchanged, and nil means
// no body.
func (w *world) call(method, path string, body any, headers ...string) reply {
	w.t.Helper()
	var content io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		content = bytes.NewReader([]byte(b))
	default:
		encoded, err := json.Marshal(body)
		require.NoError(w.t, err)
		content = bytes.NewReader(encoded)
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), w.testTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, w.url+path, content)
	require.NoError(w.t, err)
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if w.key != "" {
		req.Header.Set("Authorization", "Bearer "+w.key)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := w.client.Do(req)
	require.NoError(w.t, err)
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	return reply{w.t, res.StatusCode, res.Header, answer}
}

// ok requires the status, and decodes the body into a value unless that is nil.
func (r reply) ok(status int, into any) reply {
	r.t.Helper()
	require.Equal(r.t, status, r.status, string(r.body))
	if into != nil {
		require.NoError(r.t, json.Unmarshal(r.body, into), string(r.body))
	}
	return r
}

// fails requires an error body with the code and the status of the catalogue.
func (r reply) fails(code protocol.Code) {
	r.t.Helper()
	var body protocol.ErrorBody
	require.NoError(r.t, json.Unmarshal(r.body, &body), "status %d: %s", r.status, r.body)
	require.Equal(r.t, code, body.Code, string(r.body))
	require.Equal(r.t, protocol.Catalogue[code].Status, r.status)
	require.Equal(r.t, "application/json", r.header.Get("Content-Type"))
	require.NotEmpty(r.t, body.Error)
}

const sharedAPI = "/api/shared-sessions"

// person is a participant and its credentials.
type person struct {
	ID, Token, UserID string
}

func personOf(p protocol.Participant) person { return person{p.ID, *p.AccessToken, p.UserID} }

// with returns a body with the credentials.
func (p person) with(body map[string]any) map[string]any {
	all := map[string]any{"participantId": p.ID, "participantToken": p.Token}
	for k, v := range body {
		all[k] = v
	}
	return all
}

func (p person) headers() []string {
	return []string{"Authorization", "Bearer " + p.Token, "Parley-Participant", p.ID}
}

func (p person) query() string { return "participantId=" + p.ID + "&participantToken=" + p.Token }

// session is a shared session with its host.
type session struct {
	w      *world
	ID     string
	Agent  string // the host session's id
	Invite string
	Host   person
}

func (s *session) path(rest string) string { return sharedAPI + "/" + s.ID + rest }

// startAgent starts a demo agent. It waits until the agent is ready and has announced
// its commands, so that neither causes an event during a test.
func (w *world) startAgent(more ...map[string]any) string {
	w.t.Helper()
	body := map[string]any{"agent": "demo"}
	for _, m := range more {
		for k, v := range m {
			body[k] = v
		}
	}
	var answer protocol.HostSessionAnswer
	w.call("POST", "/api/sessions", body).ok(http.StatusCreated, &answer)
	for begin := time.Now(); answer.Session.Status != protocol.AgentIdle || len(answer.Session.Facts.AvailableCommands) == 0; {
		require.Less(w.t, time.Since(begin), w.testTimeout)
		<-time.After(time.Millisecond) // by a bubble's clock, until nothing else can happen
		w.call("GET", "/api/sessions/"+answer.Session.ID, nil).ok(http.StatusOK, &answer)
	}
	return answer.Session.ID
}

// share creates a shared session of a new demo agent.
func (w *world) share(mode protocol.Mode) *session {
	w.t.Helper()
	return w.shareOn(w.startAgent(), mode)
}

func (w *world) shareOn(agentID string, mode protocol.Mode, more ...map[string]any) *session {
	w.t.Helper()
	body := map[string]any{"hostSessionId": agentID, "hostUserId": "hana", "mode": mode}
	for _, m := range more {
		for k, v := range m {
			body[k] = v
		}
	}
	var answer protocol.CreateAnswer
	w.call("POST", sharedAPI, body).ok(http.StatusCreated, &answer)
	return &session{
		w: w, ID: answer.Session.ID, Agent: agentID, Invite: answer.InviteToken, Host: personOf(answer.HostParticipant),
	}
}

// settle waits until the agent has sent what it sends after its start: a turn
// follows that.
func (s *session) settle() *session {
	s.w.t.Helper()
	es := s.stream(s.Host, "")
	defer es.close()
	s.prompt(s.Host, "help")
	es.until(protocol.EventPromptDispatchCompleted)
	return s
}

func (s *session) join(user string, role protocol.Role) person {
	s.w.t.Helper()
	var answer protocol.JoinAnswer
	s.w.call("POST", s.path("/join"), map[string]any{"inviteToken": s.Invite, "userId": user, "role": role}).
		ok(http.StatusOK, &answer)
	return personOf(answer.Participant)
}

func (s *session) leave(p person) {
	s.w.t.Helper()
	s.w.call("POST", s.path("/leave"), p.with(nil)).ok(http.StatusOK, nil)
}

func (s *session) close() {
	s.w.t.Helper()
	s.w.call("DELETE", s.path(""), s.Host.with(nil)).ok(http.StatusOK, nil)
}

func (s *session) say(p person, text string) {
	s.w.t.Helper()
	s.w.call("POST", s.path("/messages"), p.with(map[string]any{"text": text})).ok(http.StatusOK, nil)
}

func (s *session) prompt(p person, text string) protocol.Approval {
	s.w.t.Helper()
	var answer protocol.PromptAnswer
	s.w.call("POST", s.path("/prompts"), p.with(map[string]any{"prompt": text})).ok(http.StatusOK, &answer)
	return answer.Approval
}

func (s *session) resolve(approval, action string) {
	s.w.t.Helper()
	s.w.call("POST", s.path("/approvals/"+approval), s.Host.with(map[string]any{"action": action})).
		ok(http.StatusOK, nil)
}

func (s *session) command(p person, kind string, payload any) reply {
	s.w.t.Helper()
	return s.w.call("POST", s.path("/commands"),
		map[string]any{"id": "c-" + kind, "type": kind, "payload": payload}, p.headers()...)
}

// tryCall sends a request with these headers alone. It returns the status, and the body of
// an error.
func (w *world) tryCall(t *testing.T, method, path string, body any, header http.Header) (status int, failure string) {
	t.Helper()
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		require.NoError(t, err)
		content = bytes.NewReader(encoded)
	}
	ctx, cancel := context.WithTimeout(t.Context(), w.testTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, w.url+path, content)
	require.NoError(t, err)
	req.Header = header.Clone()
	if content != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := w.client.Do(req)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode < 300 {
		return res.StatusCode, "" // a stream does not end
	}
	answer, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(answer)
}

// codeIn returns the error code in a body, which may be that of a command.
func codeIn(t *testing.T, body string) protocol.Code {
	t.Helper()
	var e struct {
		Code  protocol.Code
		Error json.RawMessage
	}
	require.NoError(t, json.Unmarshal([]byte(body), &e), body)
	if e.Code == "" {
		return codeIn(t, string(e.Error))
	}
	return e.Code
}
