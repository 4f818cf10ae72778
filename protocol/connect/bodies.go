package connect

import (
	"encoding/binary"
	"encoding/json"
	"path"
	"strings"
	"time"

	"parley/protocol"
)

// Hello introduces a connector. Connector to server.
type Hello struct {
	// Key is a secret of 32 to 128 characters that the connector has made. It identifies
	// the host session, and entitles to be its connector.
	Key string `json:"key"`
	// Incarnation is the id of the connector's process.
	Incarnation string `json:"incarnation"`
	// Epoch is higher than that of every earlier process with the same key.
	Epoch uint64 `json:"epoch"`
	// Taken is the number of the newest frame of the server that the connector has.
	Taken uint64 `json:"taken"`
	// Acknowledged is the number of the newest frame of the connector that the server has
	// acknowledged.
	Acknowledged uint64 `json:"acknowledged,omitzero"`
	// Agent is the name of the agent, for people.
	Agent string `json:"agent"`
	// Title is the title of the host session; it may be empty.
	Title string `json:"title,omitzero"`
	// Permissions is who answers the agent's permission requests: ask (the default), allow
	// or reject.
	Permissions string `json:"permissions,omitzero"`
	// Dir is the absolute path of the directory in which the agent works.
	Dir string `json:"dir"`
	// FilesDir is the absolute path of the directory into which [File] writes; empty if
	// the connector takes no files.
	FilesDir string `json:"filesDir,omitzero"`
}

// Welcome answers [Hello]. Server to connector.
type Welcome struct {
	HostSession string `json:"hostSession"`
	// Resume is "ok" if the server continues the streams of this connector, and "new" if
	// both begin again: the connector then drops its frames and ends its agent.
	Resume Admission `json:"resume"`
	// Taken is the number of the newest frame of the connector that the server has.
	Taken uint64 `json:"taken"`
	// HeartbeatMS is the interval in which each end sends something, in milliseconds.
	HeartbeatMS int64 `json:"heartbeatMs"`
}

// Refused says why the server closes the connection. Server to connector.
type Refused struct {
	Code    protocol.Code `json:"code"`
	Message string        `json:"message"`
}

// Start asks for a process of the agent. Server to connector. The connector has chosen the
// command and the directory.
type Start struct {
	Run uint64 `json:"run"` // from 1, in the streams of one connector
}

// Signal is a way to end an agent.
type Signal string

// The signals.
const (
	CloseInput Signal = "close"     // close its standard input
	Terminate  Signal = "terminate" // SIGTERM
	Kill       Signal = "kill"      // end it and everything that it has started
)

// Valid reports whether the signal is known.
func (s Signal) Valid() bool { return s == CloseInput || s == Terminate || s == Kill }

// Stop ends a process of the agent. Server to connector.
type Stop struct {
	Run    uint64 `json:"run"`
	Signal Signal `json:"signal"`
}

// Started says that a process of the agent runs. The lines after it are those of this
// process. Connector to server.
type Started struct {
	Run uint64 `json:"run"`
}

// Exited says that a process of the agent and everything that it has started has ended, or
// that it could not be started. Connector to server.
type Exited struct {
	Run     uint64 `json:"run"`
	Failed  bool   `json:"failed,omitzero"`  // it could not be started
	Missing bool   `json:"missing,omitzero"` // because its command cannot be run
	Code    *int   `json:"code,omitzero"`    // null if a signal ended it
	Text    string `json:"text"`             // a predicate, such as "exited with status 2"
	Stderr  string `json:"stderr,omitzero"`  // the end of its standard error
}

// Moment is when a connector records its directory.
type Moment string

// The moments.
const (
	RoomBegan Moment = "began" // a shared session begins, unless that was recorded
	TurnEnded Moment = "turn"  // a turn of the shared session has ended
	RoomEnded Moment = "ended" // the shared session has ended; what was recorded is discarded
)

// Valid reports whether the moment is known.
func (m Moment) Valid() bool { return m == RoomBegan || m == TurnEnded || m == RoomEnded }

// Record asks the connector to record its directory, so that changes can be shown. Server to
// connector.
type Record struct {
	Session string    `json:"session"` // the id of the shared session
	Moment  Moment    `json:"moment"`
	Turn    string    `json:"turn,omitzero"` // the id of the turn's approval
	At      time.Time `json:"at,omitzero"`   // when the turn has ended
}

// Subject is what an [Ask] is about.
type Subject string

// The subjects.
const (
	AskChanges Subject = "changes" // what has changed in the working directory
	AskFiles   Subject = "files"   // which files are in it
)

// Valid reports whether the subject is known.
func (s Subject) Valid() bool { return s == AskChanges || s == AskFiles }

