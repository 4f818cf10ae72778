package view

import (
	"bytes"
	"encoding/json"
)

// object is a JSON object whose members can have any type.
type object map[string]json.RawMessage

// decodeObject decodes an object. ok is false if raw is anything else.
func decodeObject(raw json.RawMessage) (o object, ok bool) {
	return o, json.Unmarshal(raw, &o) == nil && o != nil
}

// text returns a member that is a string. ok is false if it is anything else.
func (o object) text(name string) (text string, ok bool) {
	raw := bytes.TrimSpace(o[name])
	return text, len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &text) == nil
}

// string returns a member that is a string, or an empty string.
func (o object) string(name string) string {
	text, _ := o.text(name)
	return text
}

// optional returns a member that is a string, or nil.
func (o object) optional(name string) *string {
	if text, ok := o.text(name); ok {
		return &text
	}
	return nil
}

// number returns a member that is a number, or nil.
func (o object) number(name string) *float64 {
	var n *float64
	if json.Unmarshal(o[name], &n) != nil {
		return nil
	}
	return n
}

// object returns a member that is an object.
func (o object) object(name string) (object, bool) { return decodeObject(o[name]) }

// list returns a member that is a list. ok is false if it is anything else.
func (o object) list(name string) (list []json.RawMessage, ok bool) {
	return list, json.Unmarshal(o[name], &list) == nil && list != nil
}

// has reports whether there is a member, which may be null.
func (o object) has(name string) bool { return o[name] != nil }

// value returns a member that is not null, which shares no memory with
// the message, or nil.
func (o object) value(name string) json.RawMessage {
	if raw := o[name]; raw != nil && string(bytes.TrimSpace(raw)) != "null" {
		return bytes.Clone(raw)
	}
	return nil
}
