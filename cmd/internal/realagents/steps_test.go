package realagents

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/hub/hubtest/fakemodel"
	"parley/protocol"
)

const pollInterval = 20 * time.Millisecond

func announcesItself(t *testing.T, r *room) {
	facts := r.host.Welcome.Agent
	require.NotEmpty(t, facts.Info.Name)
	require.Contains(t, readFile(t, recordings(t, r.records)[0], outputFile), fmt.Sprintf(`"protocolVersion":%d`, r.agent.version))
	require.Equal(t, r.cwd, *facts.Cwd)
	var unattended []string
	for _, o := range r.options() {
		for _, v := range o.Options {
			if o.Category == protocol.CategoryMode && v.AsksNobody {
				unattended = append(unattended, v.Value)
			}
		}
	}
	require.Equal(t, r.agent.unattended, unattended, "modes that ask nobody")
}

func runsATurn(t *testing.T, r *room) {
	require.Contains(t, r.turn(t, "THINK: I think.", "SAY: Hello, the first word is apricot."), "Hello, the first word is apricot.")
}

func changesItsModel(t *testing.T, r *room) {
	r.set(t, protocol.CategoryModel, r.agent.model.value)
	r.turn(t, "SAY: Another model.")
	require.Contains(t, r.request(t, "Another model").Model, r.agent.model.name)
}

func runsASlashCommand(t *testing.T, r *room) {
	said := r.turn(t, r.agent.command.text)
	require.Contains(t, said, r.agent.command.shows)
	if sends := r.agent.command.sends; sends != "" {
		r.request(t, sends)
	}
}

func asksBeforeACommand(t *testing.T, r *room) {
	r.set(t, protocol.CategoryMode, r.agent.mode)
	for _, kind := range []string{"reject_once", "allow_once"} {
		file := filepath.Join(r.cwd, kind)
		id := r.prompt(t, r.agent.call(t, "echo hello > "+file), "SAY: The command ran.")
		asked := r.question(t, id)
		require.Contains(t, string(asked.ToolCall), "echo hello", "the question shows the command")
		require.NoFileExists(t, file)
		r.answer(t, asked, kind)
		r.awaitEnd(t, id)
		if kind == "reject_once" {
			require.NoFileExists(t, file)
			continue
		}
		require.FileExists(t, file)
		require.Contains(t, r.said(t, id), "The command ran.")
	}
}

func stopsACommand(t *testing.T, r *room) {
	id, pid := r.startSleeping(t)
	r.cancel(t, id)
	requireEnded(t, pid)
	require.Contains(t, r.turn(t, "SAY: Ready again."), "Ready again.")
}

func withdrawsItsQuestion(t *testing.T, r *room) {
	file := filepath.Join(r.cwd, "cancelled")
	id := r.prompt(t, r.agent.call(t, "echo hello > "+file))
	asked := r.question(t, id)
	r.cancel(t, id)
	resolved, _ := e2e.AwaitEvent(t, r.host, func(p *protocol.PermissionResolved) bool { return p.RequestID == asked.RequestID })
	require.Equal(t, protocol.OutcomeCancelled, resolved.Outcome)
	require.Contains(t, r.turn(t, "SAY: Ready once more."), "Ready once more.")
	require.NoFileExists(t, file)
}

// startSleeping sends a prompt that makes the agent run a command without end. It returns
// the id of the approval and of the command's process.
func (r *room) startSleeping(t *testing.T) (id string, pid int) {
	t.Helper()
	file := filepath.Join(r.cwd, "sleeping")
	_ = os.Remove(file) // of an earlier call
	id = r.prompt(t, r.agent.call(t, "echo $$ > "+file+" && exec sleep 1000"))
	r.answer(t, r.question(t, id), "allow_once")
	require.Eventually(t, func() bool { return size(file) > 0 }, e2e.Timeout, pollInterval)
	return id, processID(t, readFile(t, file))
}

// cancel cancels the turn of a prompt, and waits for its end.
func (r *room) cancel(t *testing.T, id string) {
	t.Helper()
	_, err := r.host.Cancel(t.Context(), id)
	require.NoError(t, err)
	failed, _ := e2e.AwaitEvent(t, r.host, func(p *protocol.PromptDispatchFailed) bool { return p.ApprovalID == id })
	require.Equal(t, "cancelled", failed.Error)
}

func requireEnded(t *testing.T, pid int) {
	t.Helper()
	require.Eventually(t, func() bool { return syscall.Kill(pid, 0) != nil }, e2e.Timeout, pollInterval, "the command is still running")
}

func size(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

func processID(t *testing.T, text string) int {
	t.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(text))
	require.NoError(t, err)
	return pid
}

func reachesClientsAsItWrites(t *testing.T, r *room) {
	output := filepath.Join(recordings(t, r.records)[0], outputFile)
	require.Eventually(t, func() bool {
		written, received := r.written(t, output), r.received()
		before := len(written) - len(received) // what it wrote before the host joined
		return before >= 0 && strings.Join(written[before:], "\n") == strings.Join(received, "\n")
	}, e2e.Timeout, pollInterval)
	require.NotContains(t, strings.Join(r.written(t, output)[:len(r.written(t, output))-len(r.received())], "\n"), "agent_message_chunk")
}

