package join

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/client/clienttest"
)

// A welcome has only the beginning of a long text, which is not enough to decide on.
func TestRun_decides_on_a_long_item_once_all_of_it_was_shown(t *testing.T) {
	s := clienttest.New(t)
	ann := start(t, s.InviteLink(), "ann", true)
	ann.sees("* you are ann")
	long := "BEGIN " + strings.Repeat("x", 20_000) + " THE END"
	ann.types("/prompt "+long, "/mode prompt_direct") // the second waits for the first
	ann.sees("* ann set the mode")
	s.Ask(protocol.Permission{
		RequestID: "q",
		ToolCall:  fmt.Appendf(nil, `{"toolCallId":"c","title":"Run it","rawInput":{"command":"echo %s"}}`, long),
		Options:   []byte(`[{"optionId":"o","name":"Once","kind":"allow_once"}]`),
	})
	for range protocol.DefaultLimits.RecentEvents { // so that the open items are not among the recent events
		s.Emit(&protocol.PromptDispatchStarted{ApprovalID: "other"})
	}
	s.Intercept(func(r protocol.Request) clienttest.Fault {
		return clienttest.Fault{NoAnswer: r.Command.CommandType() == protocol.CommandItem}
	})
	host := start(t, s.HostLink(), "", true)
	host.sees("? #1 ann proposes: BEGIN xxx")
	host.sees("x…\n  (this is the beginning; all of its 20014 bytes are being fetched, to be shown here)\n")
	host.sees("? #2 the agent asks to: Run it…\n  (this is the beginning; all of its ")
	host.types("/approve #1", "/approve", "/allow #2", "/deny #2", "/reject #1", "/edit #1 other")
	refused := func(n int) func() bool {
		return func() bool { return strings.Count(host.err.String(), "nothing was done: only the beginning of #") == n }
	}
	require.Eventually(t, refused(6), 20*time.Second, time.Millisecond, host.err.String)
	require.NotContains(t, host.out.String(), "THE END")

	s.Intercept(nil)
	s.CloseAll(protocol.CloseTooSlow) // the client repeats unanswered commands
	host.sees("THE END\n  (/approve #1 or /reject #1)")
	host.sees("THE END\n  (/allow #2, /deny #2, or /allow #2 with one of: 1 Once (allows once))")
	host.types("/approve #1", "/allow #2")
	ann.sees("* Olga approved #1: BEGIN")
	ann.sees("was answered with Once (Olga)")
	for _, r := range s.Seen() {
		if c, ok := r.Command.(*protocol.Approve); ok {
			require.Nil(t, c.Prompt, "the text is not edited")
		}
	}
}

func TestRoom_keeps_a_complete_item_when_a_welcome_has_only_its_beginning(t *testing.T) {
	r := newRoom()
	whole := protocol.Approval{ID: "a", Prompt: "the whole text", Status: protocol.ApprovalPending}
	asked := protocol.Permission{RequestID: "q", ToolCall: []byte(`{"title":"t","rawInput":{"command":"ls"}}`), Options: []byte(`[{"optionId":"o"}]`)}
	screen := newScreen(&capture{}, false, r.ledger)
	r.putPrompt(whole, "ann")
	r.putQuestion(asked, screen.story)
	beginning := whole
	beginning.Prompt, beginning.Truncated, beginning.WholeBytes = "the", true, len(whole.Prompt)
	name := protocol.Permission{RequestID: "q", ToolCall: []byte(`{"title":"t"}`), Options: []byte(`[]`), Truncated: true, WholeBytes: 99}
	r.reset(&protocol.Welcome{Approvals: []protocol.Approval{beginning}, Permissions: []protocol.Permission{name}}, screen.story, time.Now())
	require.Equal(t, whole, r.ledger.Find("a").Approval)
	require.Len(t, r.ledger.Find("q").Question.Options, 1)
	for _, i := range r.ledger.OpenDecisions() {
		require.Zero(t, i.FullSize())
	}

	fresh := newRoom()
	fresh.reset(&protocol.Welcome{Approvals: []protocol.Approval{beginning}, Permissions: []protocol.Permission{name}}, screen.story, time.Now())
	fresh.markShown(time.Now())
	for _, i := range fresh.ledger.OpenDecisions() {
		require.NotZero(t, i.FullSize())
		require.Zero(t, i.Shown, "it was not shown in full")
	}
	fresh.completeItem(&protocol.PromptPendingApproval{Approval: whole}, screen.story)
	fresh.completeItem(&protocol.PermissionRequested{Permission: asked}, screen.story)
	for _, i := range fresh.ledger.OpenDecisions() {
		require.Zero(t, i.FullSize(), "an earlier event has all of it")
	}
}
