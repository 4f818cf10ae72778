package agent_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

func TestStop_closes_the_session_of_an_agent_that_offers_it(t *testing.T) {
	t.Parallel()
	for how, closes := range map[string]bool{"offers session/close": true, "does not answer session/close": true, "": false} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			r := ready(t, fake(how))
			r.stop()
			_, said := await[rules.AgentExited](r)
			if closes {
				require.Equal(t, []string{r.note("closing fake-1")}, said)
			} else {
				require.Empty(t, said)
			}
		})
	}
}

func TestStop_deletes_the_session_if_that_is_asked_for(t *testing.T) {
	t.Parallel()
	r := ready(t, fake("offers session/close"))
	r.DeleteSession()
	r.stop()
	_, said := await[rules.AgentExited](r)
	require.Equal(t, []string{r.note("closing fake-1"), r.note("deleting fake-1")}, said)
}
