package factbuffer_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host"
	"parley/hub/rules/host/factbuffer"
	"parley/protocol"
)

func TestBuffer(t *testing.T) {
	says := func(f protocol.AgentFacts) host.AgentReported {
		return host.AgentReported{Event: rules.AgentUpdated{Facts: f}}
	}
	for name, test := range map[string]func(t *testing.T, g *factbuffer.Buffer){
		"returns the first facts at once and delays the next for a second": func(t *testing.T, g *factbuffer.Buffer) {
			require.Equal(t, host.FactsLearned{Facts: titled("a")}, g.Combine(says(titled("a")), time.Now()))
			require.Nil(t, g.Combine(says(titled("b")), time.Now()))
			require.Nil(t, g.Combine(says(titled("c")), time.Now()))
			require.Equal(t, time.Now().Add(time.Second), g.Due())
			time.Sleep(time.Second)
			facts, some := g.TakeDue(time.Now())
			require.True(t, some)
			require.Equal(t, titled("c"), facts, "the newest")
			require.True(t, g.Due().IsZero())
		},
		"keeps the usage until the end of the turn": func(t *testing.T, g *factbuffer.Buffer) {
			require.Nil(t, g.Combine(says(used(1)), time.Now()))
			require.Nil(t, g.Combine(says(used(2)), time.Now()))
			require.True(t, g.Due().IsZero())
			end := host.AgentReported{Event: rules.AgentTurnEnded{Turn: "a"}}
			require.Equal(t, host.WithFacts{Facts: used(2), Body: end}, g.Combine(end, time.Now()))
			require.Equal(t, end, g.Combine(end, time.Now()), "listed once")
		},
		"returns everything when a shared session opens and when the process ends": func(t *testing.T, g *factbuffer.Buffer) {
			for _, body := range []rules.Body{rules.SharedOpened{}, rules.Shutdown{}, host.Launched{}, host.LaunchFailed{}, host.AgentReported{Event: rules.AgentExited{}}} {
				g.Block(time.Now())
				g.Combine(says(used(3)), time.Now())
				g.Combine(says(titled("t")), time.Now())
				want := titled("t")
				want.Usage = used(3).Usage
				require.Equal(t, host.WithFacts{Facts: want, Body: body}, g.Combine(body, time.Now()))
			}
		},
		"does not delay the facts of an agent that has become ready": func(t *testing.T, g *factbuffer.Buffer) {
			g.Block(time.Now())
			require.Nil(t, g.Combine(says(titled("a")), time.Now()))
			require.IsType(t, host.WithFacts{}, g.Combine(host.Launched{}, time.Now()))
			require.Equal(t, host.FactsLearned{Facts: commandsNamed("x")}, g.Combine(says(commandsNamed("x")), time.Now()))
		},
		"passes on other inputs": func(t *testing.T, g *factbuffer.Buffer) {
			g.Block(time.Now())
			g.Combine(says(titled("a")), time.Now())
			for _, body := range []rules.Body{host.AgentReported{Event: rules.Notifications{}}, host.AgentReported{Event: rules.AgentPermission{}}, host.Read{}, rules.Tick{}} {
				require.Equal(t, body, g.Combine(body, time.Now()))
			}
			require.Nil(t, g.Combine(says(protocol.AgentFacts{}), time.Now()))
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test(t, new(factbuffer.Buffer)) })
		})
	}
}

// commandsNamed are facts with one slash command.
func commandsNamed(name string) protocol.AgentFacts {
	return protocol.AgentFacts{AvailableCommands: []protocol.AvailableCommand{{Name: name}}, AvailableCommandTotal: new(1)}
}

func titled(title string) protocol.AgentFacts { return protocol.AgentFacts{SessionTitle: &title} }

func used(tokens int64) protocol.AgentFacts {
	return protocol.AgentFacts{Usage: &protocol.AgentUsage{Used: tokens, Size: 1000}}
}
