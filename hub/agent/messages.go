package agent

import (
	"encoding/json"
	"strconv"
)

// What this side says, as the Agent Client Protocol names it.

type (
	// client → agent: initialize
	initializeParams struct {
		ProtocolVersion    int                `json:"protocolVersion"`
		ClientCapabilities clientCapabilities `json:"clientCapabilities"`
		ClientInfo         clientInfo         `json:"clientInfo"`
	}
	// clientCapabilities offers nothing, so that agents work by themselves.
	clientCapabilities struct {
		FS struct {
			ReadTextFile  bool `json:"readTextFile"`
			WriteTextFile bool `json:"writeTextFile"`
		} `json:"fs"`
		Terminal bool `json:"terminal"`
	}
	clientInfo struct {
		Name    string `json:"name"`
		Title   string `json:"title"`
		Version string `json:"version"`
	}
	// agent → client: the answer to initialize, as far as it matters here
	initializeResult struct {
		ProtocolVersion   json.RawMessage `json:"protocolVersion"`
		AgentCapabilities struct {
			LoadSession bool `json:"loadSession"`
		} `json:"agentCapabilities"`
		AuthMethods []authMethod `json:"authMethods"`
	}
	// client → agent: session/new and session/load
	openParams struct {
		SessionID  string `json:"sessionId,omitempty"`
		Cwd        string `json:"cwd"`
		MCPServers []any  `json:"mcpServers"`
	}
	// agent → client: the answer to session/new, as far as it matters here;
	// client → agent: session/cancel
	sessionParams struct {
		SessionID string `json:"sessionId"`
	}
	// client → agent: session/prompt
	promptParams struct {
		SessionID string          `json:"sessionId"`
		Prompt    []textBlock     `json:"prompt"`
		Meta      json.RawMessage `json:"_meta,omitempty"`
	}
	textBlock struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	// client → agent: the answer to session/request_permission
	permissionResult struct {
		Outcome outcome `json:"outcome"`
	}
	outcome struct {
		Outcome  string `json:"outcome"`
		OptionID string `json:"optionId,omitempty"`
	}
	// to clients, in the place of a notification that is too long
	oversizedParams struct {
		SessionID     string `json:"sessionId"`
		Method        string `json:"method"`
		SessionUpdate string `json:"sessionUpdate,omitempty"`
		Bytes         int    `json:"bytes"`
		SHA256        string `json:"sha256"`
	}
)

// decided is the answer to a permission request; no option means cancelled.
func decided(optionID string) permissionResult {
	if optionID == "" {
		return permissionResult{outcome{Outcome: "cancelled"}}
	}
	return permissionResult{outcome{Outcome: "selected", OptionID: optionID}}
}

func jsonInt(n int64) json.RawMessage { return strconv.AppendInt(nil, n, 10) }
