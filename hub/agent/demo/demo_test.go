package demo_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
)

// scenes are prompts with the option that answers every permission request, and checks
// of the turn.
var scenes = []struct {
	prompt, option string
	check          func(*testing.T, turn)
}{
	{"fix the failing test", "allow", checkStoryWithEdit},
	{"fix the failing test", "reject", checkStoryWithoutEdit},
	{"help", "", func(t *testing.T, got turn) {
		text := got.said(t, "agent_message_chunk")
		for _, name := range sceneNames {
			require.Contains(t, text, "`"+name+"`")
		}
	}},
	{"show me a plan", "", checkPlan},
	{"Permission, please", "allow", func(t *testing.T, got turn) {
		require.Contains(t, got.said(t, "agent_message_chunk"), "Cleaned up")
		require.Equal(t, []string{"completed"}, values(got.statuses()))
	}},
	{"permission", "reject", func(t *testing.T, got turn) {
		require.Contains(t, got.said(t, "agent_message_chunk"), "left `build` unchanged")
		require.Equal(t, []string{"failed"}, values(got.statuses()))
	}},
	{"a diff", "allow", checkDiffs},
	{"markdown", "", func(t *testing.T, got turn) {
		require.Contains(t, got.said(t, "agent_message_chunk"), "| item | cents |")
	}},
	{"tools", "", func(t *testing.T, got turn) {
		kinds := map[string]bool{}
		for _, call := range got.of("tool_call") {
			kinds[call.Kind] = true
		}
		require.Equal(t, map[string]bool{"search": true, "fetch": true, "think": true, "execute": true, "move": true}, kinds)
	}},
	{"slow", "", func(t *testing.T, got turn) {
		require.NotEmpty(t, got.of("agent_thought_chunk"))
	}},
	{"long", "", func(t *testing.T, got turn) {
		require.Greater(t, len(got.of("agent_message_chunk")), 150)
	}},
	{"image", "", func(t *testing.T, got turn) {
		require.Contains(t, got.said(t, "agent_message_chunk"), "160 × 90")
		require.True(t, slices.ContainsFunc(got.of("agent_message_chunk"), func(u update) bool {
			return strings.Contains(string(u.Content), `"type":"image"`)
		}))
	}},
	{"updates", "", func(t *testing.T, got turn) {
		for _, kind := range []string{"notice", "compaction_update", "compaction_summary_chunk", "demo_update", "_demo/extension"} {
			require.NotEmpty(t, got.of(kind), kind)
		}
		require.ElementsMatch(t, []string{"completed", "failed"}, values(got.statuses()))
	}},
	{"big", "", func(t *testing.T, got turn) {
		require.Equal(t, 1, got.oversized)
	}},
	{"what is the long and big crash about?", "allow", checkStoryWithEdit},
}

func TestScenes_show_what_their_prompts_ask_for(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		for _, scene := range scenes {
			got := r.play(scene.prompt, scene.option)
			require.NoError(t, got.end.Err, scene.prompt)
			require.Equal(t, "end_turn", got.end.StopReason, scene.prompt)
			scene.check(t, got)
			usage := got.of("usage_update")
			require.Len(t, usage, 1)
			require.Positive(t, usage[0].Used)
		}
	})
}

var sceneNames = []string{"help", "crash", "memory", "reload", "forget", "hang", "error", "who", "wait", "slow", "long", "big", "form", "page", "mode", "model", "image", "secret", "updates", "signout", "tools", "permission", "markdown", "diff", "plan"}

