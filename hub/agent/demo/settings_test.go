package demo_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
)

// set sets an option and returns the agent's refusal; empty for none.
func (r *running) set(optionID, value string) string {
	r.t.Helper()
	r.Configure("r", optionID, json.RawMessage(value))
	deadline := time.After(patience)
	for {
		select {
		case e := <-r.events:
			if done, ok := e.(rules.AgentConfigured); ok {
				if done.Err != nil {
					return done.Err.Error()
				}
				return ""
			}
		case <-deadline:
			r.t.Fatal("the agent does not answer")
		}
	}
}

func TestOptions_can_be_set(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		require.Empty(t, r.set("mode", `"auto"`))
		require.True(t, r.known().Option(protocol.CategoryMode).Current().AsksNobody)
		require.Empty(t, r.play("permission", "").asked, "in that mode nobody is asked")
		require.Empty(t, r.set("model", `"storyteller-mini"`))
		require.Equal(t, "Storyteller mini", r.known().Option(protocol.CategoryModel).Current().Name)
		require.Empty(t, r.set("hurry", `true`))
		require.JSONEq(t, `true`, string(r.known().OptionByID("hurry").CurrentValue))

		require.Contains(t, r.set("model", `"storyteller-max"`), "not available")
		require.Contains(t, r.set("model", `"x"`), "no such model")
		require.Contains(t, r.set("mode", `"x"`), "no such mode")
		require.Contains(t, r.set("hurry", `"x"`), "true or false")
		require.Contains(t, r.set("none", `"x"`), "no option")
		require.Equal(t, "Storyteller mini", r.known().Option(protocol.CategoryModel).Current().Name)
	})
}
