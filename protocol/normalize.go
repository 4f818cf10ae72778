package protocol

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Normalize implements Command.
func (c *Join) Normalize(l Limits) error {
	c.UserID = strings.TrimSpace(c.UserID)
	if c.UserID == "" {
		return Errorf(CodeMissingUserID, "userId is blank")
	}
	if err := checkName("userId", c.UserID); err != nil {
		return err
	}
	if err := NormalizeDisplayName(&c.DisplayName); err != nil {
		return err
	}
	return checkRecent(c.Recent, l)
}

// Normalize implements Command.
func (c *Resume) Normalize(l Limits) error { return checkRecent(c.Recent, l) }

// Normalize implements Command.
func (c *Chat) Normalize(l Limits) error {
	c.Text = strings.TrimSpace(c.Text)
	if c.Text == "" {
		return Errorf(CodeEmptyMessage, "a message needs a text")
	}
	if len(c.ReplyTo) > MaxIDLength {
		return Errorf(CodeInvalidRequest, "replyTo is a message's id")
	}
	return checkSize("text", c.Text, l.MessageBytes)
}

// Normalize implements Command.
func (c *Prompt) Normalize(l Limits) error {
	c.Prompt = strings.TrimSpace(c.Prompt)
	return checkPrompt(c.Prompt, l)
}

// Normalize implements Command.
func (c *Approve) Normalize(l Limits) error {
	if c.Action != ActionApprove && c.Action != ActionReject {
		return Errorf(CodeInvalidAction, "action is %q or %q", ActionApprove, ActionReject)
	}
	if c.Prompt != nil {
		*c.Prompt = strings.TrimSpace(*c.Prompt)
		if err := checkPrompt(*c.Prompt, l); err != nil {
			return err
		}
	}
	return normalizeReason(&c.Reason)
}

// Normalize implements Command.
func (*AnswerPermission) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*Cancel) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*SetMode) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (c *SetRole) Normalize(Limits) error {
	if c.Role == RoleHost {
		return Errorf(CodeInvalidRequest, "the role of host cannot be given")
	}
	return nil
}

// Normalize implements Command.
func (c *Remove) Normalize(Limits) error { return normalizeReason(&c.Reason) }

// Normalize implements Command.
func (*RotateInvite) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*StopAgent) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*Typing) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (c *History) Normalize(l Limits) error {
	if c.Before != "" && c.After != "" {
		return Errorf(CodeInvalidRequest, "before and after exclude each other")
	}
	return checkLimit(c.Limit, l)
}

func checkLimit(limit int, l Limits) error {
	if limit < 1 || limit > l.HistoryLimit {
		return Errorf(CodeInvalidRequest, "limit is 1 to %d", l.HistoryLimit)
	}
	return nil
}

// Normalize implements Command.
func (c *Item) Normalize(Limits) error {
	if (c.ApprovalID == "") == (c.RequestID == "") {
		return Errorf(CodeInvalidRequest, "an approvalId or a requestId is needed, and not both")
	}
	return nil
}

// Normalize implements Command.
func (*AskPresence) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (c *People) Normalize(l Limits) error {
	if c.Left && c.After != "" || !c.Left && c.Before != "" {
		return Errorf(CodeInvalidRequest, "before is for those who have left, after for the others")
	}
	return checkLimit(c.Limit, l)
}

// Normalize implements Command.
func (*Leave) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*Close) Normalize(Limits) error { return nil }

// Normalize implements Command.
func (*Ping) Normalize(Limits) error { return nil }

// NormalizeDisplayName trims the name, makes a blank one nil and checks its
// length and characters. It returns nil or an *Error.
func NormalizeDisplayName(name **string) error {
	if trimBlank(name); *name == nil {
		return nil
	}
	return checkName("displayName", **name)
}

func checkName(field, name string) error {
	if utf8.RuneCountInString(name) > MaxNameLength {
		return Errorf(CodeInvalidRequest, "%s has more than %d characters", field, MaxNameLength)
	}
	if strings.ContainsFunc(name, forbiddenInNames) {
		return Errorf(CodeInvalidRequest, "%s has a control or direction-changing character", field)
	}
	return nil
}

// forbiddenInNames holds what can turn a name round or break a line: controls,
// and the bidirectional controls of Unicode UAX #9 but for the two marks, which
// real names contain and which only set the direction of what stands beside
// them.
func forbiddenInNames(r rune) bool {
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
		return Errorf(CodeEmptyPrompt, "a prompt needs a text")
	}
	return checkSize("prompt", prompt, l.PromptBytes)
}

func checkSize(field, text string, limit int) error {
	if len(text) > limit {
		return Errorf(CodeTooLarge, "%s has %d bytes, %d are allowed", field, len(text), limit)
	}
	return nil
}

func normalizeReason(reason **string) error {
	if trimBlank(reason); *reason == nil {
		return nil
	}
	return checkSize("reason", **reason, MaxReasonLength)
}

// trimBlank trims a text that may be left out, and leaves a blank one out.
func trimBlank(text **string) {
	if *text == nil {
		return
	}
	trimmed := strings.TrimSpace(**text)
	if *text = &trimmed; trimmed == "" {
		*text = nil
	}
}

func checkRecent(recent int, l Limits) error {
	if recent < 0 || recent > l.RecentEvents {
		return Errorf(CodeInvalidRequest, "recent is 0 to %d", l.RecentEvents)
	}
	return nil
}
