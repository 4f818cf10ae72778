package command

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"parley/cmd/parley/internal/display"
	"parley/protocol"
)

// Verb is the action of a line. Except for [None] and [Message], it is the word with which
// the line begins.
type Verb string

// The verbs. None is that of an empty line.
const (
	None      Verb = ""
	Message   Verb = "message"
	Prompt    Verb = "/prompt"
	Interrupt Verb = "/interrupt"
	Attach    Verb = "/attach"
	Detach    Verb = "/detach"
	Save      Verb = "/save"
	Queue     Verb = "/queue"
	Withdraw  Verb = "/withdraw"
	Move      Verb = "/move"
	Approve   Verb = "/approve"
	Reject    Verb = "/reject"
	Edit      Verb = "/edit"
	Allow     Verb = "/allow"
	Deny      Verb = "/deny"
	Answer    Verb = "/answer"
	Skip      Verb = "/skip"
	Accept    Verb = "/accept"
	Decline   Verb = "/decline"
	Dismiss   Verb = "/dismiss"
	Cancel    Verb = "/cancel"
	Stop      Verb = "/stop-agent"
	StopTool  Verb = "/stop-tool"
	Restart   Verb = "/restart-agent"
	Switch    Verb = "/switch-agent"
	SignIn    Verb = "/sign-in"
	Show      Verb = "/show"
	Who       Verb = "/who"
	Mode      Verb = "/mode"
	Set       Verb = "/set"
	Unset     Verb = "/unset"
	Agent     Verb = "/agent"
	Commands  Verb = "/commands"
	History   Verb = "/history"
	Help      Verb = "/help"
	Leave     Verb = "/leave"
	Quit      Verb = "/quit"
)

// Verbs are the verbs that begin with a slash, in the order of [HelpText].
var Verbs = []Verb{Prompt, Commands, Attach, Detach, Save, Cancel, Queue, Edit, Withdraw, Show, Who, Agent, History, Leave, Quit, Help, Approve, Interrupt, Move, Reject, Allow, Deny, Answer, Skip, Accept, Decline, Dismiss, Mode, Set, Unset, SignIn, Restart, Switch, Stop, StopTool}

// HelpText lists the commands of the terminal client.
const HelpText = `type a line to send it as a message; type // to begin a message with /
  /prompt TEXT           propose a prompt to the agent
  /prompt /NAME [TEXT]   propose a command of the agent; Tab completes it
                         a file, @PATH or @"PATH", is linked; Tab completes it
  /commands              list the agent's commands
  /attach [PATH]         attach a file to your next message or prompt; without
                         PATH: list what is attached
  /detach                attach nothing to your next message or prompt
  /save [NAME]           write an attachment of the session into the current
                         directory; without NAME: list them
  /cancel [#N]           stop the turn of prompt N, whether it waits or runs
  /queue                 list the prompts that wait for the agent
  /edit #N TEXT          replace the text of your own prompt N before it begins
  /withdraw #N           withdraw your own prompt N before it begins; the host
                         may withdraw every prompt that waits for the agent
  /show [#N]             show item N in full; without N: all open items
  /who                   list the participants
  /agent                 show what is known of the agent: its program, options,
                         directory, use of the context and cost
  /history [N]           show the last N events (default 20)
  /leave                 leave the session
  /quit                  disconnect, but stay a participant

for the host only:
  /approve [#N]          send proposal N to the agent as it is
  /edit #N TEXT          replace the text of proposal N of another participant
                         and show it; /approve #N sends it
  /interrupt TEXT        stop the running turn and send TEXT next; by others it
                         is a proposal to do so
  /move #N [#M]          move waiting prompt N before prompt M, or to the end
  /reject [#N [REASON]]  reject proposal N; the agent does not receive it
  /allow [#N] [OPTION]   answer question N with an option, given by its number
                         or name; without OPTION: allow once
  /deny [#N]             refuse what question N asks, once
  /answer [#N] [VALUE]   fill in form N: give the field that is asked a value,
                         and see the next; without VALUE: show the field
  /skip [#N]             take the default of that field, or leave it out
  /accept [#N]           send form N as it is filled in, or accept to open page
                         N, whose address is then shown to you alone
  /decline [#N]          refuse what request N asks for
  /dismiss [#N]          answer request N without a decision
  /mode MODE             set the mode: view_only, comment_only,
                         prompt_with_approval or prompt_direct
  /set [OPTION VALUE]    set an option of the agent, such as its model or mode;
                         without arguments, which everyone may do: list the
                         options and their values
  /unset OPTION          do not set OPTION again when the agent restarts
  /sign-in [WAY]         sign in to the agent; without WAY, which everyone may
                         do: list the ways, with commands to run elsewhere
  /restart-agent         end the agent's process and start it again; the
                         running turn fails, prompts that wait are kept
  /switch-agent [NAME]   after a question, continue with the agent NAME, which
                         receives what was said; without NAME: list the agents
  /stop-agent            end the agent's process; the next prompt restarts it
  /stop-tool [NAME]      stop the tool call or terminal whose name contains
                         NAME; without NAME: list those that can be stopped

#N is the number shown with a question, request or proposal. Without it a
command acts only if exactly one item is open, and only if that item was on
the screen before you began to type. A pasted text is one message, even if it
has several lines.`

