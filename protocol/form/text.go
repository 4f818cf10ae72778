package form

import (
	"errors"
	"net/mail"
	"net/url"
	"regexp"
	"regexp/syntax"
	"strings"
	"time"

	"parley/protocol"
)

// formats check a text by its format.
var formats = map[protocol.FieldFormat]func(string) bool{
	protocol.FormatEmail: func(text string) bool {
		a, err := mail.ParseAddress(text)
		return err == nil && a.Address == text && a.Name == ""
	},
	protocol.FormatURI: func(text string) bool {
		u, err := url.Parse(text)
		return err == nil && u.IsAbs() && (u.Host != "" || u.Opaque != "" || u.Path != "") && !strings.ContainsAny(text, " \\<>\"{}|^`")
	},
	protocol.FormatDate: func(text string) bool {
		_, err := time.Parse(time.DateOnly, text)
		return err == nil
	},
	protocol.FormatDateTime: func(text string) bool {
		_, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
		return err == nil
	},
}

// formatNames describe the formats to people.
var formatNames = map[protocol.FieldFormat]string{
	protocol.FormatEmail:    "an e-mail address, such as ada@example.org",
	protocol.FormatURI:      "an address with a scheme, such as https://example.org/",
	protocol.FormatDate:     "a date, such as 2026-03-01",
	protocol.FormatDateTime: "a date and a time with its zone, such as 2026-03-01T10:00:00Z",
}

// FormatName describes a format to people; empty for none.
func FormatName(f protocol.FieldFormat) string { return formatNames[f] }

const (
	maxPattern      = 512  // bytes
	maxInstructions = 1000 // of a compiled pattern; a match takes this many steps for each character at most
)

// compile compiles a pattern. Patterns are in the syntax of JavaScript, of which Go accepts
// what can be matched in linear time.
func compile(pattern string) (*regexp.Regexp, error) {
	if len(pattern) > maxPattern {
		return nil, errors.New("it is too long")
	}
	source := escape.ReplaceAllStringFunc(pattern, goEscape)
	parsed, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, err
	}
	program, err := syntax.Compile(parsed.Simplify())
	if err != nil {
		return nil, err
	}
	if len(program.Inst) > maxInstructions {
		return nil, errors.New("it is too complex")
	}
	return regexp.Compile(source)
}

// escape matches an escape of a pattern.
var escape = regexp.MustCompile(`\\(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]+\}|.)`)

// goEscape translates an escape of JavaScript to Go's.
func goEscape(e string) string {
	if len(e) < len(`\u{0}`) {
		return e
	}
	return `\x{` + strings.Trim(e[len(`\u`):], "{}") + `}`
}
