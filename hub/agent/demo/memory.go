package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"
)

// loadOnly is an update in the history of a conversation that can be loaded, but not
// resumed. It says nothing to clients.
var loadOnly = json.RawMessage(`{"_meta":{"demo":"load only"},"sessionUpdate":"session_info_update"}`)

// forbidsResume reports whether a conversation ends with loadOnly.
func forbidsResume(past []json.RawMessage) bool {
	return len(past) > 0 && bytes.Equal(past[len(past)-1], loadOnly)
}

// playMemory lists the prompts of the conversation that the agent has, and what the
// client has quoted of an earlier one.
func playMemory(t *turn) {
	var prompts []string
	for _, raw := range t.session.past {
		var update struct {
			SessionUpdate string
			Content       struct{ Text string }
		}
		if json.Unmarshal(raw, &update) == nil && update.SessionUpdate == "user_message_chunk" {
			prompts = append(prompts, "- "+update.Content.Text+"\n")
		}
	}
	t.say(fmt.Sprintf("Prompts that I remember, with this one: %d\n\n%s", len(prompts), strings.Join(prompts, "")))
	if t.session.recap != "" {
		t.say("\nThe client has told me about a conversation that I do not remember:\n\n" + t.session.recap)
	}
}

func playReload(t *turn) {
	t.say("This agent exits now. It can load this conversation afterwards, but it refuses to resume it.")
	t.session.past = append(t.session.past, loadOnly)
	t.crash()
}

func playForget(t *turn) {
	t.say("This agent exits now, and forgets this conversation.")
	t.forgets = true
	t.crash()
}

// playHang ignores a cancellation. It ends with the agent.
func playHang(t *turn) {
	t.ctx = context.WithoutCancel(t.ctx)
	t.say("I do not stop when you press Cancel. Restart me then.")
	t.startTool("execute", "hang", object{"command": "hang"})
	<-t.server.ctx.Done()
	t.err = ErrCrash // it does not answer either
}

// crash ends the agent's process.
func (t *turn) crash() {
	t.err = ErrCrash
	t.server.fail(ErrCrash)
}

// maxListed is how many conversations session/list names.
const maxListed = 50

// listSessions answers session/list with the newest conversations. The agent does not store
// their directories, so all of them are in the one that the client asks for, or else in the agent's own.
func (s *server) listSessions(raw json.RawMessage) (any, error) {
	p, err := decodeParams(raw)
	if err != nil {
		return nil, err
	}
	if p.Cwd == "" {
		p.Cwd, _ = os.Getwd() // empty if it is unknown
	}
	sessions := []object{}
	for _, c := range s.history.list(maxListed) {
		past, err := s.history.load(c.id)
		if err != nil || len(past) == 0 {
			continue // deleted meanwhile, or without a prompt
		}
		sessions = append(sessions, object{"sessionId": c.id, "cwd": p.Cwd, "title": firstPrompt(past), "updatedAt": c.updated.UTC().Format(time.RFC3339)})
	}
	return object{"sessions": sessions}, nil
}

// firstPrompt returns the beginning of the first prompt of a conversation.
func firstPrompt(past []json.RawMessage) string {
	for _, raw := range past {
		var update struct {
			SessionUpdate string
			Content       struct{ Text string }
		}
		if json.Unmarshal(raw, &update) == nil && update.SessionUpdate == "user_message_chunk" {
			return excerpt(update.Content.Text)
		}
	}
	return ""
}
