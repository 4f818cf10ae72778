package main

import (
	"encoding"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"parley/protocol"
)

// model describes the wire format for both outputs.
type model struct {
	src     *source
	enums   []enum
	structs []*object // each before the ones that it contains
	events  []tagged
	command []tagged
	lines   []tagged // messages of the server other than events
	known   map[string]bool
}

type enum struct {
	name, doc string
	values    []string
}

type object struct {
	name, doc string
	members   []member
}

type member struct {
	name, doc string
	shape     shape
	optional  bool
}

// shape is the type of a member: a JSON type, a reference or a list.
type shape struct {
	kind     string // string, integer, number, boolean, any, ref, list
	ref      string
	items    *shape
	format   string
	nullable bool
}

// tagged is a message with a type on the wire.
type tagged struct {
	word   string
	ref    string // the payload, or the whole line
	answer string // the answer to a command
}

// anyEvent is the name of the type of an event inside an answer.
const anyEvent = "AnyEvent"

// overrides are the shapes of members that their Go types do not express.
var overrides = map[string]shape{
	"Welcome.recent":       {kind: "list", items: &shape{kind: "ref", ref: anyEvent}, nullable: true},
	"Welcome.resume":       {kind: "ref", ref: "ResumeOutcome"},
	"Connected.resume":     {kind: "ref", ref: "ResumeOutcome"},
	"HistoryAnswer.events": {kind: "list", items: &shape{kind: "ref", ref: anyEvent}},
	"EventsAnswer.events":  {kind: "list", items: &shape{kind: "ref", ref: anyEvent}},
	"ArchiveAnswer.events": {kind: "list", items: &shape{kind: "ref", ref: anyEvent}},
	"Approve.action":       {kind: "ref", ref: "ApproveAction"},
}

// answers are the answers to commands, which the Go types do not express.
var answers = map[protocol.CommandType]any{
	protocol.CommandJoin:         protocol.Welcome{},
	protocol.CommandResume:       protocol.Welcome{},
	protocol.CommandChat:         protocol.MessageAnswer{},
	protocol.CommandPrompt:       protocol.PromptAnswer{},
	protocol.CommandApprove:      protocol.ApprovalAnswer{},
	protocol.CommandPermission:   protocol.PermissionAnswer{},
	protocol.CommandCancel:       protocol.CancelAnswer{},
	protocol.CommandSetMode:      protocol.SessionAnswer{},
	protocol.CommandSetRole:      protocol.ParticipantAnswer{},
	protocol.CommandRemove:       protocol.RemoveAnswer{},
	protocol.CommandRotateInvite: protocol.InviteAnswer{},
	protocol.CommandStopAgent:    nil,
	protocol.CommandTyping:       nil,
	protocol.CommandHistory:      protocol.HistoryAnswer{},
	protocol.CommandItem:         protocol.ItemAnswer{},
	protocol.CommandPeople:       protocol.PeopleAnswer{},
	protocol.CommandPresence:     protocol.PresenceAnswer{},
	protocol.CommandLeave:        protocol.ParticipantAnswer{},
	protocol.CommandClose:        protocol.CloseAnswer{},
	protocol.CommandPing:         nil,
}

// restBodies are the bodies that only REST uses.
var restBodies = []any{
	protocol.CreateSharedSession{}, protocol.CreateHostSession{}, protocol.CreateAnswer{}, protocol.JoinAnswer{},
	protocol.EventsAnswer{}, protocol.ArchiveAnswer{}, protocol.StateAnswer{}, protocol.InvitationAnswer{}, protocol.MessagesAnswer{}, protocol.ParticipantsAnswer{},
	protocol.SessionsAnswer{}, protocol.HostSessionAnswer{}, protocol.HostSessionsAnswer{}, protocol.AgentsAnswer{},
	protocol.ErrorBody{},
}

// messages are the messages of the server other than events.
var messages = []struct {
	word  string
	value any
}{
	{protocol.TypeWelcome, protocol.WelcomeMessage{}}, {protocol.TypeOK, protocol.OKMessage{}},
	{protocol.TypeError, protocol.ErrorMessage{}}, {protocol.TypePresence, protocol.PresenceMessage{}},
	{protocol.TypeTyping, protocol.TypingMessage{}}, {protocol.TypePong, protocol.PongMessage{}},
	{protocol.TypeConnected, protocol.Connected{}},
}

