package fakemodel

import (
	"encoding/json"
	"strings"
)

// Done is what the model says where it has no other instruction.
const Done = "That is all."

// answer is what the model answers to one request.
type answer struct {
	thought string
	text    string
	call    *Call
	stall   bool // the answer never ends
}

// answerTo returns the answer to a request.
func answerTo(r Request) answer {
	at := -1
	var script []answer
	for i, m := range r.Messages {
		if m.Role != User {
			continue
		}
		for _, part := range m.parts {
			if steps := parse(part); len(steps) > 0 {
				at, script = i, steps
			}
		}
	}
	if at < 0 {
		return answer{text: Done}
	}
	step := 0
	for _, m := range r.Messages[at:] {
		step += len(m.Calls)
	}
	if step >= len(script) {
		return answer{text: Done}
	}
	return script[step]
}

// parse returns the answers that the instructions in a text ask for, one after the other.
func parse(text string) (script []answer) {
	var step answer
	open := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		word, rest, _ := strings.Cut(line, ":")
		rest = strings.TrimSpace(rest)
		switch {
		case line == "STALL":
			step.stall, open = true, true
		case word == "THINK" && rest != "":
			step.thought, open = step.thought+rest, true
		case word == "SAY" && rest != "":
			step.text, open = step.text+rest, true
		case word == "CALL" && rest != "":
			name, arguments, _ := strings.Cut(rest, " ")
			if !json.Valid([]byte(arguments)) {
				continue
			}
			step.call = &Call{name, json.RawMessage(arguments)}
			script, step, open = append(script, step), answer{}, false
		}
	}
	if open {
		script = append(script, step)
	}
	return script
}

// pieces splits a text into the pieces in which the model streams it.
func pieces(text string) []string { return strings.SplitAfter(text, " ") }
