package profile

import (
	"fmt"
	"maps"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Transports of an [MCPServer].
const (
	Stdio = "stdio"
	HTTP  = "http"
	SSE   = "sse"
)

// MCPServer is a server of the Model Context Protocol that an agent connects to.
type MCPServer struct {
	Name string
	// Type is the transport: stdio, http or sse. If it is empty, it is stdio for a server
	// with a command, and else http.
	Type string
	// Command is the program of a stdio server and its arguments. The agent starts it.
	Command []string
	// Env is added to the environment of a stdio server.
	Env map[string]string
	// URL is the address of an http or sse server.
	URL string
	// Headers are sent with each request to an http or sse server.
	Headers map[string]string
}

// Transport returns the type of the server.
func (s MCPServer) Transport() string {
	switch {
	case s.Type != "":
		return s.Type
	case s.URL != "":
		return HTTP
	}
	return Stdio
}

// check adds what is wrong with the server. at is its place in the profile.
func (s MCPServer) check(f *faults, at string) {
	if s.Name == "" {
		f.add(at+".name", "the name is missing")
	}
	f.checkVariables(at+".env", s.Env)
	switch s.Transport() {
	case Stdio:
		if len(s.Command) == 0 || s.Command[0] == "" {
			f.add(at, "the MCP server has neither a command nor a url")
		}
		if s.URL != "" || len(s.Headers) > 0 {
			f.add(at, "url and headers are for an MCP server of type http or sse, not stdio")
		}
	case HTTP, SSE:
		s.checkURL(f, at)
	default:
		f.add(at+".type", "%q is not stdio, http or sse", s.Type)
	}
}

func (s MCPServer) checkURL(f *faults, at string) {
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		f.add(at+".url", "%q is not a URL such as https://tools.example.com/mcp", s.URL)
	}
	if len(s.Command) > 0 || len(s.Env) > 0 {
		f.add(at, "command and env are for an MCP server of type stdio, not %s", s.Transport())
	}
	for _, name := range slices.Sorted(maps.Keys(s.Headers)) {
		if !headerName.MatchString(name) || strings.ContainsAny(s.Headers[name], "\r\n\x00") {
			f.add(at+".headers", "%q is not a valid header", name)
		}
	}
}

// headerName matches a token of HTTP (RFC 9110, section 5.6.2).
var headerName = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")

// MCPSupport says which MCP servers an agent can connect to.
type MCPSupport struct{ Stdio, HTTP, SSE bool }

// supports reports whether the agent can use a transport.
func (m MCPSupport) supports(transport string) bool {
	switch transport {
	case Stdio:
		return m.Stdio
	case HTTP:
		return m.HTTP
	case SSE:
		return m.SSE
	}
	return false
}

// WireServer is an MCP server in the form of the Agent Client Protocol.
type WireServer struct {
	Type    string      `json:"type,omitempty"` // absent for stdio in version 1 of the protocol
	Name    string      `json:"name"`
	Command string      `json:"command,omitempty"` // an absolute path
	Args    *[]string   `json:"args,omitempty"`
	Env     *[]NameWith `json:"env,omitempty"`
	URL     string      `json:"url,omitempty"`
	Headers *[]NameWith `json:"headers,omitempty"`
}

// NameWith is a variable or a header.
type NameWith struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Usable returns the servers that an agent can use, in the form of the Agent Client
// Protocol, and for each other server a sentence that says why it is left out. It looks
// up the programs of servers in PATH.
func Usable(servers []MCPServer, support MCPSupport) (usable []WireServer, leftOut []string) {
	usable = []WireServer{}
	for _, s := range servers {
		transport := s.Transport()
		if !support.supports(transport) {
			leftOut = append(leftOut, fmt.Sprintf("The MCP server %q is left out, since the agent cannot use servers of type %s.", s.Name, transport))
			continue
		}
		wire := WireServer{Name: s.Name}
		if transport == Stdio {
			program, err := lookUp(s.Command[0])
			if err != nil {
				leftOut = append(leftOut, fmt.Sprintf("The MCP server %q is left out, since its program %q was not found.", s.Name, s.Command[0]))
				continue
			}
			args, env := append([]string{}, s.Command[1:]...), pairs(s.Env)
			wire.Command, wire.Args, wire.Env = program, &args, &env
		} else {
			headers := pairs(s.Headers)
			wire.Type, wire.URL, wire.Headers = transport, s.URL, &headers
		}
		usable = append(usable, wire)
	}
	return usable, leftOut
}

// lookUp returns the absolute path of a program.
func lookUp(program string) (string, error) {
	path, err := exec.LookPath(program)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// pairs returns a map as a list, ordered by name.
func pairs(m map[string]string) []NameWith {
	list := []NameWith{}
	for _, name := range slices.SortedFunc(maps.Keys(m), strings.Compare) {
		list = append(list, NameWith{name, m[name]})
	}
	return list
}