func values(m map[string]string) []string {
	var list []string
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

func checkStoryWithEdit(t *testing.T, got turn) {
	checkPlan(t, got)
	require.Len(t, got.asked, 1)
	require.Equal(t, []rules.AgentOption{{ID: "allow", Kind: "allow_once"}, {ID: "always", Kind: "allow_always"},
		{ID: "reject", Kind: "reject_once"}}, got.asked[0].Choices)
	require.NotEmpty(t, got.of("agent_thought_chunk"))
	var kinds []string
	for _, call := range got.of("tool_call") {
		kinds = append(kinds, call.Kind)
	}
	require.Equal(t, []string{"execute", "read", "edit", "execute"}, kinds)
	require.Contains(t, string(got.asked[0].ToolCall), `"type":"diff"`)
	require.Contains(t, got.said(t, "agent_message_chunk"), "The tests pass.")
}

func checkStoryWithoutEdit(t *testing.T, got turn) {
	require.Len(t, got.asked, 1)
	require.Contains(t, got.said(t, "agent_message_chunk"), "I left the file as it is")
	for _, c := range got.contents(t) {
		require.NotEqual(t, "diff", c.Type)
	}
}

func checkPlan(t *testing.T, got turn) {
	plans := got.of("plan")
	require.NotEmpty(t, plans)
	for done, plan := range plans {
		for i, entry := range plan.Entries {
			require.Equal(t, i < done, entry.Status == "completed")
			require.Equal(t, i == done, entry.Status == "in_progress")
		}
	}
	require.Len(t, plans, len(plans[0].Entries)+1)
}

func checkDiffs(t *testing.T, got turn) {
	var diffs []content
	for _, c := range got.contents(t) {
		if c.Type == "diff" {
			diffs = append(diffs, c)
		}
	}
	require.Len(t, diffs, 2)
	require.Nil(t, diffs[0].OldText, "the file is new")
	require.NotEqual(t, *diffs[1].OldText, diffs[1].NewText)
}

func TestPermission_that_is_always_allowed_is_not_requested_again(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		require.Len(t, r.play("permission", "always").asked, 1)
		require.Empty(t, r.play("permission", "").asked)
		require.Empty(t, r.play("diff", "").asked)
	})
}

func TestCommands_are_announced(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		got := l.launch(t).play("help", "")
		require.Equal(t, "available_commands_update", got.updates[0].SessionUpdate)
		var names []string
		for _, c := range got.updates[0].AvailableCommands {
			require.NotEmpty(t, c.Description)
			names = append(names, c.Name)
		}
		require.ElementsMatch(t, sceneNames, names)
	})
}

func TestAgent_announces_its_facts(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		r.play("fix the discount", "allow")
		known := r.known()
		require.Equal(t, "Demo agent 1", known.ProgramName())
		require.Equal(t, "Ask", known.Option(protocol.CategoryMode).Current().Name)
		require.Equal(t, "Storyteller", known.Option(protocol.CategoryModel).Current().Name)
		require.Equal(t, len(sceneNames), *known.AvailableCommandTotal)
		require.Equal(t, "fix the discount", *known.SessionTitle)
		require.Positive(t, known.Usage.Used)
		require.Positive(t, known.Usage.Cost.Amount)

		require.Empty(t, r.play("mode", "").asked)
		require.True(t, r.known().Option(protocol.CategoryMode).Current().AsksNobody)
		require.Empty(t, r.play("permission", "").asked, "the mode never asks for permission")
		r.play("mode", "")
		require.Len(t, r.play("permission", "allow").asked, 1)
		r.play("model", "")
		require.Equal(t, "Storyteller mini", r.known().Option(protocol.CategoryModel).Current().Name)
		require.Equal(t, "fix the discount", *r.known().SessionTitle)
	})
}

func TestCancel_ends_the_turn(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		t.Run("while a tool is working", func(t *testing.T) {
			r.Prompt(rules.AgentPrompt{Turn: "w", Text: "wait"})
			for {
				e := (<-r.events).(rules.AgentNotification)
				if strings.Contains(string(e.Raw), "in_progress") {
					break
				}
			}
			r.Cancel()
			got := r.follow(nil)
			require.Equal(t, "cancelled", got.end.StopReason)
			require.Equal(t, []string{"failed"}, values(got.statuses()))
		})
		t.Run("while a permission request is pending", func(t *testing.T) {
			r.Prompt(rules.AgentPrompt{Turn: "p", Text: "permission"})
			got := r.follow(func(rules.AgentPermission) { r.Cancel() })
			require.Equal(t, "cancelled", got.end.StopReason)
		})
		t.Run("by answering a permission as cancelled", func(t *testing.T) {
			got := r.play("permission", "")
			require.Equal(t, "cancelled", got.end.StopReason)
		})
		require.Equal(t, "end_turn", r.play("plan", "").end.StopReason, "the next turn succeeds")
	})
}

func TestError_fails_only_its_turn(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		require.ErrorContains(t, r.play("error", "").end.Err, "the prompt asked for an error")
		require.NoError(t, r.play("plan", "").end.Err, "the next turn succeeds")
	})
}

