package view

import (
	"regexp"
	"strings"
)

// takePart adds a part to the message that it belongs to. What people write between two
// parts of a message does not split the message.
func (t *Timeline) takePart(u *partUpdate) {
	row, ok := t.openRow().(*SayRow)
	goesOn := ok && row.Voice == u.voice && sameMessage(row.MessageID, u.messageID)
	var blocks []Block
	if goesOn {
		blocks = row.Blocks
	}
	blocks = join(blocks, u.block)
	switch {
	case u.voice == VoiceUser && t.isEcho(blocks):
		if goesOn {
			t.remove(t.open - 1)
		}
	case goesOn:
		now := *row
		now.Blocks, now.Until = blocks, t.at
		t.replace(t.open-1, &now)
	default:
		t.beginSaying(u.voice, u.messageID, blocks)
	}
}

// sameMessage reports whether two parts can belong to the same message: agents can omit
// the id.
func sameMessage(a, b *string) bool { return a == nil || b == nil || *a == *b }

// takeWhole replaces the content of a message of the turn.
func (t *Timeline) takeWhole(u *wholeUpdate) {
	isMeant := func(r Row) bool {
		say, ok := r.(*SayRow)
		return ok && say.Voice == u.voice && say.MessageID != nil && *say.MessageID == u.messageID
	}
	gone := len(u.blocks) == 0 || u.voice == VoiceUser && t.isEcho(u.blocks)
	first := t.start
	for first < len(t.rows) && !isMeant(t.rows[first]) {
		first++
	}
	found := first < len(t.rows)
	for i := len(t.rows) - 1; i >= first; i-- {
		if isMeant(t.rows[i]) && (i > first || gone) {
			t.remove(i)
		}
	}
	if gone {
		return
	}
	var whole []Block
	for _, b := range u.blocks {
		whole = join(whole, b)
	}
	if !found {
		t.beginSaying(u.voice, &u.messageID, whole)
		return
	}
	now := *t.rows[first].(*SayRow)
	now.Blocks, now.Until, now.begun = whole, t.at, now.begun+1
	t.replace(first, &now)
}

func (t *Timeline) beginSaying(voice Voice, messageID *string, blocks []Block) {
	t.endSaying()
	t.add(&SayRow{Base: t.base("say"), Turn: t.running, Voice: voice, MessageID: messageID, Blocks: blocks, Until: t.at, Open: true})
	t.open = len(t.rows)
}

// openRow returns the row that the agent's next words may continue, or nil.
func (t *Timeline) openRow() Row {
	if t.open == 0 {
		return nil
	}
	return t.rows[t.open-1]
}

// endSaying ends the row that the agent's words were added to.
func (t *Timeline) endSaying() {
	if row, ok := t.openRow().(*SayRow); ok {
		now := *row
		now.Open = false
		t.replace(t.open-1, &now)
	}
	t.open = 0
}

// isEcho reports whether words said to the agent are the prompt of its turn, which has a
// row already. The agent may have been told before whose prompt it is.
func (t *Timeline) isEcho(blocks []Block) bool {
	if t.running == nil {
		return false
	}
	prompt := t.promptRow(*t.running)
	if prompt == nil {
		return false
	}
	var said strings.Builder
	for _, b := range blocks {
		if b.Type == "text" {
			said.Write(b.text)
		}
	}
	const space = " \t\r\n"
	before, ok := strings.CutSuffix(strings.TrimRight(said.String(), space), strings.TrimRight(prompt.Approval.Prompt, space))
	return ok && attribution.MatchString(before)
}

// attribution is what an agent may have been told before a prompt: whose it is.
var attribution = regexp.MustCompile(`^(\[[^\]\n]*\]\s*)?$`)
