package realagents

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

// marketKey is what a request to the MCP server of startMarket must have in this header.
const (
	marketHeader = "X-Market-Key"
	marketKey    = "tomatoes"
)

// cannotAsk is what the tool weigh says if its client has no elicitation.
const cannotAsk = "The scale cannot ask for a unit."

type weighing struct {
	Thing string `json:"thing"`
	Ask   bool   `json:"ask,omitempty" jsonschema:"whether to ask people for the unit"`
}

// scale is the program "scale": an MCP server of type stdio with the tools weigh, which only
// reads, and tare.
func scale() {
	s := mcp.NewServer(&mcp.Implementation{Name: "scale", Version: "1"}, nil)
	readOnly := &mcp.ToolAnnotations{ReadOnlyHint: true}
	mcp.AddTool(s, &mcp.Tool{Name: "weigh", Description: "Weighs a thing.", Annotations: readOnly}, weigh)
	mcp.AddTool(s, &mcp.Tool{Name: "tare", Description: "Sets the scale to zero."},
		func(context.Context, *mcp.CallToolRequest, struct{}) (*mcp.CallToolResult, any, error) {
			return text("The scale shows zero."), nil, nil
		})
	if err := s.Run(context.Background(), new(mcp.StdioTransport)); err != nil {
		fmt.Fprintln(os.Stderr, "scale:", err)
	}
}

func weigh(ctx context.Context, r *mcp.CallToolRequest, w weighing) (*mcp.CallToolResult, any, error) {
	if !w.Ask {
		return text("The %s weighs 217 g.", w.Thing), nil, nil
	}
	if c := r.ClientCapabilities(); c == nil || c.Elicitation == nil {
		return text(cannotAsk), nil, nil
	}
	answer, ok := r.Params.InputResponses["unit"].(*mcp.ElicitResult)
	if !ok {
		form := &mcp.ElicitParams{Message: "In which unit?", RequestedSchema: json.RawMessage(unitForm)}
		return &mcp.CallToolResult{InputRequests: mcp.InputRequestMap{"unit": form}}, nil, nil
	}
	b, err := json.Marshal(answer.Content)
	return text("The %s: %s %s.", w.Thing, answer.Action, b), nil, err
}

const unitForm = `{"type": "object", "required": ["unit", "digits"], "properties": {
	"unit": {"type": "string", "title": "Unit", "enum": ["gram", "ounce"]},
	"digits": {"type": "integer", "title": "Digits", "minimum": 0, "maximum": 3, "default": 1},
	"tare": {"type": "boolean", "title": "Without its box"},
	"note": {"type": "string", "title": "Note", "maxLength": 20}}}`

func text(format string, args ...any) *mcp.CallToolResult {
	return &mcp.CallToolResult{Content: []mcp.Content{&mcp.TextContent{Text: fmt.Sprintf(format, args...)}}}
}

// startMarket starts an MCP server of type http with the tool price, until the test ends,
// and returns its URL.
func startMarket(t *testing.T) string {
	t.Helper()
	s := mcp.NewServer(&mcp.Implementation{Name: "market", Version: "1"}, nil)
	type sale struct {
		Thing string `json:"thing"`
	}
	mcp.AddTool(s, &mcp.Tool{Name: "price", Description: "Tells what a thing costs.", Annotations: &mcp.ToolAnnotations{ReadOnlyHint: true}},
		func(_ context.Context, _ *mcp.CallToolRequest, x sale) (*mcp.CallToolResult, any, error) {
			return text("The %s costs 83 cents.", x.Thing), nil, nil
		})
	h := mcp.NewStreamableHTTPHandler(func(*http.Request) *mcp.Server { return s }, nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(marketHeader) != marketKey {
			http.Error(w, "the key is missing", http.StatusForbidden)
			return
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		for session := range s.Sessions() {
			_ = session.Close()
		}
	})
	return server.URL
}
