package agent

import (
	"encoding/json"
	"strconv"

	"parley/hub/agent/content"
)

// Messages of the Agent Client Protocol with the members that Parley uses. Where nothing
// else is said, they are the same in the versions 1 and 2; see
// https://agentclientprotocol.com/protocol/schema.
type (
	// client → agent: initialize, with the members of both versions
	initializeParams struct {
		ProtocolVersion    int                `json:"protocolVersion"`
		ClientCapabilities clientCapabilities `json:"clientCapabilities"` // of version 1
		ClientInfo         clientInfo         `json:"clientInfo"`         // of version 1
		Capabilities       *capabilities2     `json:"capabilities,omitempty"`
		Info               *clientInfo        `json:"info,omitempty"`
	}
	// client → agent: in initialize of version 2
	capabilities2 struct {
		Auth struct {
			Terminal struct{} `json:"terminal"` // people are shown the command that signs in
		} `json:"auth"`
		Elicitation elicitationCapabilities `json:"elicitation"`
	}
	elicitationCapabilities struct {
		Form struct{} `json:"form"`
		URL  struct{} `json:"url"`
	}
	// client → agent: in initialize; no files and no terminal are offered, so
	// agents do everything themselves
	clientCapabilities struct {
		FS struct {
			ReadTextFile  bool `json:"readTextFile"`
			WriteTextFile bool `json:"writeTextFile"`
		} `json:"fs"`
		Terminal bool `json:"terminal"`
		Auth     struct {
			Terminal bool `json:"terminal"` // people are shown the command that signs in
		} `json:"auth"`
		Session struct {
			ConfigOptions struct {
				Boolean struct{} `json:"boolean"` // Parley can set boolean options
			} `json:"configOptions"`
			Notices    struct{} `json:"notices"`    // people see the agent's notices
			Compaction struct{} `json:"compaction"` // and how it shortens its context
		} `json:"session"`
		Elicitation elicitationCapabilities `json:"elicitation"`
	}
	// client → agent: in initialize
	clientInfo struct {
		Name    string `json:"name"`
		Title   string `json:"title"`
		Version string `json:"version"`
	}
	// agent → client: the result of initialize
	initializeResult struct {
		ProtocolVersion   json.RawMessage   `json:"protocolVersion"`
		AgentCapabilities agentCapabilities `json:"agentCapabilities"` // of version 1
		Capabilities      struct {
			Session json.RawMessage `json:"session"` // an object if the agent has sessions
		} `json:"capabilities"` // of version 2
		AuthMethods []authMethod `json:"authMethods"`
	}
	// agent → client: in the result of initialize. An object, also an empty one, offers
	// the request session/NAME
	agentCapabilities struct {
		LoadSession         bool                       `json:"loadSession"`
		MCPCapabilities     mcpCapabilities            `json:"mcpCapabilities"`
		SessionCapabilities map[string]json.RawMessage `json:"sessionCapabilities"`
	}
	// agent → client: the result of session/new; client → agent: session/cancel
	sessionParams struct {
		SessionID string `json:"sessionId"`
	}
	// client → agent: session/prompt
	promptParams struct {
		SessionID string          `json:"sessionId"`
		Prompt    []content.Block `json:"prompt"`
		Meta      json.RawMessage `json:"_meta,omitempty"`
	}
	// client → agent: the result of session/request_permission
	permissionResult struct {
		Outcome outcome `json:"outcome"`
	}
	outcome struct {
		Outcome  string `json:"outcome"`
		OptionID string `json:"optionId,omitempty"`
	}
	// to clients: params of _parley/oversized, which replaces a notification that is
	// too long
	oversizedParams struct {
		SessionID     string `json:"sessionId"`
		Method        string `json:"method"`
		SessionUpdate string `json:"sessionUpdate,omitempty"`
		Bytes         int    `json:"bytes"`
		SHA256        string `json:"sha256"`
	}
)

// newInitializeParams returns the request for a version of the protocol. An agent of
// version 1 ignores the members of version 2.
func newInitializeParams(parley string, version int) initializeParams {
	info := clientInfo{Name: "parley", Title: "Parley", Version: parley}
	params := initializeParams{ProtocolVersion: version, ClientInfo: info}
	params.ClientCapabilities.Auth.Terminal = true
	if version == version2 {
		params.Capabilities, params.Info = new(capabilities2), &info
	}
	return params
}

// offers reports whether the agent offers the request session/NAME.
func (c agentCapabilities) offers(name string) bool {
	return isObject(c.SessionCapabilities[name])
}

// newPermissionResult returns the result for a chosen option; an empty id means
// cancelled.
func newPermissionResult(optionID string) permissionResult {
	if optionID == "" {
		return permissionResult{outcome{Outcome: "cancelled"}}
	}
	return permissionResult{outcome{Outcome: "selected", OptionID: optionID}}
}

func jsonInt(n int64) json.RawMessage { return strconv.AppendInt(nil, n, 10) }