func TestCrash_ends_the_agent(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		got := r.play("crash", "")
		require.NotNil(t, got.exit)
		require.Contains(t, got.exit.StderrTail, "crashed because a prompt asked for it")
		if l.profile != "demo" {
			require.Equal(t, 1, *got.exit.ExitCode)
		}
	})
}

func TestResume_continues_a_conversation(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		require.True(t, r.CanLoad())
		require.NoError(t, r.play("permission", "allow").end.Err)
		r.stop()
		require.Equal(t, "with this one: 2", l.remembers(t, r.SessionID(), protocol.ContinuedResumed))
	})
}

func TestReload_continues_a_conversation_that_cannot_be_resumed(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		require.NotNil(t, r.play("reload", "").exit)
		r.stop()
		require.Equal(t, "with this one: 2", l.remembers(t, r.SessionID(), protocol.ContinuedLoaded))
	})
}

func TestForget_leads_to_a_new_conversation(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		require.NotNil(t, r.play("forget", "").exit)
		r.stop()
		require.Equal(t, "with this one: 1", l.remembers(t, r.SessionID(), protocol.ContinuedNew))
	})
}

// remembers opens an earlier conversation, and returns how many prompts the agent then
// remembers.
func (l lab) remembers(t *testing.T, id string, by protocol.AgentContinuation) string {
	t.Helper()
	r, err := l.try(t, id)
	require.NoError(t, err)
	require.Equal(t, by, r.Continued())
	got := r.play("memory", "")
	require.NoError(t, got.end.Err)
	require.Empty(t, got.of("user_message_chunk"), "a replay is not passed on")
	return regexp.MustCompile(`with this one: \d+`).FindString(got.said(t, "agent_message_chunk"))
}

func TestMemory_quotes_a_recap(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		r.Prompt(rules.AgentPrompt{Turn: "1", Recap: "> User:\n>> crash", Text: "memory"})
		require.Contains(t, r.follow(nil).said(t, "agent_message_chunk"), ">> crash")
	})
}

// The text before the prompt chooses no scene, and so a session with it is like any other.
func TestWho_reads_who_wrote_and_approved_the_prompt(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		r.Prompt(rules.AgentPrompt{Turn: "1", Attribution: "[Ben, approved by Ann]", Text: "who"})
		require.Contains(t, r.follow(nil).said(t, "agent_message_chunk"), "[Ben, approved by Ann]")
		require.Contains(t, r.play("who", "").said(t, "agent_message_chunk"), "Nobody has told me")
	})
}

func TestHang_ignores_a_cancellation_and_ends_with_the_agent(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		r := l.launch(t)
		r.Prompt(rules.AgentPrompt{Turn: "1", Text: "hang"})
		r.Cancel()
		go r.stop() // the test waits for its end with follow
		require.NotNil(t, r.follow(nil).exit)
	})
}

func TestLoad_of_an_unknown_conversation_begins_a_new_one(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		for _, id := range []string{"demo-abc", "../../etc/passwd", "demo-../x"} {
			r, err := l.try(t, id)
			require.NoError(t, err)
			require.ErrorContains(t, r.LoadError(), "no such conversation")
			require.NotEqual(t, id, r.SessionID())
			require.NoError(t, r.play("plan", "").end.Err)
		}
	})
}

func TestToolCalls_have_the_members_that_the_protocol_requires(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		got := l.launch(t).play("tools", "")
		seen := map[string]bool{}
		for i, u := range got.updates {
			switch u.SessionUpdate {
			case "tool_call":
				require.False(t, seen[u.ToolCallID], "ids are unique")
				seen[u.ToolCallID] = true
				var call map[string]json.RawMessage
				var m struct {
					Params struct{ Update json.RawMessage }
				}
				require.NoError(t, json.Unmarshal([]byte(got.raw[i]), &m))
				require.NoError(t, json.Unmarshal(m.Params.Update, &call))
				for _, name := range []string{"title", "kind", "status", "locations", "rawInput"} {
					require.Contains(t, call, name)
				}
			case "tool_call_update":
				require.True(t, seen[u.ToolCallID], "an update follows its call")
			}
		}
		for _, status := range got.statuses() {
			require.Contains(t, []string{"completed", "failed"}, status)
		}
	})
}
