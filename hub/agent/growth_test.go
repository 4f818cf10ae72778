package agent_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
)

// A stormKind is what a hostile agent writes again and again.
type stormKind struct {
	name    string
	version string // the behaviour of the fake
	lines   []string
	counted func(rules.AgentEvent) bool // which events are counted: one for each time that it writes lines
	cost    int                         // of the lines in bytes, at least
}

// update returns the line of an update.
func update(format string, args ...any) string {
	return `{"jsonrpc":"2.0","method":"session/update","params":{"sessionId":"fake-1","update":{"sessionUpdate":` + fmt.Sprintf(format, args...) + `}}}`
}

func isType[T rules.AgentEvent](e rules.AgentEvent) bool {
	_, ok := e.(T)
	return ok
}

const (
	kib      = 1 << 10
	entry    = `{"content":"step","priority":"high","status":"pending"}`
	question = `"params":{"sessionId":"fake-1","toolCall":{"toolCallId":"c"},"options":[{"optionId":"yes","name":"Yes","kind":"allow_once"}]}`
	form     = `"params":{"sessionId":"fake-1","mode":"form","message":"m","requestedSchema":{"type":"object","properties":{"a":{"type":"string"}}}}`
	withdraw = `{"jsonrpc":"2.0","method":"$/cancel_request","params":{"requestId":7}}`
)

var storms = []stormKind{
	{"text", "", []string{update(`"agent_message_chunk","content":{"type":"text","text":"a"}`)}, isType[rules.AgentNotification], 300},
	{"an unknown update", "", []string{update(`"mystery"`)}, isType[rules.AgentNotification], 300},
	{"a large unknown update", "", []string{update(`"mystery","pad":%q`, strings.Repeat("x", 40*kib))}, isType[rules.AgentNotification], 40 * kib},
	{"an unknown notification", "", []string{`{"jsonrpc":"2.0","method":"_a/b"}`}, isType[rules.AgentNotification], 256},
	{"a plan", "", []string{update(`"plan","entries":[%s]`, entry)}, isType[rules.AgentNotification], 64 * kib},
	{"a title", "", []string{update(`"session_info_update","title":"A"`)}, isType[rules.AgentNotification], 64 * kib},
	{"a mode", "", []string{update(`"current_mode_update","currentModeId":"a"`)}, isType[rules.AgentNotification], 64 * kib},
	{"options", "", []string{update(`"config_option_update","configOptions":[]`)}, isType[rules.AgentNotification], 64 * kib},
	{"commands", "", []string{update(`"available_commands_update","availableCommands":[]`)}, isType[rules.AgentNotification], 64 * kib},
	{"questions that it withdraws", "", []string{`{"jsonrpc":"2.0","id":7,"method":"session/request_permission",` + question + `}`, withdraw}, isType[rules.AgentPermission], 64 * kib},
	{"forms that it withdraws", "", []string{`{"jsonrpc":"2.0","id":7,"method":"elicitation/create",` + form + `}`, withdraw}, isType[rules.AgentElicitation], 64 * kib},
	{"turns of its own", "version 2", []string{update(`"state_update","state":"running"`), update(`"state_update","state":"idle"`)}, isType[rules.AgentTurnBegan], 256 * kib},
}

// An agent that writes without end is read no faster than it may add to its rooms.
func TestGrowth_of_a_room_by_its_agent_is_bounded(t *testing.T) {
	t.Parallel()
	const rate, atOnce = 4 * kib, 128 * 4 * kib
	for _, s := range storms {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			setup := fake(s.version)
			setup.options.Rate = rate
			r := ready(t, setup)
			began := time.Now()
			r.prompt("storm " + strings.Join(s.lines, "\n"))
			count, told := 0, 0
			for count == 0 || told == 0 || time.Since(began) < time.Second {
				select {
				case e := <-r.events:
					if s.counted(e) {
						count++
					}
					if isType[rules.AgentSlowed](e) {
						told++
					}
				case <-time.After(100 * time.Millisecond):
				}
				require.Less(t, time.Since(began), patience)
			}
			allowed := (atOnce+rate*int(time.Since(began).Seconds()+1))/s.cost + 1
			require.LessOrEqual(t, count, allowed)
			require.Equal(t, 1, told, "people learn why it is slow")
			r.stop()
		})
	}
}

func TestGrowth_a_storm_of_forms_that_cannot_be_shown_is_told_ten_times_a_turn(t *testing.T) {
	t.Parallel()
	setup := fake("")
	setup.options.Rate = 8 * kib
	r := ready(t, setup)
	r.prompt(`storm {"jsonrpc":"2.0","id":7,"method":"elicitation/create","params":{"sessionId":"fake-1","mode":"mime","message":"m"}}`)
	var last rules.AgentElicitationRefused
	for range 10 {
		last, _ = await[rules.AgentElicitationRefused](r)
	}
	require.Contains(t, last.Refused.Reason, "further ones are not reported until the next prompt")
	for told := false; !told; { // that it is slowed down
		e := r.next()
		require.False(t, isType[rules.AgentElicitationRefused](e))
		told = isType[rules.AgentSlowed](e)
	}
	r.stop()
	for len(r.events) > 0 {
		require.False(t, isType[rules.AgentElicitationRefused](r.next()))
	}
}
