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

// newModel builds the model from the codec and the source code.
func newModel(src *source) (*model, error) {
	m := &model{src: src, known: map[string]bool{"Event": true}}
	m.enums = append(m.enums,
		enum{"ResumeOutcome", "ResumeOutcome says which events follow a welcome.", src.values("", "Resume")},
		enum{"ApproveAction", "ApproveAction is the decision of an approve command.", src.values("", "Action")})
	m.word(reflect.TypeFor[protocol.Redaction]())
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