func newModel(src *source) (*model, error) {
	m := &model{src: src, known: map[string]bool{"Event": true}}
	m.enums = append(m.enums,
		enum{"ResumeOutcome", "ResumeOutcome says which events follow a welcome.", src.values("", "Resume")},
		enum{"ApproveAction", "ApproveAction is the decision of an approve command.", src.values("", "Action")})
	if err := m.addEvents(); err != nil {
		return nil, err
	}
	if err := m.addCommands(); err != nil {
		return nil, err
	}
	for _, message := range messages {
		m.lines = append(m.lines, tagged{word: message.word, ref: m.add(reflect.TypeOf(message.value))})
	}
	for _, body := range restBodies {
		m.add(reflect.TypeOf(body))
	}
	for _, name := range src.wireTypes {
		if !m.known[name] {
			return nil, fmt.Errorf("no known message contains the type %s", name)
		}
	}
	return m, nil
}

// addEvents asks the codec for the Go type of each event type.
func (m *model) addEvents() error {
	for _, word := range m.src.values("EventType", "") {
		payload, err := protocol.DecodePayload(protocol.EventType(word), []byte("{}"))
		if err != nil {
			return err
		}
		if _, unknown := payload.(*protocol.UnknownPayload); unknown {
			return fmt.Errorf("the codec does not know the event type %q", word)
		}
		m.events = append(m.events, tagged{word: word, ref: m.add(reflect.TypeOf(payload).Elem())})
	}
	return nil
}

// addCommands asks the codec for the Go type of each command type. The codec returns
// the command even if it refuses its payload.
func (m *model) addCommands() error {
	for _, word := range m.src.values("CommandType", "") {
		line, err := json.Marshal(map[string]string{"id": "1", "type": word})
		if err != nil {
			return err
		}
		req, _ := protocol.DecodeRequest(line, protocol.DefaultLimits)
		answer, listed := answers[protocol.CommandType(word)]
		if req.Command == nil || !listed {
			return fmt.Errorf("the command type %q has no Go type or no answer", word)
		}
		c := tagged{word: word, ref: m.add(reflect.TypeOf(req.Command).Elem())}
		if answer != nil {
			c.answer = m.add(reflect.TypeOf(answer))
		}
		m.command = append(m.command, c)
	}
	return nil
}

// add adds a struct, and the structs that it contains, to the model. It returns the name.
func (m *model) add(t reflect.Type) string {
	if m.known[t.Name()] {
		return t.Name()
	}
	m.known[t.Name()] = true
	o := &object{name: t.Name(), doc: m.src.docs[t.Name()]}
	m.structs = append(m.structs, o)
	o.members = m.members(t)
	return t.Name()
}

func (m *model) members(t reflect.Type) (members []member) {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			members = append(members, m.members(f.Type)...)
			m.add(f.Type)
			continue
		}
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		shape, overridden := overrides[t.Name()+"."+name]
		if !overridden {
			shape = m.shape(f.Type)
		}
		optional := options != ""
		if optional { // a nil pointer is omitted, not null
			shape.nullable = false
		}
		members = append(members, member{name, m.src.docs[t.Name()+"."+f.Name], shape, optional})
	}
	return members
}

var textMarshaler = reflect.TypeFor[encoding.TextMarshaler]()

func (m *model) shape(t reflect.Type) shape {
	switch {
	case t == reflect.TypeFor[json.RawMessage]():
		return shape{kind: "any"}
	case t == reflect.TypeFor[time.Time]():
		return shape{kind: "string", format: "date-time"}
	case t.Kind() != reflect.Pointer && t.Implements(textMarshaler):
		return shape{kind: "string"}
	}
	switch t.Kind() {
	case reflect.Pointer:
		s := m.shape(t.Elem())
		s.nullable = true
		return s
	case reflect.Slice:
		items := m.shape(t.Elem())
		return shape{kind: "list", items: &items}
	case reflect.Struct:
		return shape{kind: "ref", ref: m.add(t)}
	case reflect.String:
		return m.word(t)
	case reflect.Bool:
		return shape{kind: "boolean"}
	case reflect.Int, reflect.Int64:
		return shape{kind: "integer"}
	case reflect.Float64:
		return shape{kind: "number"}
	}
	panic(fmt.Sprintf("schema: no JSON type for %s", t))
}

// word returns the shape of a plain string or of an enumeration.
func (m *model) word(t reflect.Type) shape {
	if t.PkgPath() == "" {
		return shape{kind: "string"}
	}
	if !slices.ContainsFunc(m.enums, func(e enum) bool { return e.name == t.Name() }) {
		m.enums = append(m.enums, enum{t.Name(), m.src.docs[t.Name()], m.src.values(t.Name(), "")})
	}
	return shape{kind: "ref", ref: t.Name()}
}
