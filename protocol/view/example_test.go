package view_test

import (
	"encoding/json"
	"fmt"

	"parley/protocol"
	"parley/protocol/view"
)

func ExampleTimeline() {
	var timeline view.Timeline
	for _, text := range []string{"Hello, ", "world"} {
		changes := timeline.Apply(&protocol.Event{
			Type: protocol.EventHostSessionUpdate,
			Payload: &protocol.HostSessionUpdate{Notification: json.RawMessage(`{"method":"session/update","params":{"update":
				{"sessionUpdate":"agent_message_chunk","content":{"type":"text","text":"` + text + `"}}}}`)},
		})
		for _, change := range changes {
			now := change.Now.(*view.SayRow)
			before, _ := change.Before.(*view.SayRow)
			added, _ := now.Added(before)
			fmt.Printf("%q was added\n", added[0].Text())
		}
	}
	fmt.Printf("%d row: %q\n", len(timeline.Rows()), timeline.Rows()[0].(*view.SayRow).Blocks[0].Text())
	// Output:
	// "Hello, " was added
	// "world" was added
	// 1 row: "Hello, world"
}
