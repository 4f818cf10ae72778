package agent

import (
	"regexp"
	"strings"
	"unicode"

	"parley/protocol"
)

// unattended are the names of modes, by their letters alone, in which the agents
// that use them let nobody decide, or a model of their own.
var unattended = map[string]bool{
	"yolo": true, "auto": true, "fullauto": true, "autopilot": true, "autoreview": true,
	"dontask": true, "bypasspermissions": true,
	"fullaccess": true, "agentfullaccess": true, "dangerfullaccess": true,
}

var (
	// sayNobody finds, in what an agent says of a mode, that people are not asked.
	sayNobody = regexp.MustCompile(`(approv|accept|allow)(e?s|e|ing)? (all|any|every|everything)( of)?( the)? ?(tool|permission|action|command|request|operation|prompt|$)` +
		`|bypass(es|ing)?( all)? permission|handles? permission|approve/deny permission` +
		`|without (asking|approval|confirmation|permission)` +
		`|(never|not|don't|doesn't|no longer) (ask|prompt)`)
	// sayOtherwise finds that nothing happens without it.
	sayOtherwise = regexp.MustCompile(`(never|no|not|nothing|n't|cannot)\b[^.;]*\bwithout`)
)

// asksNobody reports whether people are not asked for permission in a mode, as
// far as its name or what the agent says of it tells. A mode that is not known
// and says nothing is taken for one that asks.
func asksNobody(mode protocol.ConfigValue) bool {
	if unattended[letters(mode.Value)] || unattended[letters(mode.Name)] {
		return true
	}
	about := strings.ToLower(strings.ReplaceAll(mode.Description, "’", "'"))
	return sayNobody.MatchString(about) && !sayOtherwise.MatchString(about)
}

// letters is a name without what separates its words, in lower case.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}
