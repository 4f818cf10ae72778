package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// maxRecorded is the longest update, in bytes, that history keeps.
const maxRecorded = 64 << 10

// turn is one prompt being worked on, in a goroutine of its own. After the turn
// was cancelled or has failed its methods do nothing, so that a scene can be
// written down as a story, without a check after every sentence.
type turn struct {
	ctx     context.Context
	server  *server
	session *session
	prompt  string

	err  error    // why the turn does nothing any more
	open []string // tool calls that have not come to an end
}

type object = map[string]any

// run plays the scene that the prompt asks for and returns the stop reason.
func (t *turn) run() (string, error) {
	t.record(object{"sessionUpdate": "user_message_chunk", "content": textBlock(t.prompt)})
	choose(t.prompt).play(t)
	cancelled := errors.Is(t.err, context.Canceled)
	if cancelled {
		t.err, t.ctx = nil, context.WithoutCancel(t.ctx) // there is something left to say
	}
	for len(t.open) > 0 {
		t.finishTool(t.open[0], "failed", "Cancelled.")
	}
	t.announce()
	past, err := t.server.history.save(t.session.id, t.session.past)
	t.session.past = past
	switch {
	case t.err != nil:
		return "", t.err
	case err != nil:
		return "", err
	case cancelled:
		return "cancelled", nil
	}
	return "end_turn", nil
}

// pause waits for so many times the pace and notices a cancel.
func (t *turn) pause(times int) {
	if t.err != nil {
		return
	}
	if t.err = t.ctx.Err(); t.err != nil || t.server.pace == 0 {
		return
	}
	timer := time.NewTimer(time.Duration(times) * t.server.pace)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.ctx.Done():
		t.err = t.ctx.Err()
	}
}

// update sends an update that is not part of the conversation's record.
func (t *turn) update(update object) {
	if t.err == nil {
		t.server.notify(t.session, update)
	}
}

// tell sends an update and records it.
func (t *turn) tell(update object) {
	t.update(update)
	t.record(update)
}

func (t *turn) record(update object) {
	if t.err != nil {
		return
	}
	if raw, err := json.Marshal(update); err == nil && len(raw) <= maxRecorded {
		t.session.past = append(t.session.past, raw)
	}
}

// say streams a message of the agent, think a thought.
func (t *turn) say(text string)   { t.stream("agent_message_chunk", text) }
func (t *turn) think(text string) { t.stream("agent_thought_chunk", text) }

// stream sends text a few words at a time and records it as a whole.
func (t *turn) stream(kind, text string) {
	t.session.chunks++
	id := fmt.Sprintf("msg_%d", t.session.chunks)
	chunk := func(text string) object {
		return object{"sessionUpdate": kind, "messageId": id, "content": textBlock(text)}
	}
	words := strings.SplitAfter(text, " ")
	for len(words) > 0 && t.err == nil {
		n := min(2, len(words))
		t.update(chunk(strings.Join(words[:n], "")))
		words = words[n:]
		t.pause(1)
	}
	t.record(chunk(text))
}

// plan shows steps of which the first done are completed and the next one is
// being worked on.
func (t *turn) plan(done int, steps ...string) {
	entries := make([]object, len(steps))
	for i, step := range steps {
		status := "pending"
		switch {
		case i < done:
			status = "completed"
		case i == done:
			status = "in_progress"
		}
		entries[i] = object{"content": step, "priority": "medium", "status": status}
	}
	t.tell(object{"sessionUpdate": "plan", "entries": entries})
	t.pause(4)
}

// path makes a file name of the scene an absolute one.
func (t *turn) path(name string) string {
	if t.session.cwd == "" {
		return "/demo/" + name
	}
	return filepath.Join(t.session.cwd, filepath.FromSlash(name))
}

func textBlock(text string) object { return object{"type": "text", "text": text} }
