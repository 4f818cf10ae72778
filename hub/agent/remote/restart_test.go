package remote_test

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"parley/hub"
	"parley/hub/agent"
	"parley/hub/agent/remote"
	"parley/hub/journal"
	"parley/hub/journal/memory"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/connect"
	"parley/protocol/connect/link"
)

// timeout is how long a test waits for something that must happen.
const timeout = 30 * time.Second

// crashingJournal accepts a number of appends. The server crashes at the next one.
type crashingJournal struct {
	journal.Journal
	crashed chan struct{} // closed at the crash

	mu   sync.Mutex
	left int // guarded by mu; negative for no limit
}

// Own implements [journal.Journal].
func (j *crashingJournal) Own(ctx context.Context, p journal.Partition) (journal.Writer, error) {
	w, err := j.Journal.Own(ctx, p)
	return crashingWriter{w, j}, err
}

// setLeft sets how many appends are accepted.
func (j *crashingJournal) setLeft(n int) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.left = n
}

// use reports whether an append is accepted.
func (j *crashingJournal) use() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.left != 0 {
		j.left--
		return true
	}
	select {
	case <-j.crashed:
	default:
		close(j.crashed)
	}
	return false
}

type crashingWriter struct {
	journal.Writer
	journal *crashingJournal
}

// Append implements [journal.Writer].
func (w crashingWriter) Append(a journal.Append) *journal.Commit {
	if w.journal.use() {
		return w.Writer.Append(a)
	}
	c := journal.NewCommit()
	c.Resolve(journal.ErrUnavailable)
	return c
}

// server is one life of the server.
type server struct {
	journal    *crashingJournal
	hub        *hub.Hub
	registry   *remote.Registry
	connectors *remote.Server
	http       *httptest.Server
}

// machine is the machine of a connector, with an agent that follows a script. It outlives
// the servers.
type machine struct {
	t       *testing.T
	end     *link.End
	work    sync.WaitGroup
	version int    // of the protocol; immutable
	prompt  string // owned by serve: the JSON-RPC id of the prompt that is not answered
	said    int    // owned by serve
	journal journal.Journal
	host    string
	rooms   []room

	mu       sync.Mutex
	received []string // guarded by mu: what the agent has received
}

// log returns what the agent has received.
func (m *machine) log() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.received)
}

// room is a shared session on the agent.
type room struct {
	id    string
	owner hub.Credentials
}

// start starts the server, which crashes at an append after some.
func (m *machine) start(appends int) *server {
	m.t.Helper()
	s := &server{journal: &crashingJournal{Journal: m.journal, crashed: make(chan struct{}), left: appends}, registry: remote.NewRegistry()}
	launcher, err := agent.NewLauncher(nil, zap.NewNop(), agent.Options{Remote: s.registry})
	require.NoError(m.t, err)
	s.hub = hub.New(s.journal, launcher, rules.Key{1}, hub.Options{})
	s.connectors = remote.NewServer(s.registry, s.hub, zap.NewNop(), 0)
	require.NoError(m.t, s.hub.Start(m.t.Context()))
	s.http = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ws, err := websocket.Accept(w, r, nil); err == nil {
			s.connectors.Serve(context.WithoutCancel(r.Context()), link.NewConn(ws, timeout), hub.Caller{}, func() {})
		}
	}))
	return s
}

// stop ends a life of the server, as a crash does if its journal accepts nothing more.
func (s *server) stop(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	s.connectors.Close()
	_ = s.hub.Stop(ctx) // after a crash, the error of the journal
	s.registry.Close()
	s.http.Close()
}

