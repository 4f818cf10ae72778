package masks

import (
	"encoding/base64"
	"slices"
	"unicode/utf8"

	"parley/hub/redact"
	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/jsonwalk"
)

// Mask returns the events of a decision with their masks, and with pieces inserted that end
// texts. hostSession is the id that the agent's notifications bear. It does not change the
// state, and does nothing without rules while no text is open.
func (s *State) Mask(events []rules.Event, r *redact.Rules, hostSession string) []rules.Event {
	if len(events) == 0 || r == nil && len(s.Texts) == 0 {
		return events
	}
	m := masker{State: State{slices.Clone(s.Texts), s.scanners}, rules: r, hostSession: hostSession}
	if m.scanners == nil {
		m.scanners = map[stream]*redact.Scanner{}
	}
	for _, e := range events {
		m.add(e)
	}
	s.scanners = m.scanners
	return m.events
}

// masker masks the events of one decision. Its state is that after the events so far.
type masker struct {
	State
	rules       *redact.Rules
	hostSession string
	events      []rules.Event
}

// add adds an event with its mask, behind the ends of the texts that it ends.
func (m *masker) add(e rules.Event) {
	n := parseEvent(e)
	for _, t := range slices.Clone(m.Texts) {
		if t.endsBefore(e, n) {
			m.end(t)
		}
	}
	m.drop(e, n)
	if n.piece != nil && len(m.Texts) == maxTexts && m.find(n.piece.stream) < 0 {
		m.end(m.Texts[0])
	}
	if p, ok := e.Public.(*protocol.HostSessionUpdate); ok {
		e.Private.Mask = m.notification(p.Notification, n)
	} else {
		e.Private.Mask = m.payload(e.Public)
	}
	m.append(e)
	for total := m.held(); total > maxHeld; total = m.held() {
		i := slices.IndexFunc(m.Texts, func(t openText) bool { return t.Held != "" })
		m.end(m.Texts[i])
	}
}

func (m *masker) append(e rules.Event) {
	m.events = append(m.events, e)
	m.Apply(e, m.rules)
}

func (m *masker) held() (total int) {
	for i := range m.Texts {
		total += len(m.Texts[i].Held)
	}
	return total
}

// end inserts the piece that shows what a text holds back.
func (m *masker) end(t openText) {
	defer delete(m.scanners, t.stream)
	if t.Held == "" {
		return
	}
	whole, rest := wholeCharacters(t.Held)
	scanner := m.scanner(t, whole)
	shown, hides := scanner.End()
	m.append(rules.Event{
		Public:  &protocol.HostSessionUpdate{Notification: t.notification(m.hostSession, "")},
		Private: rules.Private{Mask: &rules.Mask{Payload: payloadOf(t.notification(m.hostSession, shown+rest)), Hides: hides}},
	})
}

// scanner returns the scanner of a text, which holds back whole characters.
func (m *masker) scanner(t openText, held string) *redact.Scanner {
	if s := m.scanners[t.stream]; s != nil && s.Held() == held && s.Before() == t.Before {
		return s
	}
	return m.rules.NewScanner(held, t.Before)
}

// wholeCharacters divides a text before an incomplete character at its end.
func wholeCharacters(text string) (whole, rest string) {
	for i := len(text) - 1; i >= 0 && i > len(text)-utf8.UTFMax; i-- {
		if utf8.RuneStart(text[i]) {
			if !utf8.FullRuneInString(text[i:]) {
				return text[:i], text[i:]
			}
			break
		}
	}
	return text, ""
}

// notification returns the mask of a notification; nil for one without secrets.
func (m *masker) notification(raw []byte, n notification) *rules.Mask {
	o := options
	o.Cut = n.status != "completed" && n.status != "failed"
	mask := &rules.Mask{}
	before := 0
	switch {
	case n.piece != nil:
		var shown string
		shown, before, mask.Held, mask.Hides = m.write(n.piece)
		o.At, o.By = n.piece.at, n.piece.encode(shown)
	case n.output != (jsonwalk.Span{}):
		text, _ := jsonwalk.Text(n.output.Of(raw))
		if output, ok := decode64(text); ok {
			masked := m.rules.String(output)
			mask.Hides = masked != output
			o.At, o.By = n.output, n.output.Of(raw)
			if mask.Hides {
				o.By = stream{Update: terminalChunk}.encode(masked)
			}
		}
	}
	masked := m.rules.JSON(raw, o)
	mask.Hides = mask.Hides || masked.Hides
	if !slices.Equal(masked.JSON, raw) {
		mask.Payload = payloadOf(masked.JSON)
	}
	if mask.Payload == nil && mask.Held == 0 && before == 0 {
		return nil
	}
	return mask
}

