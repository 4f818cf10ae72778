package demo

import (
	"encoding/json"

	"parley/hub/agent/wire"
)

// dialect is what differs between the versions of the protocol. Scenes and stored
// conversations use the words of version 1, so that each conversation can be opened in
// both versions. There is one addition: a tool call may have the status cancelled.
type dialect interface {
	version() int
	// initialized returns the result of initialize.
	initialized(canLoad bool) object
	// capabilities returns the capabilities of the client in the params of initialize.
	capabilities(initializeParams) clientCapabilities
	// opened returns the result of a request that opens a session.
	opened(*session) object
	// options returns the session's options.
	options(*settings) []object
	// updates returns what the client is sent for an update. It may change the update.
	updates(*session, object) []object
	// permission returns the params of session/request_permission.
	permission(*session, question) object
	// waiting tells the client that the turn waits for an answer, or that it goes on.
	waiting(t *turn, waits bool)
	// began tells the client that a turn has begun, and ended that it has ended. id
	// identifies the request with the prompt; it is nil for a turn without a prompt.
	began(t *turn, id json.RawMessage)
	ended(t *turn, id json.RawMessage, stop string, err error)
	// handles reports whether the version has a request.
	handles(method string) bool
}

// initializeParams are the params of initialize, with the members of both versions.
type initializeParams struct {
	ProtocolVersion    int                `json:"protocolVersion"`
	ClientCapabilities clientCapabilities `json:"clientCapabilities"` // of version 1
	Capabilities       clientCapabilities `json:"capabilities"`       // of version 2
}

// initialize answers initialize. It speaks version 2 from then on if the client asks for
// it, or for a later one, and the options allow it.
// It refuses to once a session was opened, since turns use the dialect.
func (s *server) initialize(raw json.RawMessage) (object, error) {
	if s.opened {
		return nil, &wire.Error{Code: wire.CodeInvalidRequest, Message: "a session was opened already"}
	}
	var p initializeParams
	_ = json.Unmarshal(raw, &p) // a capability that cannot be decoded is missing
	s.dialect = version1{}
	if s.newest >= 2 && p.ProtocolVersion >= 2 {
		s.dialect = version2{}
	}
	s.client = s.dialect.capabilities(p)
	return s.dialect.initialized(s.canLoad), nil
}

// question is a request for permission.
type question struct {
	title, description string
	call               object // the tool call that it is about; nil for none
	command            string // the command that it is about if it is about no tool call
	cwd                string // of the command
}

var permissionOptions = []object{
	{"optionId": "allow", "name": "Allow", "kind": "allow_once"},
	{"optionId": "always", "name": "Always allow", "kind": "allow_always"},
	{"optionId": "reject", "name": "Reject", "kind": "reject_once"},
}

// noSuchMethod is the error of a request that the version does not have.
func noSuchMethod(method string) error {
	return &wire.Error{Code: wire.CodeMethodNotFound, Message: "no such method: " + method}
}
