package agent

import (
	"cmp"
	"encoding/json"
	"fmt"

	"parley/hub/agent/profile"
)

// client → agent: session/new, session/load, session/resume and session/fork
type openParams struct {
	SessionID             string               `json:"sessionId,omitempty"` // of an earlier session
	Cwd                   string               `json:"cwd"`
	AdditionalDirectories []string             `json:"additionalDirectories,omitempty"`
	MCPServers            []profile.WireServer `json:"mcpServers"`           // required
	ReplayFrom            *replayFrom          `json:"replayFrom,omitempty"` // of session/resume, version 2
}

// mcpCapabilities say which MCP servers an agent of version 1 can use, besides stdio.
type mcpCapabilities struct {
	HTTP bool `json:"http"`
	SSE  bool `json:"sse"`
}

// openingCapabilities2 are the capabilities of an agent of version 2 that concern the
// opening of a session.
type openingCapabilities2 struct {
	MCP struct {
		Stdio json.RawMessage `json:"stdio"`
		HTTP  json.RawMessage `json:"http"`
	} `json:"mcp"`
	AdditionalDirectories json.RawMessage `json:"additionalDirectories"`
}

// opening is what a session is opened with, besides its working directory: the part of the
// profile that the agent can use.
type opening struct {
	directories []string
	servers     []profile.WireServer
	notes       []string // what the agent cannot use, in sentences for people
}

// newOpening returns the part of a profile that an agent can use. It looks up programs in
// PATH.
func newOpening(p profile.Profile, r initializeResult) opening {
	var o opening
	support, directories := r.openingSupport()
	o.servers, o.notes = profile.Usable(p.MCPServers, support)
	if r.isVersion2() {
		o.nameTypes()
	}
	switch {
	case directories:
		o.directories = p.AdditionalDirectories
	case len(p.AdditionalDirectories) > 0:
		o.notes = append(o.notes, fmt.Sprintf("The additional directories are left out, since the agent cannot use any: %q.", p.AdditionalDirectories))
	}
	return o
}

// openingSupport returns which MCP servers the agent can use, and whether it can use
// additional directories.
func (r initializeResult) openingSupport() (support profile.MCPSupport, directories bool) {
	if !r.isVersion2() {
		c := r.AgentCapabilities
		support = profile.MCPSupport{Stdio: true, HTTP: c.MCPCapabilities.HTTP, SSE: c.MCPCapabilities.SSE}
		return support, c.offers("additionalDirectories")
	}
	var c openingCapabilities2
	_ = json.Unmarshal(r.Capabilities.Session, &c)
	return profile.MCPSupport{Stdio: isObject(c.MCP.Stdio), HTTP: isObject(c.MCP.HTTP)}, isObject(c.AdditionalDirectories)
}

func (r initializeResult) isVersion2() bool { return string(r.ProtocolVersion) == fmt.Sprint(version2) }

// nameTypes gives the servers without a type the one that version 2 requires.
func (o *opening) nameTypes() {
	for i := range o.servers {
		o.servers[i].Type = cmp.Or(o.servers[i].Type, profile.Stdio)
	}
}

// params returns the parameters of a request that opens a session. sessionID is empty for
// a new one.
func (o opening) params(sessionID, cwd string) openParams {
	return openParams{SessionID: sessionID, Cwd: cwd, AdditionalDirectories: o.directories, MCPServers: o.servers}
}
