package protocol

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// NormalizeDisplayName trims a name, replaces a blank one by nil, and checks its length
// and characters. It returns nil or an [*Error].
func NormalizeDisplayName(name **string) error {
	if trimOptional(name); *name == nil {
		return nil
	}
	return checkName("displayName", **name)
}

func checkName(field, name string) error {
	if utf8.RuneCountInString(name) > MaxNameLength {
		return Errorf(CodeInvalidRequest, "%s has more than %d characters", field, MaxNameLength)
	}
	if strings.ContainsFunc(name, isForbiddenInNames) {
		return Errorf(CodeInvalidRequest, "%s contains a control character or one that changes the direction of writing", field)
	}
	return nil
}

// isForbiddenInNames reports whether a character can reverse a name or break a line:
// controls, and the bidirectional controls of Unicode UAX #9 except for the two marks,
// which real names contain and which only set the direction of neighbouring characters.
func isForbiddenInNames(r rune) bool {
	const leftToRightMark, rightToLeftMark = '\u200e', '\u200f'
	switch r {
	case leftToRightMark, rightToLeftMark:
		return false
	case '\u2028', '\u2029':
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)
}

func checkPrompt(prompt string, l Limits) error {
	if prompt == "" {
		return Errorf(CodeEmptyPrompt, "the prompt is empty")
	}
	return checkSize("prompt", prompt, l.PromptBytes)
}

// checkSize checks the length of a text in bytes.
func checkSize(field, text string, limit int) error {
	if len(text) > limit {
		return Errorf(CodeTooLarge, "%s has %d bytes; the limit is %d", field, len(text), limit)
	}
	return nil
}

func normalizeReason(reason **string) error {
	if trimOptional(reason); *reason == nil {
		return nil
	}
	return checkSize("reason", **reason, MaxReasonLength)
}

// trimOptional trims an optional text, and replaces a blank one by nil.
func trimOptional(text **string) {
	if *text == nil {
		return
	}
	trimmed := strings.TrimSpace(**text)
	if *text = &trimmed; trimmed == "" {
		*text = nil
	}
}

func checkLimit(limit int, l Limits) error {
	if limit < 1 || limit > l.HistoryLimit {
		return Errorf(CodeInvalidRequest, "limit must be from 1 to %d", l.HistoryLimit)
	}
	return nil
}

func checkRecent(recent int, l Limits) error {
	if recent < 0 || recent > l.RecentEvents {
		return Errorf(CodeInvalidRequest, "recent must be from 0 to %d", l.RecentEvents)
	}
	return nil
}
