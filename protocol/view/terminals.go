package view

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// TerminalView is a terminal whose output an agent sends.
type TerminalView struct {
	ID      string
	Command *string
	CWD     *string
	Dropped int // how many bytes of older output were dropped
	Exit    *TerminalExit
	CanStop bool // whether people can stop it by itself

	output []byte // the newest output; it grows in place
	begun  int    // how often the output has begun anew
	rest   []byte // the bytes of an incomplete character at the end
}

// TerminalExit is how the command of a terminal ended.
type TerminalExit struct {
	Code   *float64 `json:"code"`
	Signal *string  `json:"signal"`
}

// Output returns the newest output, with its escape sequences.
func (t TerminalView) Output() string { return string(t.output) }

// Added returns what was added to the output since a former state of the terminal.
func (t TerminalView) Added(before TerminalView) string {
	added := t.Dropped + len(t.output) - before.Dropped - len(before.output)
	if t.begun != before.begun || added > len(t.output) {
		return t.Output()
	}
	return string(t.output[len(t.output)-added:])
}

// MarshalJSON encodes the terminal.
func (t TerminalView) MarshalJSON() ([]byte, error) {
	rest := make([]rune, 0, len(t.rest)) // each byte as a character, as in TypeScript
	for _, b := range t.rest {
		rest = append(rest, rune(b))
	}
	return json.Marshal(map[string]any{"id": t.ID, "command": t.Command, "cwd": t.CWD, "output": t.Output(),
		"dropped": t.Dropped, "rest": string(rest), "exit": t.Exit, "canStop": t.CanStop})
}

// terminalNews is an update of a terminal.
type terminalNews struct {
	id       string
	command  change[string]
	cwd      change[string]
	exit     change[TerminalExit]
	canStop  change[bool]
	restarts bool   // the output begins anew
	text     string // output to append
	repeats  bool   // the text can begin with all of the output so far
	bytes    []byte // output to append, which may end within a character
}

// change is the change of a value that may be absent.
type change[T any] struct {
	is bool
	to *T
}

func (c change[T]) apply(before *T) *T {
	if c.is {
		return c.to
	}
	return before
}

func changedText(o object, name string) change[string] {
	return change[string]{o.has(name), o.optional(name)}
}

// decodeMetaTerminals decodes the terminal updates that agents of version 1 send in _meta
// of a tool call. Both names of output mean text to append, but under terminal_output some
// agents repeat all of it.
func decodeMetaTerminals(meta object) (news []terminalNews) {
	if info, ok := meta.object("terminal_info"); ok {
		if cwd, ok := info.text("cwd"); ok {
			news = append(news, terminalNews{id: info.string("terminal_id"), cwd: change[string]{true, &cwd}})
		}
	}
	for _, name := range []string{"terminal_output", "terminal_output_delta"} {
		out, _ := meta.object(name)
		if data, ok := out.text("data"); ok {
			news = append(news, terminalNews{id: out.string("terminal_id"), text: data, repeats: name == "terminal_output"})
		}
	}
	if exit, ok := meta.object("terminal_exit"); ok {
		how := &TerminalExit{exit.number("exit_code"), exit.optional("signal")}
		news = append(news, terminalNews{id: exit.string("terminal_id"), exit: change[TerminalExit]{true, how}})
	}
	return news
}

// decodeTerminalUpdate decodes a terminal_update or a terminal_output_chunk of version 2.
func decodeTerminalUpdate(o object) (news terminalNews, ok bool) {
	if news.id, ok = o.text("terminalId"); !ok {
		return news, false
	}
	news.command, news.cwd = changedText(o, "command"), changedText(o, "cwd")
	news.restarts = o.has("output")
	data := o
	if output, ok := o.object("output"); ok {
		data = output
	}
	if data.has("data") {
		text, isText := data.text("data")
		decoded, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
		if !isText || err != nil || strings.ContainsAny(text, "\r\n") {
			return news, false
		}
		news.bytes = decoded
	}
	if o.has("exitStatus") {
		news.exit.is = true
		if status, ok := o.object("exitStatus"); ok {
			news.exit.to = &TerminalExit{status.number("exitCode"), status.optional("signal")}
		}
	}
	news.canStop = offersStop(o)
	return news, true
}

// offersStop decodes whether the capabilities of a tool call or a terminal say that it can
// be stopped.
func offersStop(o object) change[bool] {
	capabilities, _ := o.object("capabilities")
	_, offers := capabilities.object("cancel")
	return change[bool]{o.has("capabilities"), &offers}
}

// with returns the terminal after an update.
func (t TerminalView) with(news terminalNews) TerminalView {
	if news.restarts {
		t.output, t.rest, t.Dropped, t.begun = nil, nil, 0, t.begun+1
	}
	if news.repeats && t.Dropped == 0 {
		news.text = strings.TrimPrefix(news.text, string(t.output))
	}
	t.output = append(t.output, news.text...)
	if len(news.bytes) > 0 {
		text, rest := decodeText(append(bytes.Clone(t.rest), news.bytes...))
		t.output, t.rest = append(t.output, text...), rest
	}
	if over := len(t.output) - MaxText; over > 0 {
		over = afterCharacter(t.output, over+MaxText/2)
		t.output, t.Dropped = bytes.Clone(t.output[over:]), t.Dropped+over
	}
	t.CanStop = *news.canStop.apply(&t.CanStop)
	t.Command, t.CWD, t.Exit = news.command.apply(t.Command), news.cwd.apply(t.CWD), news.exit.apply(t.Exit)
	return t
}

// withNews applies an update to the terminal that it is about, which may be a new one.
func withNews(terminals []TerminalView, news terminalNews) []TerminalView {
	all := append(make([]TerminalView, 0, len(terminals)+1), terminals...)
	for i := range all {
		if all[i].ID == news.id {
			all[i] = all[i].with(news)
			return all
		}
	}
	return append(all, TerminalView{ID: news.id}.with(news))
}

// decodeText decodes UTF-8, and returns the bytes of an incomplete character at the end.
// Each other malformed sequence becomes one U+FFFD, as the standard of the web says.
func decodeText(b []byte) (text, rest []byte) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			if !utf8.FullRune(b) {
				return text, b
			}
			for n = 1; n < 4 && n < len(b) && !utf8.FullRune(b[:n+1]); n++ {
			}
		}
		text = utf8.AppendRune(text, r)
		b = b[n:]
	}
	return text, nil
}

// afterCharacter returns the first index from i on at which a character begins.
func afterCharacter(text []byte, i int) int {
	for i < len(text) && !utf8.RuneStart(text[i]) {
		i++
	}
	return i
}
