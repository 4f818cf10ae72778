package main

import (
	"bytes"
	"encoding/json"
)

// ordered is a JSON object whose members keep their order.
type ordered []pair

type pair struct {
	name  string
	value any
}

// MarshalJSON implements [json.Marshaler].
func (o ordered) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(p.name)
		if err != nil {
			return nil, err
		}
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// jsonSchema returns the model as one JSON Schema, whose root describes a line in either
// direction.
func (m *model) jsonSchema() ([]byte, error) {
	var defs ordered
	for _, e := range m.enums {
		defs = append(defs, pair{e.name, ordered{{"description", e.doc}, {"type", "string"}, {"enum", e.values}}})
	}
	for _, o := range m.structs {
		defs = append(defs, pair{o.name, described(o.doc, m.object(o.members))})
	}
	defs = append(defs,
		pair{"Event", described(m.src.docs["Event"], ordered{{"oneOf", m.eventSchemas()}})},
		pair{anyEvent, described(anyEventDoc, m.object(m.eventMembers(shape{kind: "string"}, shape{kind: "any"})))},
		pair{"ServerLine", described("A line of the server, of a type that this version knows. Server to client.", ordered{{"oneOf", m.lineSchemas()}})},
		pair{"ClientLine", described("A line of a client. Client to server.", ordered{{"oneOf", m.commandSchemas()}})})
	doc := ordered{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"title", "The Parley protocol, parley.v1"},
		{"description", "Generated from the Go types; PROTOCOL.md describes their meaning. " +
			"A newer server may send members and words that are not listed."},
		{"anyOf", []any{reference("ServerLine"), reference("ClientLine")}},
		{"$defs", defs},
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(doc)
	return b.Bytes(), err
}

const anyEventDoc = "An event, possibly of a type that this version does not know. Server to client."

func (m *model) eventMembers(word, payload shape) []member {
	return []member{
		{name: "type", shape: word},
		{name: "cursor", shape: shape{kind: "string"}},
		{name: "sharedSessionId", shape: shape{kind: "string"}},
		{name: "timestamp", shape: shape{kind: "string", format: "date-time"}},
		{name: "redaction", shape: shape{kind: "ref", ref: "Redaction"}, optional: true},
		{name: "payload", shape: payload},
	}
}

func (m *model) eventSchemas() (all []any) {
	for _, e := range m.events {
		s := m.object(m.eventMembers(shape{kind: "const", ref: e.word}, shape{kind: "ref", ref: e.ref}))
		all = append(all, s)
	}
	return all
}

func (m *model) lineSchemas() []any {
	all := []any{reference("Event")}
	for _, l := range m.lines {
		s := m.object([]member{{name: "type", shape: shape{kind: "const", ref: l.word}}})
		all = append(all, append(s, pair{"allOf", []any{reference(l.ref)}}))
	}
	return all
}

func (m *model) commandSchemas() (all []any) {
	for _, c := range m.command {
		all = append(all, m.object([]member{
			{name: "id", shape: shape{kind: "string"}},
			{name: "type", shape: shape{kind: "const", ref: c.word}},
			{name: "payload", shape: shape{kind: "ref", ref: c.ref}, optional: true},
		}))
	}
	return all
}

func (m *model) object(members []member) ordered {
	properties, required := ordered{}, []string{}
	for _, f := range members {
		properties = append(properties, pair{f.name, described(f.doc, f.shape.schema())})
		if !f.optional {
			required = append(required, f.name)
		}
	}
	return ordered{{"type", "object"}, {"properties", properties}, {"required", required}}
}

func (s shape) schema() ordered {
	if s.nullable {
		s.nullable = false
		return ordered{{"anyOf", []any{s.schema(), ordered{{"type", "null"}}}}}
	}
	switch s.kind {
	case "ref":
		return reference(s.ref)
	case "const":
		return ordered{{"const", s.ref}}
	case "list":
		return ordered{{"type", "array"}, {"items", s.items.schema()}}
	case "any":
		return ordered{}
	}
	o := ordered{{"type", s.kind}}
	if s.format != "" {
		o = append(o, pair{"format", s.format})
	}
	return o
}

func reference(name string) ordered { return ordered{{"$ref", "#/$defs/" + name}} }

func described(doc string, o ordered) ordered {
	if doc == "" {
		return o
	}
	return append(ordered{{"description", doc}}, o...)
}
