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
	version  int   // of the protocol, the only one that has the scene; 0 for all
	group    group // under which help lists it
}

// group is a group of scenes: the heading in the list of scenes.
type group string

const (
	work    group = "How an agent works"
	content group = "What an agent can send"
	ask     group = "What an agent asks of people"
	control group = "Waiting, stopping and work in the background"
	failure group = "Failures, and what is remembered after them"
	setup   group = "Settings and people"
)

// groups has the groups in the order in which help lists them.
var groups = []group{work, content, ask, control, failure, setup}

// scenes has all scenes; the first word in a prompt that matches chooses one. It is set
// by init because playHelp refers to it.
var scenes []scene

func init() {
	scenes = []scene{
		{"help", "lists what this agent can show", "", false, playHelp, 0, setup},
		{"crash", "its process ends in the middle of a turn; it starts again with the next prompt", "", false, playCrash, 0, failure},
		{"memory", "lists what it remembers of the conversation", "", false, playMemory, 0, failure},
		{"reload", "crashes; the conversation is then loaded again, not resumed", "", false, playReload, 1, failure},
		{"forget", "crashes, and remembers nothing afterwards", "", false, playForget, 0, failure},
		{"hang", "ignores that the turn is cancelled; the host can restart it", "", false, playHang, 0, control},
		{"error", "answers the prompt with an error", "", false, playError, 0, failure},
		{"who", "says who wrote and who approved the prompt, if the session tells the agent", "", false, playWho, 0, setup},
		{"wait", "works until you press \"Stop the agent\" (in a terminal: `/cancel`)", "", false, playWait, 0, control},
		{"slow", "thinks between its sentences", "", false, playSlow, 0, content},
		{"long", "sends a long answer, a piece at a time", "", false, playLong, 0, content},
		{"big", "makes a tool call with several megabytes of output", "", false, playBig, 0, content},
		{"form", "asks the host to fill in a form", "", false, playForm, 0, ask},
		{"page", "asks the host to open a web page, and waits until that is done", "", false, playPage, 0, ask},
		{"mode", "changes its mode to one that never asks for permission, and back", "", false, playMode, 0, setup},
		{"model", "changes its model", "", false, playModel, 0, setup},
		{"image", "sends an image; attach one to any prompt, and it comes back", "", false, playImage, 0, content},
		{"secret", "says a made-up key, a piece at a time, and a password in a tool call; guests see a mask", "", false, playSecret, 0, content},
		{"updates", "sends a recording, links, a terminal, notices and a shortened context", "", false, playUpdates, 0, content},
		{"signout", "signs out: the next prompt fails until the host signs in", "", false, playSignOut, 0, ask},
		{"watch", "runs a terminal in the background; stop it, and the agent begins a turn by itself", "", false, playWatch, 2, control},
		{"stop", "runs a tool call that can be stopped without the rest of the turn", "", false, playStop, 2, control},
		{"command", "asks about a command that belongs to no tool call", "", false, playCommand, 2, ask},
		{"rewrite", "sends a message, and then replaces it by another", "", false, playRewrite, 2, content},
		{"tools", "makes tool calls of every kind, some at the same time", "", true, playTools, 0, work},
		{"permission", "asks before it runs a command", "", true, playPermission, 0, ask},
		{"markdown", "sends headings, lists, a table and code", "", true, playMarkdown, 0, content},
		{"diff", "adds a file and edits another, in its scratch directory; see \"Changes\"", "", true, playDiff, 0, work},
		{"plan", "makes a plan and completes its steps one by one", "what to plan", true, playPlan, 0, work},
	}
}

// story is the scene for all other prompts.
var story = scene{name: "story", play: playStory}

// choose returns the scene that a prompt asks for.
func choose(prompt string, version int) scene {
	words := strings.FieldsFunc(strings.ToLower(prompt), func(r rune) bool {
		return !unicode.IsLetter(r)
	})
	for i, word := range words {
		for _, s := range scenes {
			if s.name == word && (i == 0 || s.anywhere) && s.in(version) {
				return s
			}
		}
	}
	return story
}

// in reports whether a version of the protocol has the scene.
func (s scene) in(version int) bool { return s.version == 0 || s.version == version }

// commands returns the scenes as commands of the protocol.
func commands(version int) []object {
	var list []object
	for _, s := range scenes {
		if !s.in(version) {
			continue
		}
		command := object{"name": s.name, "description": s.about}
		if s.hint != "" {
			command["input"] = object{"hint": s.hint}
		}
		list = append(list, command)
	}
	return list
}

func playHelp(t *turn) {
	version := t.server.dialect.version()
	var list strings.Builder
	list.WriteString("I am a demo agent: I use no model and no network, and I change files only in a scratch directory of my own.\n\n" +
		"**Give me any task**, such as \"fix the failing test\", and I show how an agent works on it. " +
		"Or begin a prompt with one of these words, or with a slash and the word:\n\n")
	for _, g := range groups {
		list.WriteString("**" + string(g) + "**\n\n")
		for _, s := range scenes {
			if s.group == g && s.in(version) {
				list.WriteString("- `" + s.name + "`: " + s.about + "\n")
			}
		}
		list.WriteString("\n")
	}
	list.WriteString("The host can set my mode, my model and the option Hurry.")
	if version == 1 {
		list.WriteString(" The agent `demo-v2` also shows what the preview version 2 of the protocol adds: " +
			"work in the background, stopping a single tool call or terminal, and questions about commands.")
	}
	t.say(list.String())
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
	t.say("I work until you press \"Stop the agent\".")
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
