package agent_test

import (
	"context"
	"fmt"
	"log"

	"go.uber.org/zap"

	"parley/hub/agent"
	"parley/hub/agent/profile"
	"parley/hub/journal"
	"parley/hub/rules"
)

// A launcher starts the built-in demo agent, which runs one turn.
func Example() {
	ctx := context.Background()
	launcher, err := agent.NewLauncher(nil, zap.NewNop(), agent.Options{})
	if err != nil {
		log.Fatal(err)
	}
	ended := make(chan rules.AgentTurnEnded, 1) // sent to once, by the sink; capacity 1, so that it does not block
	demo, err := launcher.Launch(ctx, rules.LaunchSpec{HostSession: journal.NewHostSessionID(), Profile: profile.Demo},
		func(e rules.AgentEvent) {
			if e, ok := e.(rules.AgentTurnEnded); ok {
				ended <- e
			}
		})
	if err != nil {
		log.Fatal(err)
	}
	demo.Prompt(rules.AgentPrompt{Turn: "turn-1", Text: "show me a plan"})
	turn := <-ended
	fmt.Println(turn.Turn, turn.StopReason, turn.Err)
	if err := demo.Stop(ctx); err != nil {
		log.Fatal(err)
	}
	// Output: turn-1 end_turn <nil>
}
