package demo

import (
	"strings"
	"unicode"
)

// scene is something that the agent can demonstrate.
type scene struct {
	name  string // the word in a prompt that chooses it
	about string // what it shows
	hint  string // what to write after the word; empty for nothing
	// anywhere makes the word count anywhere in the prompt. Other words only count as
	// the first one, since a prompt such as "find the big file" does not ask for the
	// scene "big".
	anywhere bool
	play     func(*turn)
}

// scenes has all scenes; the first word in a prompt that matches chooses one. It is set
// by init because playHelp refers to it.
var scenes []scene

func init() {
	scenes = []scene{
		{"help", "lists what this agent can show", "", false, playHelp},
		{"crash", "the agent's process ends in the middle of a turn", "", false, playCrash},
		{"memory", "lists what the agent remembers of the conversation", "", false, playMemory},
		{"reload", "crashes, and can then be loaded, but not resumed", "", false, playReload},
		{"forget", "crashes and forgets the conversation", "", false, playForget},
		{"hang", "works and ignores that the turn is cancelled", "", false, playHang},
		{"error", "the agent answers the prompt with an error", "", false, playError},
		{"who", "says who wrote and approved the prompt, if the session tells it", "", false, playWho},
		{"wait", "works until the turn is cancelled", "", false, playWait},
		{"slow", "thinks for a while between sentences", "", false, playSlow},
		{"long", "a long answer, streamed", "", false, playLong},
		{"big", "a tool call with several megabytes of output", "", false, playBig},
		{"form", "asks for a few values in a form", "", false, playForm},
		{"page", "asks to open a web page, and waits until it is done", "", false, playPage},
		{"mode", "the agent changes its mode, to one that never asks for permission and back", "", false, playMode},
		{"model", "the agent changes its model", "", false, playModel},
		{"image", "an image; attach one to any prompt, and the agent describes it and sends it back", "", false, playImage},
		{"updates", "one of each other kind of update: a recording, links, a terminal, notices, a shortened context", "", false, playUpdates},
		{"signout", "signs out, so that somebody has to sign in before the next prompt", "", false, playSignOut},
		{"tools", "tool calls of every kind, some of them concurrent", "", true, playTools},
		{"permission", "asks before it runs a command", "", true, playPermission},
		{"markdown", "headings, lists, a table and code", "", true, playMarkdown},
		{"diff", "a new file and an edit in two places, as diffs; in its scratch directory it makes them", "", true, playDiff},
		{"plan", "a plan whose steps are completed one by one", "what to plan", true, playPlan},
	}
}

// story is the scene for all other prompts.
var story = scene{name: "story", play: playStory}

// choose returns the scene that a prompt asks for.
func choose(prompt string) scene {
	words := strings.FieldsFunc(strings.ToLower(prompt), func(r rune) bool {
		return !unicode.IsLetter(r)
	})
	for i, word := range words {
		for _, s := range scenes {
			if s.name == word && (i == 0 || s.anywhere) {
				return s
			}
		}
	}
	return story
}

// commands returns the scenes as commands of the protocol.
func commands() []object {
	list := make([]object, len(scenes))
	for i, s := range scenes {
		list[i] = object{"name": s.name, "description": s.about}
		if s.hint != "" {
			list[i]["input"] = object{"hint": s.hint}
		}
	}
	return list
}

func playHelp(t *turn) {
	var list strings.Builder
	for _, s := range scenes {
		list.WriteString("- `" + s.name + "`: " + s.about + "\n")
	}
	t.say("I am a demo agent: I use no model and no network, and I change no files except in a scratch directory of my own: " +
		"\"Changes\" shows what I have changed there. " +
		"Give me any task, and I show how an agent would work on it. " +
		"The host can set my mode, my model and the option Hurry. " +
		"Begin a prompt with one of these words, or with a slash and the word, to see a particular feature:\n\n" + list.String())
}

// playWho repeats what a model reads of the people behind the prompt.
func playWho(t *turn) {
	if t.attribution == "" {
		t.say("Nobody has told me who wrote this prompt.")
		return
	}
	t.say("Before this prompt I read: " + t.attribution)
}

func playCrash(t *turn) {
	t.say("This agent exits now, in the middle of a sentence, and ")
	t.crash()
}

func playError(t *turn) {
	t.say("The agent answers this prompt with an error.")
	if t.err == nil {
		t.err = errAsked
	}
}

func playWait(t *turn) {
	t.say("I work until you press Cancel.")
	id := t.startTool("execute", "watch", object{"command": "watch"})
	t.update(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": "in_progress"})
	if t.err == nil {
		<-t.ctx.Done()
		t.err = t.ctx.Err()
	}
}

func playSlow(t *turn) {
	for _, sentence := range []string{
		"Some answers take a while. ", "While you wait, ", "others can join, ",
		"chat, ", "or propose the next prompt. ", "Done.",
	} {
		t.think("Hm.")
		t.pause(60)
		t.say(sentence)
	}
}

func playLong(t *turn) {
	for i, line := range longText {
		t.say("**" + string(rune('A'+i%26)) + ".** " + line + "\n\n")
	}
}

func playBig(t *turn) {
	t.say("The next tool call writes more than fits into a single event of a session, " +
		"so you see its size instead.")
	id := t.startTool("execute", "cat huge.log", object{"command": "cat huge.log"})
	t.workTool(id)
	line := strings.Repeat("0123456789abcdef", 8) + "\n"
	t.finishTool(id, "completed", console(strings.Repeat(line, bigOutput/len(line))))
	t.say("That was the tool call.")
}

func playPlan(t *turn) {
	steps := []string{"Understand the question", "Read the code", "Try the smallest change", "Check the result"}
	t.say("Here is my plan.")
	for done := range len(steps) + 1 {
		t.plan(done, steps...)
		t.pause(16)
	}
	t.say("All steps are done.")
}

func playPermission(t *turn) {
	const command = "rm -r build"
	input := object{"command": command, "cwd": t.path(".")}
	t.say("I would like to clean up. That deletes files, so I ask first.")
	id := t.startTool("execute", command, input)
	note := object{"type": "content", "content": textBlock("Deletes the directory `build`.")}
	if !t.permitted(id, "execute", command, input, note) {
		t.finishTool(id, "failed", "Not allowed.")
		t.say("I left `build` unchanged.")
		return
	}
	t.workTool(id)
	t.finishTool(id, "completed", console("$ "+command+"\n"))
	t.say("Cleaned up.")
	if t.session.always {
		t.say(" You always allow this, so I do not ask again in this session.")
	}
}
