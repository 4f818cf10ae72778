package facts

import (
	"regexp"
	"strings"
	"unicode"

	"parley/protocol"
)

// unattended has the names of modes, reduced to their letters, in which known agents
// ask no one for permission, or a model instead of people.
var unattended = map[string]bool{
	"yolo": true, "auto": true, "fullauto": true, "autopilot": true, "autoreview": true,
	"dontask": true, "bypasspermissions": true,
	"fullaccess": true, "agentfullaccess": true, "dangerfullaccess": true,
}

var (
	// descriptionOfUnattended matches descriptions of modes that ask no one.
	descriptionOfUnattended = regexp.MustCompile(`(approv|accept|allow)(e?s|e|ing)? (all|any|every|everything)( of)?( the)? ?(tool|permission|action|command|request|operation|prompt|$)` +
		`|bypass(es|ing)?( all)? permission|handles? permission|approve/deny permission` +
		`|without (asking|approval|confirmation|permission)` +
		`|(never|not|don't|doesn't|no longer) (ask|prompt)`)
	// descriptionOfAttended matches descriptions by which nothing happens without
	// asking, although they match descriptionOfUnattended.
	descriptionOfAttended = regexp.MustCompile(`(never|no|not|nothing|n't|cannot)\b[^.;]*\bwithout`)
)

// asksNobody reports whether an agent asks no one for permission in a mode, judging by
// its name and description. An unknown mode without such a description counts as one
// that asks.
func asksNobody(mode protocol.ConfigValue) bool {
	if unattended[letters(mode.Value)] || unattended[letters(mode.Name)] {
		return true
	}
	description := strings.ToLower(strings.ReplaceAll(mode.Description, "’", "'"))
	return descriptionOfUnattended.MatchString(description) && !descriptionOfAttended.MatchString(description)
}

// letters returns the letters of a name in lower case.
func letters(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, name)
}
