package join

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"regexp"
	"strings"
)

// maxShownOutput is how much of a tool call's output is shown as it comes, in
// bytes; maxKeptOutput is how much is kept for /show.
const (
	maxShownOutput = 16 << 10
	maxKeptOutput  = 1 << 20
)

// output is what a tool call has printed. Its text is only appended to.
type output struct {
	title string
	rest  string    // an unfinished escape sequence
	cr    string    // a carriage return at the end
	all   hash.Hash // of all that came, to recognise a repetition of it
	size  int       // in bytes, of all that came
	kept  strings.Builder
	cut   *item // under which the rest can be shown, once there is a rest
}

// escapes are the sequences of ECMA-48 that begin with ESC: control sequences,
// strings with their terminator, and the short ones.
var escapes = regexp.MustCompile(`\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-~]`)

// unfinished is the beginning of an escape sequence at the end of a text.
var unfinished = regexp.MustCompile(`\x1b(?:\[[0-?]*[ -/]*|[\]PX^_][^\x07\x1b]*\x1b?|[ -/]*)$`)

// maxEscape is the longest escape sequence in bytes that is waited for.
const maxEscape = 1 << 10

// ending returns where an unfinished escape sequence begins at the end of a
// text.
func ending(text string) int {
	from := max(0, len(text)-maxEscape)
	if at := unfinished.FindStringIndex(text[from:]); at != nil {
		return from + at[0]
	}
	return len(text)
}

// lineEnds makes several lines of one that is written over.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

// plainText makes text of a terminal's output: colours and movements are taken
// out.
func plainText(text string) string { return lineEnds.Replace(escapes.ReplaceAllString(text, "")) }

// add takes in what came and returns what of it is to be shown now.
func (o *output) add(text string) string {
	if o.all == nil {
		o.all = sha256.New()
	}
	o.all.Write([]byte(text))
	o.size += len(text)
	text = o.rest + text
	at := ending(text)
	text, o.rest = o.cr+escapes.ReplaceAllString(text[:at], ""), text[at:]
	if o.cr = ""; strings.HasSuffix(text, "\r") {
		text, o.cr = text[:len(text)-1], "\r"
	}
	text = lineEnds.Replace(text)
	before := o.kept.Len()
	if room := maxKeptOutput - before; len(text) > room {
		text = text[:max(0, room)]
	}
	o.kept.WriteString(text)
	return text[:min(len(text), max(0, maxShownOutput-before))]
}

// whole takes in all of the output so far, and returns what of it was not
// shown before.
func (o *output) whole(text string) string {
	if o.size > 0 && len(text) >= o.size {
		if begin := sha256.Sum256([]byte(text[:o.size])); string(o.all.Sum(nil)) == string(begin[:]) {
			return o.add(text[o.size:])
		}
	}
	if text == "" || o.size > 0 && strings.HasSuffix(o.kept.String(), plainText(text)) {
		return ""
	}
	return o.add(text)
}

// over reports whether there is more than is shown.
func (o *output) over() bool { return o.kept.Len() > maxShownOutput }

// terminalMeta is the output of a terminal that the agent runs itself, as some
// agents tell it beside version 1 of the protocol.
type terminalMeta struct {
	Delta *terminalText `json:"terminal_output_delta"` // more output
	Text  *terminalText `json:"terminal_output"`       // more output, or all of it
	Exit  *struct {
		Code   *int   `json:"exit_code"`
		Signal string `json:"signal"`
	} `json:"terminal_exit"`
}

type terminalText struct {
	Data string `json:"data"`
}

// output shows what an update of a tool call adds to its output.
func (s *screen) output(u agentUpdate, now *shownCall) {
	var meta terminalMeta
	decodeMembers(u.Meta, map[string]any{"terminal_output_delta": &meta.Delta, "terminal_output": &meta.Text, "terminal_exit": &meta.Exit})
	fresh := ""
	if meta.Delta != nil {
		fresh += now.output.add(meta.Delta.Data)
	}
	if meta.Text != nil {
		fresh += now.output.whole(meta.Text.Data)
	}
	if text := textOf(u.Content); text != "" && meta.Delta == nil && meta.Text == nil {
		fresh += now.output.whole(text)
	}
	if now.output.size == 0 {
		fresh += now.output.add(rawText(u.RawOutput))
	}
	s.printed(now, fresh)
	if exit := meta.Exit; exit != nil && (exit.Code != nil || exit.Signal != "") {
		how := "signal " + oneLine(exit.Signal)
		if exit.Code != nil {
			how = fmt.Sprintf("exit code %d", *exit.Code)
		}
		s.line(dim, "  it ended with %s", how)
	}
}

// printed shows more output of a call, up to a limit.
func (s *screen) printed(now *shownCall, text string) {
	o := &now.output
	if text != "" {
		s.stream("output "+now.ID, "    ", dim, text)
	}
	if o.over() && o.cut == nil && s.ledger != nil {
		o.title = now.heading()
		o.cut = s.ledger.put(kindOutput, "output "+now.ID)
		o.cut.output, o.cut.done = o, "shown in part"
		s.line(dim, "  … there is more output: /show %s shows all of it", o.cut.name())
	}
}

// textOf returns the text in a tool call's content, which is a list.
func textOf(raw json.RawMessage) string {
	var b strings.Builder
	for _, c := range decodeCall(json.RawMessage(`{"content":` + cmp.Or(string(raw), "null") + `}`)).Content {
		if c.Type == "content" && c.Content != nil {
			b.WriteString(unfenced(c.Content.Text))
		}
	}
	return b.String()
}

// unfenced returns what stands in a text that is one fenced block of Markdown.
func unfenced(text string) string {
	fence, body, ok := strings.Cut(strings.TrimSpace(text), "\n")
	body, closed := strings.CutSuffix(body, "```")
	if !ok || !closed || !strings.HasPrefix(fence, "```") || strings.Contains(body, "```") {
		return text
	}
	return body
}

// rawText finds output in the shapes that agents give it beside content.
func rawText(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return text
	}
	var o struct {
		Formatted  string `json:"formatted_output"`
		Aggregated string `json:"aggregated_output"`
		Output     string `json:"output"`
		Stdout     string `json:"stdout"`
		Stderr     string `json:"stderr"`
	}
	decodeMembers(raw, map[string]any{
		"formatted_output": &o.Formatted, "aggregated_output": &o.Aggregated, "output": &o.Output, "stdout": &o.Stdout, "stderr": &o.Stderr,
	})
	return cmp.Or(o.Formatted, o.Aggregated, o.Output, o.Stdout+o.Stderr)
}

// decodeMembers reads the members of an object, each as far as it is as it
// should be.
func decodeMembers(raw json.RawMessage, into map[string]any) {
	var members map[string]json.RawMessage
	_ = json.Unmarshal(raw, &members)
	for name, value := range into {
		_ = json.Unmarshal(members[name], value)
	}
}
