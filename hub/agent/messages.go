package agent

import (
	"encoding/json"
	"strconv"
)

// Messages of the Agent Client Protocol, version 1, with the members that Parley uses;
// see https://agentclientprotocol.com/protocol/schema.
type (
	// client → agent: initialize
	initializeParams struct {
		ProtocolVersion    int                `json:"protocolVersion"`
		ClientCapabilities clientCapabilities `json:"clientCapabilities"`
		ClientInfo         clientInfo         `json:"clientInfo"`
	}
	// client → agent: in initialize; no files and no terminal are offered, so
	// agents do everything themselves
	clientCapabilities struct {
		FS struct {
			ReadTextFile  bool `json:"readTextFile"`
			WriteTextFile bool `json:"writeTextFile"`
		} `json:"fs"`
		Terminal bool `json:"terminal"`
		Session  struct {
			ConfigOptions struct {
				Boolean struct{} `json:"boolean"` // Parley can set boolean options
			} `json:"configOptions"`
		} `json:"session"`
	}
	// client → agent: in initialize
	clientInfo struct {
		Name    string `json:"name"`
		Title   string `json:"title"`
		Version string `json:"version"`
	}
	// agent → client: the result of initialize
	initializeResult struct {
		ProtocolVersion   json.RawMessage `json:"protocolVersion"`
		AgentCapabilities struct {
			LoadSession bool `json:"loadSession"`
		} `json:"agentCapabilities"`
		AuthMethods []authMethod `json:"authMethods"`
	}
	// client → agent: session/new and session/load
	openParams struct {
		SessionID  string     `json:"sessionId,omitempty"` // of session/load
		Cwd        string     `json:"cwd"`
		MCPServers []struct{} `json:"mcpServers"` // required; always empty
	}
	// agent → client: the result of session/new; client → agent: session/cancel
	sessionParams struct {
		SessionID string `json:"sessionId"`
	}
	// client → agent: session/prompt
	promptParams struct {
		SessionID string          `json:"sessionId"`
		Prompt    []textBlock     `json:"prompt"`
		Meta      json.RawMessage `json:"_meta,omitempty"`
	}
	// client → agent: in session/prompt
	textBlock struct {
		Type string `json:"type"`
		Text string `json:"text"`
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

func newOpenParams(sessionID, cwd string) openParams {
	return openParams{SessionID: sessionID, Cwd: cwd, MCPServers: []struct{}{}}
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
