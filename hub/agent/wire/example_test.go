package wire_test

import (
	"fmt"
	"strings"

	"parley/hub/agent/wire"
)

// An agent's notification is passed on with another session id, and all other bytes
// unchanged. A line of a log is not a message.
func Example() {
	output := strings.NewReader(`starting agent …
{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"a1","update":{"sessionUpdate":"plan","n":12345678901234567890}}}
{"jsonrpc":"2.0","id":1,"method":"session/request_permission","params":{"sessionId":"a1"}}
`)
	lines := wire.NewReader(output, 0)
	for {
		line, err := lines.Next()
		if err != nil {
			break // io.EOF
		}
		m, err := wire.Parse(wire.Clean(line))
		switch {
		case err != nil:
			fmt.Println("skipped:", err)
		case m.IsRequest():
			refusal := wire.Failure(m.ID, &wire.Error{Code: wire.CodeMethodNotFound, Message: "not supported"})
			fmt.Print("answer: ", string(refusal))
		default:
			fmt.Println(m.Update, string(m.WithSession("b2")))
		}
	}
	// Output:
	// skipped: line is not JSON
	// plan {"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"b2","update":{"sessionUpdate":"plan","n":12345678901234567890}}}
	// answer: {"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"not supported"}}
}
