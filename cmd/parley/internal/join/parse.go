package join

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"parley/protocol"
)

// verb is what a typed line asks for.
type verb string

const (
	verbNothing verb = ""
	verbSay     verb = "say"
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
	verbHistory verb = "/history"
	verbHelp    verb = "/help"
	verbLeave   verb = "/leave"
	verbQuit    verb = "/quit"
)

// HelpText lists the commands.
const HelpText = `type a line to send it as a message; to begin a message with /, type //
  /prompt TEXT           propose a prompt to the agent
  /cancel [#N]           stop the turn of prompt N, or withdraw the prompt while it waits
  /show [#N]             show item N in full; without N: everything that waits
  /who                   list the participants
  /history [N]           show the last N events (default 20)
  /leave                 leave the session
  /quit                  disconnect, but stay a participant

for the host alone:
  /approve [#N]          send proposal N to the agent as it is
  /edit #N TEXT          prepare TEXT to be sent in place of proposal N; /approve #N sends it
  /reject [#N [REASON]]  reject proposal N; the agent does not get it
  /allow [#N] [OPTION]   answer question N with an option, by its number in the list or its name;
                         without OPTION: allow once
  /deny [#N]             refuse what question N asks, once
  /mode MODE             set the mode: view_only, comment_only, prompt_with_approval or prompt_direct
  /stop-agent            end the agent's process; the next prompt starts it again

#N is the number beside a question or proposal. Without it a command acts only if
exactly one item waits, and only if that item was on the screen before you began
to type. A pasted text is one message, even if it has several lines.`

// input is one typed line, understood.
type input struct {
	verb   verb
	number int               // of an item, or of events; 0 if not given
	text   string            // what is said, the edited text, the reason, the option, the mode
	as     protocol.PromptAs // of a prompt: what its author was shown that it becomes
}

const defaultHistory = 20

// manyLines are the verbs whose text may have several lines. The others are
// not carried out with more than their own line, which was pasted by mistake.
var manyLines = map[verb]bool{verbSay: true, verbPrompt: true, verbEdit: true}

// parse reads one line. Its errors say what to type instead.
func parse(line string) (input, error) {
	line = strings.TrimSpace(line)
	if rest, ok := strings.CutPrefix(line, "//"); ok {
		return input{verb: verbSay, text: "/" + rest}, nil
	}
	if !strings.HasPrefix(line, "/") {
		if line == "" {
			return input{}, nil
		}
		return input{verb: verbSay, text: line}, nil
	}
	word, rest := cutWord(line)
	in := input{verb: verb(word), text: rest}
	if strings.Contains(line, "\n") && !manyLines[in.verb] {
		return input{}, fmt.Errorf("nothing was done: %s takes one line; begin with // to say the whole text", short(word, 40))
	}
	switch in.verb {
	case verbWho, verbHelp, verbLeave, verbQuit, verbStop:
		if in.text != "" {
			return input{}, fmt.Errorf("%s takes nothing after it", in.verb)
		}
	case verbPrompt:
		if in.text == "" {
			return input{}, fmt.Errorf("/prompt needs a text")
		}
	case verbApprove, verbDeny, verbCancel, verbShow:
		return parseNumbered(in)
	case verbReject, verbEdit, verbAllow:
		return parseItem(in)
	case verbMode:
		if !protocol.Mode(in.text).Valid() {
			return input{}, fmt.Errorf("/mode takes view_only, comment_only, prompt_with_approval or prompt_direct")
		}
	case verbHistory:
		return parseHistory(in)
	default:
		return input{}, fmt.Errorf("there is no %q; /help lists what there is", short(word, 40))
	}
	return in, nil
}

// cutWord splits a text at its first white space.
func cutWord(text string) (word, rest string) {
	if i := strings.IndexFunc(text, unicode.IsSpace); i >= 0 {
		return text[:i], strings.TrimSpace(text[i:])
	}
	return text, ""
}

// parseNumbered reads a command that takes a number and nothing else. The
// number may stand without its #, except where it could be an option's.
func parseNumbered(in input) (input, error) {
	if in.text == "" {
		return in, nil
	}
	n, ok := itemNumber("#" + strings.TrimPrefix(in.text, "#"))
	if ok && in.verb == verbDeny && !strings.HasPrefix(in.text, "#") {
		return input{}, fmt.Errorf("nothing was done: type /deny #%d for question %d; an option is chosen by /allow", n, n)
	}
	if !ok {
		hint := ""
		if in.verb == verbApprove {
			hint = "; to send another text, type /edit #N TEXT"
		}
		return input{}, fmt.Errorf("nothing was done: %s takes only a number, such as %s #3%s", in.verb, in.verb, hint)
	}
	in.number, in.text = n, ""
	return in, nil
}

// parseItem reads a command that takes a number with its #, and a text.
func parseItem(in input) (input, error) {
	word, rest := cutWord(in.text)
	if n, ok := itemNumber(word); ok {
		in.number, in.text = n, rest
		return in, nil
	}
	if strings.HasPrefix(word, "#") {
		return input{}, fmt.Errorf("nothing was done: %s is no number; type %s #3", short(word, 20), in.verb)
	}
	bare, isNumber := itemNumber("#" + word)
	switch {
	case in.verb == verbEdit:
		return input{}, fmt.Errorf("/edit needs the number of a proposal and the new text: /edit #3 TEXT")
	case in.verb == verbReject && isNumber && rest == "":
		in.number, in.text = bare, ""
	case in.verb == verbReject && in.text != "":
		return input{}, fmt.Errorf("nothing was done: with a reason /reject needs the number too: /reject #3 REASON")
	}
	return in, nil
}

// itemNumber reads a number with its #.
func itemNumber(word string) (int, bool) {
	digits, ok := strings.CutPrefix(word, "#")
	n, err := strconv.Atoi(digits)
	return n, ok && err == nil && n > 0 && !strings.HasPrefix(digits, "+")
}

func parseHistory(in input) (input, error) {
	in.number = defaultHistory
	if in.text == "" {
		return in, nil
	}
	n, err := strconv.Atoi(in.text)
	if err != nil || n < 1 || n > protocol.DefaultLimits.HistoryLimit {
		return input{}, fmt.Errorf("/history takes a number from 1 to %d", protocol.DefaultLimits.HistoryLimit)
	}
	in.number, in.text = n, ""
	return in, nil
}