// written returns the notifications that an agent has written to a file, with the id of the
// host session in place of its own.
func (r *room) written(t *testing.T, path string) (notifications []string) {
	t.Helper()
	for line := range bytes.Lines([]byte(readFile(t, path))) {
		var m struct {
			ID     json.RawMessage
			Method string
			Params struct{ SessionID string }
		}
		if json.Unmarshal(line, &m) != nil || m.Method == "" || m.ID != nil {
			continue
		}
		if isEmptyPiece(line) {
			continue
		}
		text := string(bytes.TrimSuffix(line, []byte("\n")))
		if own := m.Params.SessionID; own != "" {
			text = strings.Replace(text, `"sessionId":"`+own+`"`, `"sessionId":"`+r.session.Agent+`"`, 1)
		}
		notifications = append(notifications, text)
	}
	return notifications
}

// received returns the notifications of the agent that the host has received.
func (r *room) received() (notifications []string) {
	for _, e := range r.events() {
		if u, ok := e.Payload.(*protocol.HostSessionUpdate); ok && !isEmptyPiece(u.Notification) {
			notifications = append(notifications, string(u.Notification))
		}
	}
	return notifications
}

// isEmptyPiece reports whether a notification is a piece of a text without any text. Where a
// text ends with what could have begun a secret, the server adds one.
func isEmptyPiece(notification []byte) bool {
	var m struct {
		Params struct {
			Update struct {
				Content struct {
					Text    *string
					Content struct{ Text *string }
				}
				Data *string
			}
		}
	}
	if json.Unmarshal(notification, &m) != nil {
		return false
	}
	u := m.Params.Update
	return slices.ContainsFunc([]*string{u.Content.Text, u.Content.Content.Text, u.Data}, func(text *string) bool {
		return text != nil && *text == ""
	})
}

func remembersAfterItWasKilled(t *testing.T, r *room) {
	id, command := r.startSleeping(t)
	all := recordings(t, r.records)
	require.NoError(t, syscall.Kill(processID(t, readFile(t, all[len(all)-1], pidFile)), syscall.SIGKILL))
	e2e.AwaitEvent(t, r.host, func(p *protocol.PromptDispatchFailed) bool { return p.ApprovalID == id })
	requireEnded(t, command)
	r.beforeLoad(t)
	r.requireMemory(t, r.agent.continues, "SAY: The second word is banana.", "the first word is apricot")
}

func remembersAfterTheServerWasKilled(t *testing.T, r *room) {
	id := r.prompt(t, "SAY: This answer stops here", "STALL")
	e2e.AwaitEvent(t, r.host, func(p *protocol.PromptDispatchStarted) bool { return p.ApprovalID == id })
	require.Eventually(t, func() bool { return strings.Contains(r.said(t, id), "This answer stops") }, e2e.Timeout, pollInterval)
	r.server.Kill()
	r.beforeLoad(t)
	r.server = r.server.Restart(r.owner) // it outlives this step
	continues := cmp.Or(r.agent.continuesAgain, r.agent.continues)
	r.requireMemory(t, continues, "SAY: The third word is cherry.", "the first word is apricot", "The second word is banana")
}

// requireMemory sends a prompt, and requires that the agent continues its session in some
// way, and that the model receives earlier texts of the user and the model with the prompt.
// If the session is a new one, these texts are in a recap.
func (r *room) requireMemory(t *testing.T, continues protocol.AgentContinuation, prompt string, earlier ...string) {
	t.Helper()
	from := len(r.events())
	require.NotEmpty(t, r.turn(t, prompt))
	how := eventsOf[*protocol.AgentSession](r.events()[from:])
	require.Len(t, how, 1)
	require.Equal(t, continues, how[0].Continued, how[0].Reason)
	q := r.request(t, prompt)
	for _, text := range earlier {
		require.True(t, q.Contains(fakemodel.User, text), "the prompt with %q", text)
		recap := continues == protocol.ContinuedNew && strings.Count(how[0].Recap, text) == 2
		require.True(t, recap || q.Contains(fakemodel.Assistant, text), "the answer %q", text)
	}
	require.Contains(t, q.Model, r.agent.model.name, "the model is set again")
}

// eventsOf returns the payloads of one type.
func eventsOf[T protocol.Payload](events []*protocol.Event) (found []T) {
	for _, e := range events {
		if p, ok := e.Payload.(T); ok {
			found = append(found, p)
		}
	}
	return found
}

func leavesNothingRunning(t *testing.T, r *room) {
	if runtime.GOOS == "linux" {
		require.NotEmpty(t, processes(t, r.home))
	}
	r.server.Stop(t)
	require.Empty(t, processes(t, r.home))
	require.Empty(t, r.model.Unknown(), "requests that the model does not know")
}