// Command is a parsed line.
type Command struct {
	Verb   Verb
	Number int               // of an item, or of events; 0 if not given
	Other  int               // the number of another item, if given
	Text   string            // the message, prompt, reason, option or mode, or the option and its value
	As     protocol.PromptAs // what the author expects a prompt to become; not set by Parse
}

// defaultHistory is the number of events that /history shows without a number.
const defaultHistory = 20

// multiLine are the verbs whose text may have several lines. Further lines after another
// command were probably pasted by mistake, so the command is refused.
var multiLine = map[Verb]bool{Message: true, Prompt: true, Interrupt: true, Edit: true}

// Parse parses a line. Its errors say what to type instead.
func Parse(line string) (Command, error) {
	line = strings.TrimSpace(line)
	if rest, ok := strings.CutPrefix(line, "//"); ok {
		return Command{Verb: Message, Text: "/" + rest}, nil
	}
	if !strings.HasPrefix(line, "/") {
		if line == "" {
			return Command{}, nil
		}
		return Command{Verb: Message, Text: line}, nil
	}
	word, rest := splitWord(line)
	c := Command{Verb: Verb(word), Text: rest}
	if strings.Contains(line, "\n") && !multiLine[c.Verb] {
		return Command{}, fmt.Errorf("nothing was done: %s takes one line; begin with // to send the whole text as a message", display.Short(word, 40))
	}
	switch c.Verb {
	case Help:
		if c.Text != "" && helpFor(c.Text) == "" {
			return Command{}, fmt.Errorf("there is no command %q; /help lists the commands", display.Short(c.Text, 40))
		}
	case Who, Agent, Leave, Quit, Stop, Restart, Commands, Queue, Detach:
		if c.Text != "" {
			return Command{}, fmt.Errorf("%s takes no argument", c.Verb)
		}
	case Prompt:
		if c.Text == "" {
			return Command{}, fmt.Errorf("/prompt needs text, such as /prompt fix the failing test")
		}
	case Interrupt:
		if c.Text == "" {
			return Command{}, fmt.Errorf("/interrupt needs the prompt that runs next, such as /interrupt explain what you are doing")
		}
	case Withdraw, Move:
		return parseWaiting(c)
	case Approve, Deny, Cancel, Show, Skip, Accept, Decline, Dismiss:
		return parseNumbered(c)
	case Reject, Edit, Allow, Answer:
		return parseItem(c)
	case Mode:
		if !protocol.Mode(c.Text).Valid() {
			return Command{}, fmt.Errorf("/mode takes view_only, comment_only, prompt_with_approval or prompt_direct")
		}
	case Set, Switch, SignIn, StopTool, Attach, Save:
	case Unset:
		if c.Text == "" {
			return Command{}, fmt.Errorf("/unset needs the option, such as /unset mode")
		}
	case History:
		return parseHistory(c)
	default:
		return Command{}, fmt.Errorf("there is no command %q; /help lists the commands", display.Short(word, 40))
	}
	return c, nil
}

// splitWord splits a text at the first white space.
func splitWord(text string) (word, rest string) {
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		return text[:i], strings.TrimSpace(text[i:])
	}
	return text, ""
}