// connect connects the machine to a server, and returns what ends the connection and waits
// for that; nil if the server cannot serve it now. The streams must continue if again is set.
func (m *machine) connect(s *server, again bool) (cut func()) {
	m.t.Helper()
	ws, _, err := websocket.Dial(m.t.Context(), s.http.URL, nil)
	require.NoError(m.t, err)
	conn := link.NewConn(ws, timeout)
	hello := connect.Hello{
		Key: strings.Repeat("k", connect.MinKey), Incarnation: "i", Epoch: 1, Agent: "scripted", Dir: "/",
		Taken: m.end.Taken(), Acknowledged: m.end.Acknowledged(),
	}
	require.NoError(m.t, conn.Write(m.t.Context(), connect.Frame{Type: connect.TypeHello, Body: hello.Encode()}))
	f, err := conn.Read(m.t.Context())
	require.NoError(m.t, err)
	if f.Type == connect.TypeRefused {
		conn.Cut()
		return nil
	}
	welcome, err := connect.DecodeBody[connect.Welcome](f)
	require.NoError(m.t, err)
	m.host = welcome.HostSession
	require.Equal(m.t, again, welcome.Resume == connect.Returned, "the agent is started again")
	if !again {
		m.end.Reset()
	}
	ended := make(chan struct{})
	go func() { // ends with the connection
		defer close(ended)
		_ = m.end.Run(context.Background(), conn, welcome.Taken, func(connect.Frame) {})
	}()
	return func() {
		conn.Cut()
		<-ended
	}
}

// serve carries out the frames of the server until ctx ends.
func (m *machine) serve(ctx context.Context) {
	for {
		f, err := m.end.Next(ctx)
		if err != nil {
			return
		}
		switch f.Type {
		case connect.TypeStart:
			start, _ := connect.DecodeBody[connect.Start](f.Frame)
			m.end.Force(connect.TypeStarted, connect.Started(start).Encode())
		case connect.TypeLine:
			m.handle(f.Body)
		}
		f.Done()
	}
}

// say sends a line of the agent.
func (m *machine) say(format string, args ...any) {
	m.end.Force(connect.TypeLine, fmt.Appendf(nil, format, args...))
}

// text sends pieces of the agent's answer.
func (m *machine) text(pieces int) {
	for range pieces {
		m.said++
		m.update(fmt.Sprintf(`"sessionUpdate":"agent_message_chunk","messageId":"a","content":{"type":"text","text":"%d;"}`, m.said))
	}
}

// update sends an update with some members.
func (m *machine) update(members string) {
	m.say(`{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"s","update":{%s}}}`, members)
}

// handle follows the script.
func (m *machine) handle(line []byte) {
	var message struct {
		ID     json.RawMessage
		Method string
		Result json.RawMessage
		Error  *struct{ Code int }
	}
	require.NoError(m.t, json.Unmarshal(line, &message))
	what := message.Method
	switch {
	case message.Error != nil:
		what = fmt.Sprintf("error %d for %s", message.Error.Code, message.ID)
	case what == "":
		what = fmt.Sprintf("result for %s", message.ID)
	}
	m.mu.Lock()
	m.received = append(m.received, what)
	m.mu.Unlock()
	switch what {
	case "initialize":
		m.say(`{"jsonrpc":"2.0","id":%s,"result":{"protocolVersion":%d,"agentCapabilities":{},"capabilities":{"session":{}}}}`, message.ID, m.version)
	case "session/new":
		m.say(`{"jsonrpc":"2.0","id":%s,"result":{"sessionId":"s"}}`, message.ID)
	case "session/prompt":
		m.prompt = string(message.ID)
		if m.version == 2 {
			m.update(`"sessionUpdate":"state_update","state":"running"`)
			m.say(`{"jsonrpc":"2.0","id":%s,"result":{"messageId":"m"}}`, m.prompt)
			m.update(`"sessionUpdate":"user_message","messageId":"m","content":[]`)
		}
		m.text(3)
		m.say(`{"jsonrpc":"2.0","id":"u","method":"terminal/create","params":{"sessionId":"s"}}`)
	case `error -32601 for "u"`:
		m.text(2)
		m.say(`{"jsonrpc":"2.0","id":"p","method":"session/request_permission","params":{"sessionId":"s","title":"?","toolCall":{"toolCallId":"t"},"subject":{"type":"tool_call","toolCall":{"toolCallId":"t"}},"options":[{"optionId":"yes","kind":"allow_once"}]}}`)
	case `result for "p"`:
		m.text(2)
		m.say(`{"jsonrpc":"2.0","id":"e","method":"elicitation/create","params":{"sessionId":"s","mode":"form","message":"?","requestedSchema":{"type":"object","properties":{"n":{"type":"string"}}}}}`)
	case `result for "e"`:
		m.text(3)
		if m.version == 2 {
			m.update(`"sessionUpdate":"state_update","state":"idle","stopReason":"end_turn"`)
		} else {
			m.say(`{"jsonrpc":"2.0","id":%s,"result":{"stopReason":"end_turn"}}`, m.prompt)
		}
	}
}

