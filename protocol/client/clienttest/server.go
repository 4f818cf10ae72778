package clienttest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// Invite is the invite token of every Server.
const Invite = "INVITE"

// Server serves one shared session. Its methods may be called from any goroutine.
type Server struct {
	// immutable
	http *httptest.Server
	life context.Context

	running sync.WaitGroup // the goroutines of connections

	// guarded by mu
	mu        sync.Mutex
	session   protocol.Session        // its id never changes
	ended     bool                    // whether new connections are refused
	people    []*protocol.Participant // with their access tokens
	events    []event
	salt      byte // of the hashes; another salt makes another journal
	approvals map[string]*protocol.Approval
	asked     map[string]protocol.Permission // the pending ones, by request id
	answers   map[string][]byte              // by participant and command id
	conns     map[*conn]bool
	received  []protocol.Request
	faults    Faults
	intercept func(protocol.Request) Fault
}

type event struct {
	cursor protocol.Cursor
	line   []byte
}

// New starts a server that stops at the end of the test.
func New(t testing.TB) *Server {
	life, end := context.WithCancel(context.Background())
	s := &Server{
		life: life,
		session: protocol.Session{
			ID: uuid.NewString(), WorkspaceID: protocol.DefaultWorkspace, HostUserID: "olga",
			HostSessionID: uuid.NewString(), Mode: protocol.ModePromptWithApproval, ApprovalRequired: true,
			CreatedAt: time.Now().UTC(), Status: protocol.StatusActive,
		},
		approvals: make(map[string]*protocol.Approval),
		asked:     make(map[string]protocol.Permission),
		answers:   make(map[string][]byte),
		conns:     make(map[*conn]bool),
	}
	s.join("olga", "Olga", protocol.RoleHost)
	mux := http.NewServeMux()
	root := "/api/shared-sessions/" + s.session.ID
	mux.HandleFunc("GET "+root+"/ws", s.socket)
	mux.HandleFunc("GET "+root+"/stream", s.stream)
	mux.HandleFunc("POST "+root+"/commands", s.command)
	s.http = httptest.NewServer(mux)
	t.Cleanup(func() {
		end()
		s.mu.Lock()
		s.ended = true
		s.mu.Unlock()
		s.CloseAll(protocol.CloseGoingAway)
		s.http.CloseClientConnections()
		s.http.Close()
		s.running.Wait()
	})
	return s
}

// InviteLink returns a link with the invite.
func (s *Server) InviteLink() string { return s.link("i=" + Invite) }

// HostLink returns the host's own link.
func (s *Server) HostLink() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.link("p=" + s.people[0].ID + ":" + *s.people[0].AccessToken)
}

func (s *Server) link(secret string) string {
	return s.http.URL + "/s/" + s.session.ID + "#" + secret
}

// Seen returns the commands that the server has received, in order.
func (s *Server) Seen() []protocol.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.received)
}

// Connections returns the number of open connections.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Emit adds events and sends them to every connection.
func (s *Server) Emit(payloads ...protocol.Payload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range payloads {
		s.emit(p)
	}
}

// Ask adds a question of the agent.
func (s *Server) Ask(p protocol.Permission) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[p.RequestID] = p
	s.emit(&protocol.PermissionRequested{Permission: p})
}

// Send sends a message to every connection without storing it.
func (s *Server) Send(m protocol.ServerMessage) {
	line := encode(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.push(line)
	}
}

// Repeat sends the newest n events again, which a correct server never does.
func (s *Server) Repeat(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		for _, e := range s.events[len(s.events)-n:] {
			c.push(e.line)
		}
	}
}

// CloseAll closes every connection with a close code, or breaks it if code is -1. An
// event stream ends without a code.
func (s *Server) CloseAll(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.end(code)
	}
}

// ReplaceJournal makes every cursor one of another journal, as a restore from a backup
// does.
func (s *Server) ReplaceJournal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.salt++
	s.events = nil
	s.emit(&protocol.SharedSessionCreated{Session: s.session})
}

// emit adds an event and sends it to every connection. The caller holds s.mu.
func (s *Server) emit(p protocol.Payload) {
	var number [8]byte
	binary.BigEndian.PutUint64(number[:], uint64(len(s.events)+1))
	cursor := protocol.NewCursor(uint64(len(s.events)+1), sha256.Sum256(append(number[:], s.salt)))
	payload, err := protocol.MarshalPayload(p)
	if err != nil {
		panic(err)
	}
	e := event{cursor, protocol.EncodeEvent(p.EventType(), cursor, s.session.ID, time.Now(), payload)}
	s.events = append(s.events, e)
	for c := range s.conns {
		c.push(e.line)
	}
}

// enter registers the handler of a connection, which must defer s.running.Done. It returns
// the faults of the connection, and false if the server has ended.
func (s *Server) enter() (Faults, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.running.Add(1)
	}
	return s.faults, !s.ended
}

// place returns the number of events up to a cursor, and whether the cursor is of this
// journal. The caller holds s.mu.
func (s *Server) place(cursor string) (int, bool) {
	c, err := protocol.ParseCursor(cursor)
	if err != nil || c.Seq == 0 || c.Seq > uint64(len(s.events)) || s.events[c.Seq-1].cursor != c {
		return len(s.events), false
	}
	return int(c.Seq), true
}

func encode(m protocol.ServerMessage) []byte {
	line, err := protocol.Encode(m)
	if err != nil {
		panic(err)
	}
	return line
}
