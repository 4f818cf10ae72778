package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// maxRecorded is the maximum size of an update in the history, in bytes. Larger ones are
// not recorded.
const maxRecorded = 64 << 10

// turn is one turn, which runs in a goroutine of its own. Once it has failed or was
// cancelled, its methods do nothing, so that a scene need not check for errors after
// every step.
type turn struct {
	ctx     context.Context // set by the session's add and addPrompt
	server  *server
	session *session
	prompt  string
	content []promptBlock // beside the text
	// attribution names the author and the approver of the prompt; empty if the client does not say
	attribution string

	messageID string // of the prompt

	forgets bool // the conversation is deleted at the end of the turn

	err  error    // why the turn has failed or was cancelled; nil while it runs
	open []string // ids of tool calls that have not finished
}

// object is a JSON object. Updates are sent as objects, since the protocol has many
// kinds of them.
type object = map[string]any

// playPrompt plays the scene that the prompt asks for.
func (t *turn) playPrompt() {
	t.record(t.userMessage())
	if len(t.content) > 0 {
		playContent(t)
	}
	if scene := choose(t.prompt, t.server.dialect.version()); len(t.content) == 0 || scene.name != story.name {
		scene.play(t)
	}
}

// userMessage returns the update that repeats the prompt.
func (t *turn) userMessage() object {
	return object{"sessionUpdate": "user_message_chunk", "messageId": t.messageID, "content": textBlock(t.prompt)}
}

// statusCancelled is the status of a tool call that was cancelled.
const statusCancelled = "cancelled"

// run plays a scene. It returns the stop reason.
func (t *turn) run(play func(*turn)) (string, error) {
	play(t)
	cancelled := errors.Is(t.err, context.Canceled)
	if cancelled {
		t.err, t.ctx = nil, context.WithoutCancel(t.ctx) // for the updates below
	}
	for len(t.open) > 0 {
		t.finishTool(t.open[0], statusCancelled, "Cancelled.")
	}
	t.announce()
	err := t.save()
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

// save stores the conversation, or deletes it if the agent forgets it.
func (t *turn) save() (err error) {
	if t.forgets {
		return t.server.history.delete(t.session.id)
	}
	t.session.past, err = t.server.history.save(t.session.id, t.session.past)
	return err
}

// pause waits for a multiple of the pace, or until the turn is cancelled.
func (t *turn) pause(times int) {
	if t.err != nil {
		return
	}
	if t.err = t.ctx.Err(); t.err != nil || t.server.pace == 0 || t.session.settings.hurries() {
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

// update sends an update without recording it.
func (t *turn) update(update object) {
	if t.err == nil {
		t.server.notify(t.session, update)
	}
}

// sendRecorded sends an update and records it.
func (t *turn) sendRecorded(update object) {
	t.record(update) // first, since sending may change it
	t.update(update)
}

// record adds an update to the history, for session/load.
func (t *turn) record(update object) {
	if t.err != nil {
		return
	}
	if raw, err := json.Marshal(update); err == nil && len(raw) <= maxRecorded {
		t.session.past = append(t.session.past, raw)
	}
}

// say streams a message of the agent.
func (t *turn) say(text string) { t.stream("agent_message_chunk", text) }

// think streams a thought of the agent.
func (t *turn) think(text string) { t.stream("agent_thought_chunk", text) }

// stream sends a text a few words at a time, and records it as a whole.
func (t *turn) stream(kind, text string) {
	words := strings.SplitAfter(text, " ")
	var pieces []string
	for len(words) > 0 {
		n := min(2, len(words))
		pieces = append(pieces, strings.Join(words[:n], ""))
		words = words[n:]
	}
	t.streamPieces(kind, pieces...)
}

// sayPieces streams a message in these pieces.
func (t *turn) sayPieces(pieces ...string) { t.streamPieces("agent_message_chunk", pieces...) }

// streamPieces sends a text in pieces, and records it as a whole.
func (t *turn) streamPieces(kind string, pieces ...string) {
	t.session.messages++
	id := t.lastMessage()
	chunk := func(text string) object {
		return object{"sessionUpdate": kind, "messageId": id, "content": textBlock(text)}
	}
	for _, piece := range pieces {
		if t.err != nil {
			break
		}
		t.update(chunk(piece))
		t.pause(1)
	}
	t.record(chunk(strings.Join(pieces, "")))
}

// lastMessage returns the id of the agent's newest message.
func (t *turn) lastMessage() string { return fmt.Sprintf("msg_%d", t.session.messages) }

// plan shows a plan whose first steps are completed, as many as done, and whose next step
// is in progress.
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
	t.sendRecorded(object{"sessionUpdate": "plan", "entries": entries})
	t.pause(4)
}

// path returns the absolute path of a file in a scene.
func (t *turn) path(name string) string {
	if t.session.cwd == "" {
		return path.Join("/demo", name)
	}
	return filepath.Join(t.session.cwd, filepath.FromSlash(name))
}

func textBlock(text string) object { return object{"type": "text", "text": text} }