// events returns the events of a session in the journal.
func (m *machine) events(id string) (all []protocol.Payload) {
	m.t.Helper()
	session, err := journal.ParseSessionID(id)
	require.NoError(m.t, err)
	for record, err := range m.journal.Read(m.t.Context(), session, 1) {
		require.NoError(m.t, err)
		payload, err := protocol.DecodePayload(protocol.EventType(record.Type), record.Public)
		require.NoError(m.t, err)
		all = append(all, payload)
	}
	return all
}

// find returns the first event of a type in a room; nil if there is none.
func find[P protocol.Payload](m *machine, r room) (found P, ok bool) {
	for _, e := range m.events(r.id) {
		if p, is := e.(P); is {
			return p, true
		}
	}
	return found, false
}

// newMachine returns a machine whose agent is shared in two rooms.
func newMachine(t *testing.T, version int) (*machine, *server, func()) {
	m := &machine{t: t, version: version, end: link.New(1 << 20), journal: memory.New()}
	ctx, cancel := context.WithCancel(context.Background())
	m.work.Go(func() { m.serve(ctx) })
	t.Cleanup(func() {
		cancel()
		m.work.Wait()
		require.NoError(t, m.journal.Close())
	})
	s := m.start(-1)
	cut := m.connect(s, false)
	require.NotNil(t, cut)
	for i := range 2 {
		var answer *protocol.CreateAnswer
		require.Eventually(t, func() bool {
			create := &protocol.CreateSharedSession{HostSessionID: m.host, HostUserID: "ada", Mode: protocol.ModePromptDirect}
			created, err := s.hub.CreateShared(t.Context(), create, fmt.Sprint(i))
			answer = created
			return err == nil
		}, timeout, time.Millisecond)
		m.rooms = append(m.rooms, room{answer.Session.ID, hub.Credentials{ParticipantID: answer.HostParticipant.ID, Token: *answer.HostParticipant.AccessToken}})
	}
	id, err := journal.ParseSessionID(m.host)
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		summary, err := m.journal.Summary(t.Context(), id)
		return err == nil && summary.Status == string(protocol.AgentIdle)
	}, timeout, time.Millisecond)
	for _, r := range m.rooms { // until the host session knows that it is open
		require.Eventually(t, func() bool {
			m.update(`"sessionUpdate":"plan","entries":[]`)
			_, received := find[*protocol.HostSessionUpdate](m, r)
			return received
		}, timeout, 5*time.Millisecond)
	}
	return m, s, cut
}

// requireExact requires that every room has what the agent has said, once and in order, and
// that the agent has received everything once.
func (m *machine) requireExact() {
	m.t.Helper()
	want := "1;2;3;4;5;permission,resolved,6;7;elicitation,resolved,8;9;10;"
	if m.version == 2 {
		want = "runningstat,user," + want + "idlestat,"
	}
	for i, r := range m.rooms {
		got, order := "", []string{}
		for _, e := range m.events(r.id) {
			switch e := e.(type) {
			case *protocol.HostSessionUpdate:
				var n struct {
					Params struct {
						Update struct {
							SessionUpdate, State string
							Content              json.RawMessage
						}
					}
				}
				require.NoError(m.t, json.Unmarshal(e.Notification, &n))
				if n.Params.Update.SessionUpdate == "plan" {
					continue
				}
				var piece struct{ Text string }
				_ = json.Unmarshal(n.Params.Update.Content, &piece) // others have no text
				got += cmp.Or(piece.Text, n.Params.Update.State+n.Params.Update.SessionUpdate[:4]+",")
			case *protocol.PermissionRequested:
				got += "permission,"
			case *protocol.ElicitationRequested:
				got += "elicitation,"
			case *protocol.PermissionResolved, *protocol.ElicitationResolved:
				got += "resolved,"
			case *protocol.PermissionWithdrawn, *protocol.ElicitationWithdrawn:
				require.Fail(m.t, "a question was withdrawn")
			case *protocol.PromptDispatchStarted, *protocol.PromptDispatchCompleted, *protocol.PromptDispatchFailed, *protocol.AgentSession:
				order = append(order, fmt.Sprintf("%T", e))
			case *protocol.AgentStatusChanged:
				require.NotEqual(m.t, protocol.AgentExited, e.Status)
			}
		}
		if i == 0 {
			require.Equal(m.t, want, got)
			require.Equal(m.t, []string{"*protocol.PromptDispatchStarted", "*protocol.PromptDispatchCompleted"}, order)
		} else {
			require.Equal(m.t, strings.NewReplacer("permission,", "", "elicitation,", "", "resolved,", "").Replace(want), got)
		}
	}
	require.Equal(m.t, []string{"initialize", "session/new", "session/prompt", `error -32601 for "u"`, `result for "p"`, `result for "e"`}, m.log())
}