// Ask is a question that the connector answers from its directory. Server to connector.
type Ask struct {
	ID      string  `json:"id"`
	Subject Subject `json:"subject"`
	Session string  `json:"session"` // the id of the shared session

	Scope string `json:"scope,omitzero"` // of changes, as in [protocol.ChangesQuery]
	Turn  string `json:"turn,omitzero"`  // of changes
	Path  string `json:"path,omitzero"`  // of changes
	Text  string `json:"text,omitzero"`  // of files: what their paths contain
}

// Answer answers an [Ask]. Connector to server.
type Answer struct {
	ID     string          `json:"id"`
	Result json.RawMessage `json:"result,omitzero"` // a [protocol.ChangesAnswer] or a [protocol.FilesAnswer]
	Error  string          `json:"error,omitzero"`  // for people
}

// body encodes the body of a frame.
func body(v any) []byte {
	encoded, err := json.Marshal(v)
	if err != nil {
		panic(err) // the bodies contain nothing that cannot be encoded
	}
	return encoded
}

// Encode returns the body of a frame.
func (h Hello) Encode() []byte { return body(h) }

// Encode returns the body of a frame.
func (w Welcome) Encode() []byte { return body(w) }

// Encode returns the body of a frame.
func (r Refused) Encode() []byte { return body(r) }

// Encode returns the body of a frame.
func (s Start) Encode() []byte { return body(s) }

// Encode returns the body of a frame.
func (s Stop) Encode() []byte { return body(s) }

// Encode returns the body of a frame.
func (r Record) Encode() []byte { return body(r) }

// Encode returns the body of a frame.
func (s Started) Encode() []byte { return body(s) }

// Encode returns the body of a frame.
func (e Exited) Encode() []byte { return body(e) }

// Encode returns the body of a frame.
func (a Ask) Encode() []byte { return body(a) }

// Encode returns the body of a frame.
func (a Answer) Encode() []byte { return body(a) }

// DecodeHello decodes and checks the body of a hello.
func DecodeHello(f Frame) (h Hello, err error) {
	if f.Type != TypeHello {
		return h, invalid("the first frame is %s instead of hello", f.Type)
	}
	if err := protocol.Decode(f.Body, &h); err != nil {
		return h, err
	}
	switch {
	case len(h.Key) < MinKey || len(h.Key) > MaxKey:
		return h, invalid("key has %d to %d characters", MinKey, MaxKey)
	case h.Incarnation == "" || len(h.Incarnation) > MaxName:
		return h, invalid("incarnation has 1 to %d bytes", MaxName)
	case h.Agent == "" || len(h.Agent) > MaxName || len(h.Title) > MaxName:
		return h, invalid("agent and title have at most %d bytes, and agent is not empty", MaxName)
	case !isDir(h.Dir) || h.FilesDir != "" && !isDir(h.FilesDir):
		return h, invalid("dir and filesDir are absolute paths of at most %d bytes", MaxPath)
	}
	return h, nil
}

func isDir(dir string) bool {
	return path.IsAbs(dir) && len(dir) <= MaxPath && !strings.ContainsRune(dir, 0)
}

// File is a file that the connector writes below its [Hello.FilesDir]. Server to connector.
type File struct {
	Dir     string // one element of the path
	Name    string // one element of the path
	Content []byte
}

// fileHeader is the beginning of the body of a file, as JSON.
type fileHeader struct {
	Dir  string `json:"dir"`
	Name string `json:"name"`
}

// Encode returns the body of a frame: the length of a JSON object in 4 bytes, the object,
// and the content.
func (f File) Encode() []byte {
	named := body(fileHeader{f.Dir, f.Name})
	encoded := binary.BigEndian.AppendUint32(nil, uint32(len(named)))
	return append(append(encoded, named...), f.Content...)
}

// DecodeFile decodes the body of a file. Its Dir and Name are single elements of a path
// that contain no separator and are not hidden.
func DecodeFile(f Frame) (file File, err error) {
	if len(f.Body) < 4 {
		return file, invalid("a file has no name")
	}
	length, rest := binary.BigEndian.Uint32(f.Body), f.Body[4:]
	if uint64(length) > uint64(len(rest)) || length > MaxControl {
		return file, invalid("a file has no name")
	}
	var named fileHeader
	if err := protocol.Decode(rest[:length], &named); err != nil {
		return file, err
	}
	if !isElement(named.Dir) || !isElement(named.Name) {
		return file, invalid("the path of a file has two elements")
	}
	return File{named.Dir, named.Name, rest[length:]}, nil
}

// isElement reports whether a name is safe as one element of a path.
func isElement(name string) bool {
	return name != "" && len(name) <= 255 && name[0] != '.' && !strings.ContainsAny(name, "/\\\x00")
}

// DecodeBody decodes the body of a frame other than a hello, a file, a line or a stderr
// frame.
func DecodeBody[T Welcome | Refused | Start | Stop | Record | Started | Exited | Ask | Answer](f Frame) (v T, err error) {
	if err := protocol.Decode(f.Body, &v); err != nil {
		return v, invalid("%s: %s", f.Type, protocol.AsError(err).Message)
	}
	return v, nil
}
