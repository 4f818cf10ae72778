package toolcall

import (
	"regexp"
	"strconv"
	"strings"
)

// Style is how a command wants its text shown: the parameters of an SGR sequence of
// ECMA-48, or empty. It is bold or dim, and has one of thirteen colours. Black, white and
// other effects are left out, since they could hide text.
type Style string

var sgr = regexp.MustCompile(`^\x1b\[([0-9;:]*)m$`)

// after returns the style after an escape sequence. Sequences that do not select a style
// leave it as it is.
func (s Style) after(sequence string) Style {
	m := sgr.FindStringSubmatch(sequence)
	if m == nil {
		return s
	}
	weight, colour := "", ""
	for _, code := range strings.Split(string(s), ";") {
		if code == "1" || code == "2" {
			weight = code
		} else {
			colour = code
		}
	}
	codes := strings.FieldsFunc(m[1], func(r rune) bool { return r == ';' || r == ':' })
	if len(codes) == 0 {
		return ""
	}
	for i := 0; i < len(codes); i++ {
		switch n, err := strconv.Atoi(codes[i]); {
		case err != nil || n == 0:
			weight, colour = "", ""
		case n == 1 || n == 2:
			weight = codes[i]
		case n == 22:
			weight = ""
		case n == 39:
			colour = ""
		case n >= 31 && n <= 36 || n >= 90 && n <= 96:
			colour = codes[i]
		case n == 38 || n == 48: // a colour out of 256 or more: skipped with its parameters
			if i+1 < len(codes) && codes[i+1] == "5" {
				i += 2
			} else {
				i += 4
			}
		}
	}
	return Style(strings.Trim(weight+";"+colour, ";"))
}
