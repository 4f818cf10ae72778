package protocol_test

import (
	"errors"
	"fmt"
	"log"

	"parley/protocol"
)

// A server decodes the lines of one WebSocket message.
func ExampleDecodeRequest() {
	message := []byte(`{"id":"1","type":"chat","payload":{"text":" Hello "}}
{"id":"2","type":"chat","payload":{"text":7}}`)

	for line := range protocol.SplitLines(message) {
		req, err := protocol.DecodeRequest(line, protocol.DefaultLimits)
		if err != nil {
			fmt.Println(req.ID, err)
			continue
		}
		switch c := req.Command.(type) {
		case *protocol.Chat:
			fmt.Printf("%s %s %q\n", req.ID, c.CommandType(), c.Text)
		}
	}
	// Output:
	// 1 chat "Hello"
	// 2 INVALID_REQUEST: text has the wrong type
}

// A client decodes one line of the server.
func ExampleDecodeServer() {
	line := []byte(`{"type":"prompt_queued","cursor":"AAAAAAAAAAMAAAAAAAAAAAAAAAA","sharedSessionId":"S1",` +
		`"timestamp":"2026-01-02T03:04:05Z","payload":{"approvalId":"A1","ahead":2}}`)

	message, err := protocol.DecodeServer(line)
	if err != nil {
		log.Fatal(err)
	}
	switch m := message.(type) {
	case *protocol.Event:
		queued := m.Payload.(*protocol.PromptQueued)
		fmt.Println("event", m.Cursor.Seq, queued.ApprovalID, "waits for", queued.Ahead, "turns")
	case *protocol.ErrorMessage:
		fmt.Println(m.Error.Err())
	}
	// Output:
	// event 3 A1 waits for 2 turns
}

// The catalogue tells what an error code means to HTTP and WebSocket clients.
func ExampleError_Entry() {
	err := fmt.Errorf("send prompt: %w", protocol.Errorf(protocol.CodeQueueFull, "32 prompts are waiting"))

	answer := protocol.AsError(err)
	entry := answer.Entry()
	fmt.Println(answer.Code, entry.Status, entry.Close, entry.Retryable)
	fmt.Println(errors.Is(err, &protocol.Error{Code: protocol.CodeQueueFull}))

	// An error without a code does not reach clients.
	fmt.Println(protocol.AsError(errors.New("open /var/lib/parley: permission denied")).Code)
	// Output:
	// QUEUE_FULL 429 1013 true
	// true
	// INTERNAL
}
