package join

import (
	"fmt"
	"strconv"
	"strings"

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
	verbAllow   verb = "/allow"
	verbDeny    verb = "/deny"
	verbCancel  verb = "/cancel"
	verbWho     verb = "/who"
	verbMode    verb = "/mode"
	verbHistory verb = "/history"
	verbHelp    verb = "/help"
	verbLeave   verb = "/leave"
	verbQuit    verb = "/quit"
)

const helpText = `type to talk; a line that begins with // says it with one /
  /prompt TEXT           propose a prompt to the agent
  /approve [N] [TEXT]    let prompt N go to the agent, with TEXT instead if given
  /reject [N] [REASON]   keep prompt N from the agent
  /allow [OPTION]        answer the agent's question; without OPTION: allow once
  /deny                  refuse what the agent asks
  /cancel                stop the running turn
  /who                   who is here
  /mode MODE             view_only, comment_only, prompt_with_approval or prompt_direct
  /history [N]           the last N events, 20 unless given
  /leave                 leave the session
  /quit                  disconnect, but stay a participant`

// input is one typed line, understood.
type input struct {
	verb   verb
	number int    // of a prompt, or of events; 0 if not given
	text   string // what is said, the edited text, the reason, the option, the mode
}

const defaultHistory = 20

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
	word, rest, _ := strings.Cut(line, " ")
	in := input{verb: verb(word), text: strings.TrimSpace(rest)}
	switch in.verb {
	case verbCancel, verbWho, verbHelp, verbLeave, verbQuit, verbDeny:
		if in.text != "" {
			return input{}, fmt.Errorf("%s takes nothing after it", in.verb)
		}
	case verbPrompt:
		if in.text == "" {
			return input{}, fmt.Errorf("/prompt needs a text")
		}
	case verbApprove, verbReject:
		in.number, in.text = cutNumber(in.text)
	case verbMode:
		if !protocol.Mode(in.text).Valid() {
			return input{}, fmt.Errorf("/mode takes view_only, comment_only, prompt_with_approval or prompt_direct")
		}
	case verbHistory:
		return parseHistory(in)
	case verbAllow:
	default:
		return input{}, fmt.Errorf("there is no %.40q; /help lists what there is", word)
	}
	return in, nil
}

// cutNumber takes a number of a prompt from the front of text.
func cutNumber(text string) (int, string) {
	word, rest, _ := strings.Cut(text, " ")
	if n, err := strconv.Atoi(strings.TrimPrefix(word, "#")); err == nil && n > 0 {
		return n, strings.TrimSpace(rest)
	}
	return 0, text
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