// The server crashes at every commit of a turn in two rooms, and between those of the host
// session and of the rooms. Each time it is started again, and crashes once more.
func TestRestart_at_every_commit_of_a_turn_loses_nothing_and_repeats_nothing(t *testing.T) {
	for version := 1; version <= 2; version++ {
		t.Run(fmt.Sprintf("version %d", version), func(t *testing.T) {
			for appends, crashes := 0, 1; crashes > 0 && !t.Failed(); appends++ {
				t.Run(fmt.Sprintf("after %d", appends), func(t *testing.T) {
					m, s, cut := newMachine(t, version)
					s.journal.setLeft(appends)
					crashes = m.runTurn(s, cut, 2*appends%7)
					m.requireExact()
				})
			}
		})
	}
}

// runTurn lets people drive a turn until both rooms have all of it, and returns how often
// the server has crashed meanwhile. After a crash the server is started again; the second
// one comes after some appends.
func (m *machine) runTurn(s *server, cut func(), second int) (crashes int) {
	m.t.Helper()
	do := func(id string, c protocol.Command) {
		ctx, cancel := context.WithCancel(m.t.Context())
		defer cancel()
		crashed := s.journal.crashed
		go func() { // ends with the command
			select {
			case <-crashed:
				cancel()
			case <-ctx.Done():
			}
		}()
		_, _ = s.hub.Do(ctx, m.rooms[0].id, m.rooms[0].owner, protocol.Request{ID: id, Command: c}) // is repeated
	}
	for deadline := time.Now().Add(timeout); !m.isDone(); time.Sleep(time.Millisecond) {
		require.True(m.t, time.Now().Before(deadline), "%d crashes; the agent has received %q; the room has %v", crashes, m.log(), m.events(m.rooms[0].id))
		select {
		case <-s.journal.crashed:
			if cut != nil {
				cut()
			}
			s.stop(m.t)
			next := -1
			if crashes++; crashes == 1 {
				next = second
			}
			s, cut = m.start(next), nil
			continue
		default:
		}
		if cut == nil {
			cut = m.connect(s, true)
		}
		if _, sent := find[*protocol.PromptApproved](m, m.rooms[0]); !sent {
			do("prompt", &protocol.Prompt{Prompt: "go"})
		}
		if asked, is := find[*protocol.PermissionRequested](m, m.rooms[0]); is {
			do("permission", &protocol.AnswerPermission{RequestID: asked.Permission.RequestID, OptionID: "yes"})
		}
		if asked, is := find[*protocol.ElicitationRequested](m, m.rooms[0]); is {
			do("elicitation", &protocol.Answer{RequestID: asked.Elicitation.RequestID, Action: protocol.ElicitationDecline})
		}
	}
	if cut != nil {
		cut()
	}
	s.stop(m.t)
	return crashes
}

// isDone reports whether both rooms have the whole turn.
func (m *machine) isDone() bool {
	if _, ended := find[*protocol.PromptDispatchCompleted](m, m.rooms[0]); !ended {
		_, failed := find[*protocol.PromptDispatchFailed](m, m.rooms[0])
		return failed
	}
	last, some := []string{"", `"10;"`, `"idle"`}[m.version], false
	for _, e := range m.events(m.rooms[1].id) {
		if u, is := e.(*protocol.HostSessionUpdate); is && strings.Contains(string(u.Notification), last) {
			some = true
		}
	}
	return some
}
