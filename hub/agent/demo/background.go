package demo

import (
	"context"
	"encoding/json"
	"time"

	"parley/hub/agent/wire"
)

// stoppable identifies a tool call or a terminal by the request that stops it and its id.
type stoppable struct{ method, id string }

const (
	stopToolCall = "tool_call/cancel"
	stopTerminal = "terminal/cancel"
)

// offerStop lets the client stop some work. The channel is closed when the client does.
func (ses *session) offerStop(w stoppable) <-chan struct{} {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	stopped := make(chan struct{})
	ses.stops[w] = stopped
	return stopped
}

func (ses *session) withdrawStop(w stoppable) {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	delete(ses.stops, w)
}

// stopWork answers tool_call/cancel and terminal/cancel.
func (s *server) stopWork(m wire.Message) (any, error) {
	var p struct{ SessionID, ToolCallID, TerminalID string }
	if err := json.Unmarshal(m.Params, &p); err != nil {
		return nil, invalid(err.Error())
	}
	ses := s.sessions[p.SessionID]
	if ses == nil {
		return nil, &wire.Error{Code: wire.CodeNotFound, Message: "no such session"}
	}
	w := stoppable{m.Method, p.ToolCallID}
	if m.Method == stopTerminal {
		w.id = p.TerminalID
	}
	ses.mu.Lock()
	defer ses.mu.Unlock()
	stopped, ok := ses.stops[w]
	if !ok {
		return nil, invalid("there is nothing of that id to stop")
	}
	close(stopped)
	delete(ses.stops, w)
	return struct{}{}, nil
}

// background returns the work that goes on while the session is idle.
func (ses *session) background() []object {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	if ses.watching == "" {
		return []object{}
	}
	return []object{{"type": "terminal", "terminalId": ses.watching}}
}

// setWatching sets the terminal that runs in the background; empty for none.
func (ses *session) setWatching(terminal string) {
	ses.mu.Lock()
	defer ses.mu.Unlock()
	ses.watching = terminal
}

// watchPauses is the time between two lines of a watcher, as a multiple of the pace.
const watchPauses = 60

// playWatch starts a terminal that goes on after the turn.
func playWatch(t *turn) {
	if len(t.session.background()) > 0 {
		t.say("The watcher is still running. Stop its terminal, and I look at what it found.")
		return
	}
	t.say("I start a watcher that goes on while I wait for your next prompt.")
	const command = "make watch"
	call := t.startTool("execute", command, object{"command": command, "cwd": t.path(".")})
	terminal := "terminal_of_" + call
	t.openTerminal(call, terminal)
	t.output(call, terminal, "\x1b[1mwatching\x1b[0m basket")
	if t.err != nil {
		return
	}
	ses, work := t.session, stoppable{stopTerminal, terminal}
	stopped := ses.offerStop(work)
	t.update(object{"sessionUpdate": "terminal_update", "terminalId": terminal, "command": command,
		"capabilities": object{"cancel": object{}}})
	ses.setWatching(terminal)
	t.server.turns.Go(func() {
		defer ses.withdrawStop(work)
		ses.watch(terminal, stopped)
	})
	t.finishWith(call, "completed", object{"type": "terminal", "terminalId": terminal})
	t.say("It runs in the background. Stop its terminal, and I look by myself at what it found.")
}

// watch writes the output of the watcher until it is stopped or the session ends. It then
// begins a turn without a prompt.
func (ses *session) watch(terminal string, stopped <-chan struct{}) {
	for _, line := range []string{"\x1b[32mok\x1b[0m   shop/basket", "\x1b[32mok\x1b[0m   shop/till", "\x1b[31mFAIL\x1b[0m shop/basket"} {
		if !waitFor(ses.ctx, stopped, watchPauses*ses.server.pace) {
			break
		}
		ses.server.notify(ses, outputChunk(terminal, line+"\r\n"))
	}
	select {
	case <-stopped:
	case <-ses.ctx.Done():
		return
	}
	ses.server.notify(ses, object{"sessionUpdate": "terminal_update", "terminalId": terminal,
		"exitStatus": object{"exitCode": nil, "signal": "SIGTERM"}, "capabilities": nil})
	ses.setWatching("")
	t := &turn{server: ses.server, session: ses}
	ses.add(t)
	ses.runTurn(t, nil, func(t *turn) {
		t.say("The watcher has ended, so I look at what it found.")
		t.readFile("basket/total.go", totalBefore)
		t.say("One test fails: the discount is subtracted twice. Nobody has asked me, so I change nothing.")
	})
}

// waitFor waits, and reports whether it has waited for the whole time.
func waitFor(ctx context.Context, stopped <-chan struct{}, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-stopped:
	case <-ctx.Done():
	}
	return false
}

// playStop runs a tool call until it is stopped or the turn is cancelled.
func playStop(t *turn) {
	t.say("I run the benchmarks, which take long. You can stop this tool call alone, or cancel the whole turn.")
	const command = "go test -bench ."
	id := t.startTool("execute", command, object{"command": command, "cwd": t.path(".")})
	if t.err != nil {
		return
	}
	work := stoppable{stopToolCall, id}
	stopped := t.session.offerStop(work)
	defer t.session.withdrawStop(work)
	t.update(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": "in_progress",
		"capabilities": object{"cancel": object{}}})
	select {
	case <-stopped:
	case <-t.ctx.Done():
		t.err = t.ctx.Err()
		return
	}
	t.finishTool(id, statusCancelled, "Stopped.")
	t.say("You stopped the benchmarks, so I go on without their results.")
}

// playCommand asks about a command, which is no tool call.
func playCommand(t *turn) {
	t.say("I would like to run a command.")
	if t.ask(question{title: "May I delete the old builds?", description: "They take **2 GB**. The next build takes a minute longer.",
		command: "rm -r build", cwd: t.path(".")}) {
		t.say("Thank you. This was a demo: nothing was deleted.")
	} else {
		t.say("I keep the old builds.")
	}
}

// playRewrite replaces a message by another text.
func playRewrite(t *turn) {
	t.say("The answer is forty-one.")
	id := t.lastMessage()
	t.pause(30)
	t.update(object{"sessionUpdate": "agent_message", "messageId": id, "content": []object{textBlock("The answer is forty-two.")}})
	t.say("I have corrected my first message.")
}
