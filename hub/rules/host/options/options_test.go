package options_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/host/options"
	"parley/protocol"
)

// facts are those of an agent whose options have these ids.
func facts(ids ...string) *protocol.AgentFacts {
	f := &protocol.AgentFacts{}
	for _, id := range ids {
		f.ConfigOptions = append(f.ConfigOptions, protocol.ConfigOption{ID: id, CurrentValue: json.RawMessage(`"shown"`)})
	}
	return f
}

func change(id, option string) rules.OptionChange {
	return rules.OptionChange{ID: id, OptionID: option, Value: json.RawMessage(`"set"`)}
}

func TestOptions_keep_a_bounded_number_of_choices_and_outcomes(t *testing.T) {
	var o options.Options
	const times = 200
	for i := range times {
		c := change(fmt.Sprint(i), fmt.Sprint("option ", i))
		o.ApplyBegan(&options.BeganEvent{Change: c}, rules.Instant{})
		require.True(t, o.Waits(c.ID))
		o.ApplyEnded(&options.EndedEvent{Change: c}, rules.Instant{}, facts())
		require.False(t, o.Waits(c.ID))
	}
	require.Empty(t, o.Changes)
	require.Len(t, o.Chosen, 64)
	require.Len(t, o.SettledChanges, 32)
	require.Nil(t, o.Settled("0"))
	require.NotNil(t, o.Settled(fmt.Sprint(times-1)))
}

func TestOptions_a_refused_mode_holds_prompts_until_another_is_set(t *testing.T) {
	var o options.Options
	mode := change("1", "mode")
	mode.Mode = true
	o.ApplyBegan(&options.BeganEvent{Change: mode, Again: true}, rules.Instant{})
	require.False(t, o.PromptsMayBegin(), "it is being set again")
	o.ApplyEnded(&options.EndedEvent{Change: mode, Again: true, Failure: "no such mode"}, rules.Instant{}, facts("mode"))
	require.False(t, o.PromptsMayBegin())
	require.Equal(t, "no such mode", o.FirstRefused().Failure)
	o.ApplyEnded(&options.EndedEvent{Change: change("2", "model")}, rules.Instant{}, facts("mode"))
	require.False(t, o.PromptsMayBegin(), "another option is no mode")
	o.ApplyEnded(&options.EndedEvent{Change: change("3", "mode")}, rules.Instant{}, facts("mode"))
	require.True(t, o.PromptsMayBegin())
}

func TestOptions_follow_what_the_agent_shows_once_it_has_what_was_set(t *testing.T) {
	o := options.Options{Chosen: []rules.OptionChange{change("1", "mode"), change("2", "gone")}}
	o.ApplyBegan(&options.BeganEvent{Change: change("1", "mode"), Again: true}, rules.Instant{})
	o.Follow(facts("mode"))
	require.Equal(t, `"set"`, string(o.Chosen[0].Value), "the agent has not received it")
	o.ApplyEnded(&options.EndedEvent{Change: change("1", "mode"), Again: true}, rules.Instant{}, facts("mode"))
	before := o.Chosen
	o.Follow(facts("mode"))
	require.Equal(t, `"shown"`, string(o.Chosen[0].Value))
	require.Equal(t, `"set"`, string(o.Chosen[1].Value), "the agent shows no value")
	require.Equal(t, `"set"`, string(before[0].Value), "a copy of the options does not change")
}

func TestOptions_time_out_from_when_they_were_sent(t *testing.T) {
	now := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	sent := rules.Stamp{At: now, Now: now}.Instant()
	var o options.Options
	signIn := change("2", "browser")
	signIn.SignIn = true
	for _, e := range []options.BeganEvent{{Change: change("1", "model")}, {Change: signIn}, {Change: change("3", "a"), Again: true}, {Change: change("4", "b"), Again: true}} {
		o.ApplyBegan(&e, sent)
	}
	require.Equal(t, now.Add(30*time.Second), o.Due())
	overdue := func(after time.Duration) (ids []string) {
		for _, e := range o.Overdue(now.Add(after)) {
			require.Equal(t, options.NoAnswer, e.Failure)
			ids = append(ids, e.Change.ID)
		}
		return ids
	}
	require.Empty(t, overdue(29*time.Second))
	require.Equal(t, []string{"1", "3"}, overdue(time.Minute), "a person takes longer to sign in, and 4 waits for 3")
	require.Equal(t, []string{"1", "2", "3"}, overdue(time.Hour))
}
