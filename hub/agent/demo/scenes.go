package demo

import (
	"strings"
	"unicode"
)

// scene is something the agent can act out.
type scene struct {
	name  string // the word that asks for it
	about string
	// anywhere: the word counts wherever it stands in the prompt. The others
	// only count as its first word, since a prompt such as "find the big file"
	// does not ask for a flood.
	anywhere bool
	play     func(*turn)
}

// scenes lists what the first match in a prompt chooses. It is filled by init
// because help reads it.
var scenes []scene

func init() {
	scenes = []scene{
		{"help", "lists what this agent can show", false, playHelp},
		{"crash", "the agent's process ends in the middle of a turn", false, playCrash},
		{"error", "the agent answers the prompt with an error", false, playError},
		{"wait", "works until somebody cancels", false, playWait},
		{"slow", "thinks for a while between sentences", false, playSlow},
		{"long", "a long answer, streamed", false, playLong},
		{"big", "a tool call whose output has several megabytes", false, playBig},
		{"mode", "the agent changes its mode, to one that asks nobody and back", false, playMode},
		{"model", "the agent changes its model", false, playModel},
		{"tools", "tool calls of every kind, some of them at the same time", true, playTools},
		{"permission", "asks before it runs a command", true, playPermission},
		{"markdown", "headings, lists, a table and code", true, playMarkdown},
		{"diff", "a new file and an edit of two places, as diffs", true, playDiff},
		{"plan", "a plan whose steps are ticked off", true, playPlan},
	}
}

// story is what every other prompt gets.
var story = scene{name: "story", play: playStory}

// choose finds the scene that a prompt asks for.
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

// commands lists the scenes as the commands that the protocol knows.
func commands() []object {
	list := make([]object, len(scenes))
	for i, s := range scenes {
		list[i] = object{"name": s.name, "description": s.about}
	}
	return list
}

func playHelp(t *turn) {
	var list strings.Builder
	for _, s := range scenes {
		list.WriteString("- `" + s.name + "`: " + s.about + "\n")
	}
	t.say("I am a demo: no model, no network, no files touched. " +
		"Give me any task and I act out how an agent would work on it. " +
		"Begin a prompt with one of these words to see something particular:\n\n" + list.String())
}

func playCrash(t *turn) {
	t.say("This agent ends now, in the middle of its sentence, and ")
	t.err = ErrCrash
	t.server.fail(ErrCrash)
}

func playError(t *turn) {
	t.say("The next thing you see is an error of the agent.")
	if t.err == nil {
		t.err = errAsked
	}
}

func playWait(t *turn) {
	t.say("I am working, and go on until somebody presses Cancel.")
	id := t.startTool("execute", "watch", object{"command": "watch"})
	t.update(object{"sessionUpdate": "tool_call_update", "toolCallId": id, "status": "in_progress"})
	if t.err == nil {
		<-t.ctx.Done()
		t.err = t.ctx.Err()
	}
}

func playSlow(t *turn) {
	for _, sentence := range []string{
		"Some answers take their time. ", "While you wait, ", "others can join, ",
		"talk, ", "or propose the next prompt. ", "Done.",
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
	t.say("The next tool call writes more than a session keeps of a single event; " +
		"you see its size instead.")
	id := t.startTool("execute", "cat huge.log", object{"command": "cat huge.log"})
	t.workTool(id)
	line := strings.Repeat("0123456789abcdef", 8) + "\n"
	t.finishTool(id, "completed", console(strings.Repeat(line, bigOutput/len(line))))
	t.say("That was it.")
}

func playPlan(t *turn) {
	steps := []string{"Understand the question", "Look at what is there", "Try the smallest change", "Check the result"}
	t.say("Here is how I would go about it.")
	for done := range len(steps) + 1 {
		t.plan(done, steps...)
		t.pause(16)
	}
	t.say("Every step is done.")
}

func playPermission(t *turn) {
	const command = "rm -r build"
	input := object{"command": command, "cwd": t.path(".")}
	t.say("I would like to clean up. That deletes files, so I ask first.")
	id := t.startTool("execute", command, input)
	note := object{"type": "content", "content": textBlock("Deletes the directory `build`.")}
	if !t.permitted(id, "execute", command, input, note) {
		t.finishTool(id, "failed", "Not allowed.")
		t.say("As you wish: I left `build` alone.")
		return
	}
	t.workTool(id)
	t.finishTool(id, "completed", console("$ "+command+"\n"))
	t.say("Cleaned up.")
	if t.session.always {
		t.say(" You allowed it for good, so I do not ask again in this session.")
	}
}
