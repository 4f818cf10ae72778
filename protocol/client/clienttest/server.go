package clienttest

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"parley/protocol"
)

// Invite is the invite token of every Server.
const Invite = "INVITE"

// Server is one shared session. Its methods may be called from any goroutine.
type Server struct {
	http    *httptest.Server
	session protocol.Session
	life    context.Context
	running sync.WaitGroup // the goroutines of connections

	mu        sync.Mutex
	ended     bool                    // nobody is let in any more
	people    []*protocol.Participant // with their tokens
	events    []event
	salt      byte // of the hashes: another one makes the journal another one
	approvals map[string]*protocol.Approval
	asked     map[string]protocol.Permission // that wait
	answers   map[string][]byte
	conns     map[*conn]bool
	seen      []protocol.Request
	faults    Faults
	intercept func(protocol.Request) Fault
}

type event struct {
	cursor protocol.Cursor
	line   []byte
}

// Faults are what is wrong with a server as a whole.
type Faults struct {
	NoWebSocket bool          // the handshake is refused as by a proxy
	Heartbeat   time.Duration // as in Welcome; 15 s if zero
	NoPings     bool          // nothing is sent when nothing happens
	PeopleShown int           // how many have room in a welcome; all if zero
}

// Fault is what goes wrong with one command. The zero value is nothing.
type Fault struct {
	CutBefore bool            // the connection breaks and the command is not carried out
	CutAfter  bool            // the connection breaks before the answer
	NoAnswer  bool            // none comes
	Twice     bool            // the answer comes twice
	Error     *protocol.Error // the answer
}

// New starts a server that ends with the test.
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

// InviteLink returns a link for somebody new.
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

// Set changes what is wrong with the server, from the next connection on.
func (s *Server) Set(f Faults) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = f
}

// Intercept has f called with every command, joins included; f must not call
// the server. nil ends that.
func (s *Server) Intercept(f func(protocol.Request) Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.intercept = f
}

// Seen returns every command that came, in order.
func (s *Server) Seen() []protocol.Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]protocol.Request(nil), s.seen...)
}

// Connections returns how many there are.
func (s *Server) Connections() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.conns)
}

// Emit lets something happen.
func (s *Server) Emit(payloads ...protocol.Payload) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range payloads {
		s.emit(p)
	}
}

// Ask lets the agent ask for a permission.
func (s *Server) Ask(p protocol.Permission) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked[p.RequestID] = p
	s.emit(&protocol.PermissionRequested{Permission: p})
}

// Send sends one line to every connection, past the journal.
func (s *Server) Send(m protocol.ServerMessage) {
	line := encode(m)
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.push(line)
	}
}

// Repeat sends the newest events again, as no server should.
func (s *Server) Repeat(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		for _, e := range s.events[len(s.events)-n:] {
			c.push(e.line)
		}
	}
}

// CloseAll closes every connection with that code. Streams just end.
func (s *Server) CloseAll(code int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		c.end(code)
	}
}

// ReplaceJournal lets every cursor become one of another journal, as after a
// restore from a backup.
func (s *Server) ReplaceJournal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.salt++
	s.events = nil
	s.emit(&protocol.SharedSessionCreated{Session: s.session})
}

// emit numbers an event and gives it to every connection. s.mu is held.
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

// enter counts a connection's handler in, which defers s.running.Done. It
// returns the faults of the connection, and false when the server has ended.
func (s *Server) enter() (Faults, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ended {
		s.running.Add(1)
	}
	return s.faults, !s.ended
}

// place returns how many events a cursor is after, and whether it is one of
// this journal. s.mu is held.
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