// write continues a text. It returns what the piece shows, and how many bytes the text holds
// back before and after it.
func (m *masker) write(p *piece) (shown string, before, held int, hides bool) {
	t := openText{stream: p.stream, Before: -1}
	if i := m.find(p.stream); i >= 0 {
		t = m.Texts[i]
	}
	begun, rest := wholeCharacters(t.Held)
	scanner := m.scanner(t, begun)
	whole, rest := wholeCharacters(rest + p.text)
	shown, hides = scanner.Write(whole)
	m.scanners[p.stream] = scanner
	return shown, len(t.Held), len(scanner.Held()) + len(rest), hides
}

// encode returns a text of the stream as JSON.
func (s stream) encode(text string) []byte {
	if s.isEncoded() {
		text = base64.StdEncoding.EncodeToString([]byte(text))
	}
	return redact.EncodeText(text)
}

// notification returns a notification with a piece of the text.
func (s stream) notification(hostSession, text string) []byte {
	type block struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	update := map[string]any{"sessionUpdate": s.Update}
	idName := "messageId"
	switch s.Update {
	case toolContentChunk:
		idName = "toolCallId"
		update["content"] = map[string]any{"type": "content", "content": block{"text", text}}
	case compactionChunk:
		idName = "compactionId"
		update["content"] = block{"text", text}
	case terminalChunk:
		idName = "terminalId"
		update["data"] = base64.StdEncoding.EncodeToString([]byte(text))
	case toolUpdate:
		update["toolCallId"] = s.Tool
		update["_meta"] = map[string]any{"terminal_output_delta": map[string]string{"terminal_id": s.ID, "data": text}}
		return notify(hostSession, update)
	default:
		update["content"] = block{"text", text}
	}
	if s.ID != "" {
		update[idName] = s.ID
	}
	return notify(hostSession, update)
}

func notify(hostSession string, update map[string]any) []byte {
	return rules.RawJSON(struct {
		JSONRPC string `json:"jsonrpc"`
		Method  string `json:"method"`
		Params  any    `json:"params"`
	}{"2.0", "session/update", struct {
		SessionID string         `json:"sessionId"`
		Update    map[string]any `json:"update"`
	}{hostSession, update}})
}

func payloadOf(notification []byte) []byte {
	payload, _ := protocol.MarshalPayload(&protocol.HostSessionUpdate{Notification: notification}) // cannot fail
	return payload
}

// payload returns the mask of an event that is no notification; nil for one without
// secrets.
func (m *masker) payload(p protocol.Payload) *rules.Mask {
	if m.rules == nil {
		return nil
	}
	raw, err := protocol.MarshalPayload(p)
	if err != nil {
		return nil // the event will not be recorded
	}
	masked := m.rules.JSON(raw, options)
	if !masked.Hides {
		return nil
	}
	return &rules.Mask{Payload: masked.JSON, Hides: true}
}

// options leave ids, enumerations and people as they are, except where the agent or a form
// has names of its own.
var options = redact.JSONOptions{
	Keep: func(name string, free bool) bool { return !free && kept[name] },
	Free: func(name string) bool { return free[name] },
}

var free = map[string]bool{"rawInput": true, "rawOutput": true, "_meta": true, "properties": true}

var kept = func() map[string]bool {
	all := map[string]bool{}
	for _, name := range []string{
		"jsonrpc", "method", "sessionUpdate", "type", "kind", "status", "role", "mode", "when", "outcome", "source", "action", "continued",
		"history", "code", "id", "sessionId", "messageId", "toolCallId", "terminalId", "compactionId", "planId", "approvalId", "requestId",
		"optionId", "configId", "modeId", "currentModeId", "participantId", "sharedSessionId", "hostSessionId", "userId", "authorUserId",
		"replaces", "replyTo", "removedBy", "resolvedByParticipantId", "sha256", "version", "mimeType", "data", "blob",
		"createdAt", "resolvedAt", "startedAt", "silentSince", "joinedAt", "leftAt", "expiresAt", "updatedAt",
		"participant", "session", "host",
	} {
		all[name] = true
	}
	return all
}()