// parseNumbered parses a command that takes only a number. The # may be omitted, except
// for /deny, where the number could be meant as that of an option.
func parseNumbered(c Command) (Command, error) {
	if c.Text == "" {
		return c, nil
	}
	n, ok := itemNumber("#" + strings.TrimPrefix(c.Text, "#"))
	if ok && c.Verb == Deny && !strings.HasPrefix(c.Text, "#") {
		return Command{}, fmt.Errorf("nothing was done: type /deny #%d for question %d; /allow chooses an option", n, n)
	}
	if !ok {
		hint := ""
		if c.Verb == Approve {
			hint = "; to send another text, type /edit #N TEXT"
		}
		return Command{}, fmt.Errorf("nothing was done: %s takes only a number, such as %s #3%s", c.Verb, c.Verb, hint)
	}
	c.Number, c.Text = n, ""
	return c, nil
}

// parseItem parses a command that takes a number with its #, and a text.
func parseItem(c Command) (Command, error) {
	word, rest := splitWord(c.Text)
	if n, ok := itemNumber(word); ok {
		c.Number, c.Text = n, rest
		return c, nil
	}
	if strings.HasPrefix(word, "#") {
		return Command{}, fmt.Errorf("nothing was done: %s is not a number; type %s #3", display.Short(word, 20), c.Verb)
	}
	bare, isNumber := itemNumber("#" + word)
	switch {
	case c.Verb == Edit:
		return Command{}, fmt.Errorf("/edit needs the number of a proposal and the new text: /edit #3 TEXT")
	case c.Verb == Reject && isNumber && rest == "":
		c.Number, c.Text = bare, ""
	case c.Verb == Reject && c.Text != "":
		return Command{}, fmt.Errorf("nothing was done: with a reason /reject needs the number too: /reject #3 REASON")
	}
	return c, nil
}

// parseWaiting parses a command about a prompt that waits. /move takes the number of another
// one too.
func parseWaiting(c Command) (Command, error) {
	fields := strings.Fields(c.Text)
	numbers := make([]int, 2)
	most := 1
	if c.Verb == Move {
		most = 2
	}
	usage := fmt.Errorf("nothing was done: %s takes the number of a prompt, such as %s #3", c.Verb, c.Verb)
	if c.Verb == Move {
		usage = fmt.Errorf("nothing was done: /move takes one number or two: /move #3 #1 moves prompt 3 before prompt 1, and /move #3 to the end")
	}
	if len(fields) == 0 || len(fields) > most {
		return Command{}, usage
	}
	for i, field := range fields {
		n, ok := itemNumber("#" + strings.TrimPrefix(field, "#"))
		if !ok {
			return Command{}, usage
		}
		numbers[i] = n
	}
	if numbers[0] == numbers[1] {
		return Command{}, usage
	}
	c.Number, c.Other, c.Text = numbers[0], numbers[1], ""
	return c, nil
}

// Explain returns the text for /help: all commands, or the one that is named, with or
// without its slash.
func Explain(name string) string {
	if name == "" {
		return HelpText
	}
	return helpFor(name)
}

// helpFor returns the entries of [HelpText] for a command; empty if there is none.
func helpFor(name string) string {
	verb := "/" + strings.TrimPrefix(name, "/")
	if verb == string(Help) {
		return "  /help [COMMAND]        explain a command, or list all of them"
	}
	var entries []string
	inside := false
	for line := range strings.SplitSeq(HelpText, "\n") {
		switch word, _ := splitWord(strings.TrimSpace(line)); {
		case strings.HasPrefix(line, "  /"):
			inside = word == verb
		case !strings.HasPrefix(line, "    "):
			inside = false
		}
		if inside {
			entries = append(entries, line)
		}
	}
	return strings.Join(entries, "\n")
}

// itemNumber parses a number with its #.
func itemNumber(word string) (int, bool) {
	digits, ok := strings.CutPrefix(word, "#")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n > 0 && !strings.HasPrefix(digits, "+")
}

// parseHistory parses a command that takes a number of events.
func parseHistory(c Command) (Command, error) {
	c.Number = defaultHistory
	if c.Text == "" {
		return c, nil
	}
	n, err := strconv.Atoi(c.Text)
	if err != nil || n < 1 || n > protocol.DefaultLimits.HistoryLimit {
		return Command{}, fmt.Errorf("/history takes a number from 1 to %d", protocol.DefaultLimits.HistoryLimit)
	}
	c.Number, c.Text = n, ""
	return c, nil
}
