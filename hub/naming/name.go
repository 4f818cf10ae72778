package naming

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"parley/protocol"
)

// Given returns the name that a participant gets who wants a name. taken reports
// whether a key (see [Keys]) belongs to the name of another participant. It must
// return true for finitely many keys only.
//
// A free name stays unchanged. The second of two equal names gets the suffix " (2)",
// the third " (3)". A name that reads like a label of the clients, such as "Agent",
// "Host" or "Ann (host)", gets the suffix " (guest)", and an invisible name becomes
// "guest". The result has at most [protocol.MaxNameLength] characters.
func Given(want string, taken func(key string) bool) string {
	if len(Keys(want)) == 0 {
		want = noName
	} else if isLabel(want) && !strings.HasSuffix(want, guest) {
		want = shortened(want, guest) + guest
	}
	if !slices.ContainsFunc(Keys(want), taken) {
		return want
	}
	return numbered(withoutNumber(want), taken)
}

// numbered returns a name with the lowest free number, at least 2.
func numbered(name string, taken func(key string) bool) string {
	base := ""
	var keys []string // of base
	for n := 2; ; n++ {
		suffix := " (" + strconv.Itoa(n) + ")"
		if b := shortened(name, suffix); b != base {
			base, keys = b, Keys(b)
		}
		withNumber := func(key string) bool { return taken(key + keyOfNumber(n)) }
		if !slices.ContainsFunc(keys, withNumber) {
			return base + suffix
		}
	}
}

// keyOfNumber returns the suffix that a number in brackets adds to the keys of a
// name. Calling Keys instead would make it slow to find a free number among a
// thousand.
func keyOfNumber(n int) string {
	return "(" + digitsByLook.Replace(strconv.Itoa(n)) + ")"
}

var digitsByLook = strings.NewReplacer("0", "o", "1", "l")

const (
	noName = "guest"
	guest  = " (guest)"
)

// shortened shortens a name, if necessary, to leave room for a suffix.
func shortened(name, suffix string) string {
	for room := protocol.MaxNameLength - utf8.RuneCountInString(suffix); utf8.RuneCountInString(name) > room; {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return strings.TrimRightFunc(name, isInvisible)
}

// withoutNumber removes a number in brackets, as in "Ann (2)", unless nothing else is
// left.
func withoutNumber(name string) string {
	open := strings.LastIndexByte(name, '(')
	if open < 0 {
		return name
	}
	number, closed := strings.CutSuffix(name[open+1:], ")")
	base := strings.TrimRightFunc(name[:open], isInvisible)
	if _, err := strconv.ParseUint(number, 10, 32); !closed || err != nil || len(Keys(base)) == 0 {
		return name
	}
	return base
}

// labels has the keys of the words that clients print before text that no participant
// wrote, or use for people with special rights.
var labels = func() map[string]bool {
	keys := map[string]bool{}
	for _, label := range []string{
		"agent", "system", "host", "parley", "server", "admin", "administrator",
		"moderator", "operator", "owner", "you", "agent thinks", "plan",
	} {
		for _, key := range append(Keys(label), Keys("the"+label)...) {
			keys[key] = true
		}
	}
	return keys
}()

// isLabel reports whether a name, or a part of it before, in or behind brackets, reads
// like a label, apart from punctuation. Clients print a participant's role in brackets
// behind the name.
func isLabel(name string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(name, isBracket), func(part string) bool {
		bare := strings.TrimFunc(part, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
		return slices.ContainsFunc(Keys(bare), func(key string) bool { return labels[key] })
	})
}

func isBracket(r rune) bool {
	return unicode.In(r, unicode.Ps, unicode.Pe, unicode.Pi, unicode.Pf) || r == '<' || r == '>'
}
