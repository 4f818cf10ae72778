package join

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"parley/cmd/parley/internal/display"
	"parley/protocol"
)

// verb is what a line asks for. Except for messages, it is the name of the command.
type verb string

const (
	verbNone    verb = ""
	verbMessage verb = "message"
	verbPrompt  verb = "/prompt"
	verbApprove verb = "/approve"
	verbReject  verb = "/reject"
	verbEdit    verb = "/edit"
	verbAllow   verb = "/allow"
	verbDeny    verb = "/deny"
	verbCancel  verb = "/cancel"
	verbStop    verb = "/stop-agent"
	verbShow    verb = "/show"
	verbWho     verb = "/who"
	verbMode    verb = "/mode"
	verbSet     verb = "/set"
	verbUnset   verb = "/unset"
	verbHistory verb = "/history"
	verbHelp    verb = "/help"
	verbLeave   verb = "/leave"
	verbQuit    verb = "/quit"
)

// HelpText lists the commands of the terminal client.
const HelpText = `type a line to send it as a message; type // to begin a message with /
  /prompt TEXT           propose a prompt to the agent
  /cancel [#N]           stop the turn of prompt N, or withdraw the prompt before it starts
  /show [#N]             show item N in full; without N: everything that is open
  /who                   list the participants
  /history [N]           show the last N events (default 20)
  /leave                 leave the session
  /quit                  disconnect, but stay a participant

for the host only:
  /approve [#N]          send proposal N to the agent as it is
  /edit #N TEXT          prepare TEXT to be sent in place of proposal N; /approve #N sends it
  /reject [#N [REASON]]  reject proposal N; the agent does not receive it
  /allow [#N] [OPTION]   answer question N with an option, by its number in the list or its name;
                         without OPTION: allow once
  /deny [#N]             refuse what question N asks, once
  /mode MODE             set the mode: view_only, comment_only, prompt_with_approval or prompt_direct
  /set [OPTION VALUE]    set an option of the agent, such as its model or mode; without
                         arguments: list the options and their values (for everyone)
  /unset OPTION          no longer set OPTION again when the agent is restarted
  /stop-agent            end the agent's process; the next prompt starts it again

#N is the number shown with a question or proposal. Without it a command acts only if
exactly one item is open, and only if that item was on the screen before you began
to type. A pasted text is one message, even if it has several lines.`

// command is a parsed line.
type command struct {
	verb   verb
	number int               // of an item, or of events; 0 if not given
	text   string            // the message, prompt, reason, option or mode, or the option and its value
	as     protocol.PromptAs // what the author expects a prompt to become; set by execute
}

// defaultHistory is the number of events that /history shows without a number.
const defaultHistory = 20

// multiLine are the verbs whose text may have several lines. Further lines after another
// command were probably pasted by mistake, so the command is refused.
var multiLine = map[verb]bool{verbMessage: true, verbPrompt: true, verbEdit: true}

// parse parses a line. Its errors say what to type instead.
func parse(line string) (command, error) {
	line = strings.TrimSpace(line)
	if rest, ok := strings.CutPrefix(line, "//"); ok {
		return command{verb: verbMessage, text: "/" + rest}, nil
	}
	if !strings.HasPrefix(line, "/") {
		if line == "" {
			return command{}, nil
		}
		return command{verb: verbMessage, text: line}, nil
	}
	word, rest := splitWord(line)
	in := command{verb: verb(word), text: rest}
	if strings.Contains(line, "\n") && !multiLine[in.verb] {
		return command{}, fmt.Errorf("nothing was done: %s takes one line; begin with // to send the whole text as a message", display.Short(word, 40))
	}
	switch in.verb {
	case verbWho, verbHelp, verbLeave, verbQuit, verbStop:
		if in.text != "" {
			return command{}, fmt.Errorf("%s takes no argument", in.verb)
		}
	case verbPrompt:
		if in.text == "" {
			return command{}, fmt.Errorf("/prompt needs a text, such as /prompt fix the failing test")
		}
	case verbApprove, verbDeny, verbCancel, verbShow:
		return parseNumbered(in)
	case verbReject, verbEdit, verbAllow:
		return parseItem(in)
	case verbMode:
		if !protocol.Mode(in.text).Valid() {
			return command{}, fmt.Errorf("/mode takes view_only, comment_only, prompt_with_approval or prompt_direct")
		}
	case verbSet:
	case verbUnset:
		if in.text == "" {
			return command{}, fmt.Errorf("/unset needs the option, such as /unset mode")
		}
	case verbHistory:
		return parseHistory(in)
	default:
		return command{}, fmt.Errorf("there is no command %q; /help lists the commands", display.Short(word, 40))
	}
	return in, nil
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
func parseNumbered(in command) (command, error) {
	if in.text == "" {
		return in, nil
	}
	n, ok := itemNumber("#" + strings.TrimPrefix(in.text, "#"))
	if ok && in.verb == verbDeny && !strings.HasPrefix(in.text, "#") {
		return command{}, fmt.Errorf("nothing was done: type /deny #%d for question %d; /allow chooses an option", n, n)
	}
	if !ok {
		hint := ""
		if in.verb == verbApprove {
			hint = "; to send another text, type /edit #N TEXT"
		}
		return command{}, fmt.Errorf("nothing was done: %s takes only a number, such as %s #3%s", in.verb, in.verb, hint)
	}
	in.number, in.text = n, ""
	return in, nil
}

// parseItem parses a command that takes a number with its #, and a text.
func parseItem(in command) (command, error) {
	word, rest := splitWord(in.text)
	if n, ok := itemNumber(word); ok {
		in.number, in.text = n, rest
		return in, nil
	}
	if strings.HasPrefix(word, "#") {
		return command{}, fmt.Errorf("nothing was done: %s is not a number; type %s #3", display.Short(word, 20), in.verb)
	}
	bare, isNumber := itemNumber("#" + word)
	switch {
	case in.verb == verbEdit:
		return command{}, fmt.Errorf("/edit needs the number of a proposal and the new text: /edit #3 TEXT")
	case in.verb == verbReject && isNumber && rest == "":
		in.number, in.text = bare, ""
	case in.verb == verbReject && in.text != "":
		return command{}, fmt.Errorf("nothing was done: with a reason /reject needs the number too: /reject #3 REASON")
	}
	return in, nil
}

// itemNumber parses a number with its #.
func itemNumber(word string) (int, bool) {
	digits, ok := strings.CutPrefix(word, "#")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n > 0 && !strings.HasPrefix(digits, "+")
}

// parseHistory parses a command that takes a number of events.
func parseHistory(in command) (command, error) {
	in.number = defaultHistory
	if in.text == "" {
		return in, nil
	}
	n, err := strconv.Atoi(in.text)
	if err != nil || n < 1 || n > protocol.DefaultLimits.HistoryLimit {
		return command{}, fmt.Errorf("/history takes a number from 1 to %d", protocol.DefaultLimits.HistoryLimit)
	}
	in.number, in.text = n, ""
	return in, nil
}
