package connect

import (
	"bytes"
	"encoding/json"
	"slices"

	"parley/protocol"
)

// Type names a kind of frame.
type Type string

// The frames that are not kept: they concern one connection, and are lost with it.
const (
	TypeHello   Type = "hello"   // connector → server: the first frame; the body is a [Hello]
	TypeWelcome Type = "welcome" // server → connector: the first frame; the body is a [Welcome]
	TypeRefused Type = "refused" // server → connector: the last frame; the body is a [Refused]
	TypeAck     Type = "ack"     // both: an acknowledgement, or a sign of life, without a body
	TypeAsk     Type = "ask"     // server → connector: the body is an [Ask]
	TypeAnswer  Type = "answer"  // connector → server: the body is an [Answer]
)

// The frames that are kept until they are acknowledged, and so reach the other end once and
// in order.
const (
	TypeLine    Type = "line"    // both: one line of the agent's output or input, without its line feed
	TypeStart   Type = "start"   // server → connector: the body is a [Start]
	TypeStop    Type = "stop"    // server → connector: the body is a [Stop]
	TypeRecord  Type = "record"  // server → connector: the body is a [Record]
	TypeFile    Type = "file"    // server → connector: the body is a [File]
	TypeStarted Type = "started" // connector → server: the body is a [Started]
	TypeExited  Type = "exited"  // connector → server: the body is an [Exited]
	TypeStderr  Type = "stderr"  // connector → server: the end of the agent's standard error
)

// rule is what holds for a type of frame.
type rule struct {
	kept bool // it has a number
	max  int  // the maximum length of the body in bytes
}

var rules = map[Type]rule{
	TypeHello:   {false, MaxControl},
	TypeWelcome: {false, MaxControl},
	TypeRefused: {false, MaxControl},
	TypeAck:     {false, 0},
	TypeAsk:     {false, MaxControl},
	TypeAnswer:  {false, MaxAnswer},
	TypeLine:    {true, MaxLine},
	TypeStart:   {true, MaxControl},
	TypeStop:    {true, MaxControl},
	TypeRecord:  {true, MaxControl},
	TypeFile:    {true, MaxFile + MaxControl},
	TypeStarted: {true, MaxControl},
	TypeExited:  {true, MaxControl},
	TypeStderr:  {true, MaxStderr},
}

// Frame is one WebSocket message. Number, Type and Body of a kept frame never change; Ack
// is that of the time when it is sent.
type Frame struct {
	Number uint64 // from 1 for a kept frame; 0 for others
	Ack    uint64 // the number of the newest frame of the receiver that the sender has processed
	Type   Type
	Body   []byte
}

// header is the first line of a frame.
type header struct {
	Type   Type   `json:"type"`
	Number uint64 `json:"n,omitzero"`
	Ack    uint64 `json:"ack,omitzero"`
}

// Size returns the number of bytes for which a frame counts in a [Stream].
func (f Frame) Size() int { return MaxHeader + len(f.Body) }

// Encode returns the frame as a binary WebSocket message: a JSON object on one line, and
// the body.
func (f Frame) Encode() []byte {
	first, err := json.Marshal(header{f.Type, f.Number, f.Ack})
	if err != nil {
		panic(err) // a string and two numbers
	}
	return append(append(slices.Grow(first, 1+len(f.Body)), '\n'), f.Body...)
}

// Decode decodes a WebSocket message. The frame's body shares memory with it.
func Decode(message []byte) (Frame, error) {
	end := bytes.IndexByte(message[:min(len(message), MaxHeader+1)], '\n')
	if end < 0 {
		return Frame{}, invalid("a frame begins with a line of at most %d bytes", MaxHeader)
	}
	var h header
	if err := protocol.Decode(message[:end], &h); err != nil {
		return Frame{}, invalid("the header of a frame: %s", protocol.AsError(err).Message)
	}
	f := Frame{Type: h.Type, Number: h.Number, Ack: h.Ack, Body: message[end+1:]}
	return f, f.check()
}

// check returns an error if the frame breaks a rule of its type.
func (f Frame) check() error {
	r, known := rules[f.Type]
	switch {
	case !known:
		return invalid("unknown frame %.40q", string(f.Type))
	case r.kept && f.Number == 0:
		return invalid("%s has no number", f.Type)
	case !r.kept && f.Number != 0:
		return invalid("%s has a number", f.Type)
	case len(f.Body) > r.max:
		return protocol.Errorf(protocol.CodeTooLarge, "%s has %d bytes; the limit is %d", f.Type, len(f.Body), r.max)
	case f.Type == TypeLine && bytes.IndexByte(f.Body, '\n') >= 0:
		return invalid("a line contains a line feed")
	}
	return nil
}

// invalid returns the error for what is not valid in the protocol.
func invalid(format string, args ...any) error {
	return protocol.Errorf(protocol.CodeInvalidRequest, format, args...)
}
