package protocol

import (
	"cmp"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Normalize implements [Command].
func (c *Join) Normalize(l Limits) error {
	if err := NormalizeUserID(&c.UserID); err != nil {
		return err
	}
	if err := NormalizeDisplayName(&c.DisplayName); err != nil {
		return err
	}
	return cmp.Or(checkMaxDelay(c.MaxDelayMS), checkRecent(c.Recent, l))
}

// NormalizeUserID trims a user id. Errors: MISSING_USER_ID and INVALID_REQUEST.
func NormalizeUserID(id *string) error {
	if *id = strings.TrimSpace(*id); *id == "" {
		return Errorf(CodeMissingUserID, "userId is missing or blank")
	}
	return checkName("userId", *id)
}

// Normalize implements [Command].
func (c *Resume) Normalize(l Limits) error {
	return cmp.Or(checkMaxDelay(c.MaxDelayMS), checkRecent(c.Recent, l))
}

// MaxDelay is the longest time for which a client can let the server gather events.
const MaxDelay = time.Second

// checkMaxDelay checks a maxDelayMs, which is nil if it is missing.
func checkMaxDelay(ms *int) error {
	if ms == nil || *ms >= 0 && *ms <= int(MaxDelay.Milliseconds()) {
		return nil
	}
	return Errorf(CodeInvalidRequest, "maxDelayMs must be between 0 and %d", MaxDelay.Milliseconds())
}

// Normalize implements [Command].
func (c *Chat) Normalize(l Limits) error {
	c.Text = strings.TrimSpace(c.Text)
	if c.Text == "" && len(c.Content) == 0 {
		return Errorf(CodeEmptyMessage, "the message is empty")
	}
	if len(c.ReplyTo) > MaxIDLength {
		return Errorf(CodeInvalidRequest, "replyTo must be the id of a message")
	}
	if err := checkSize("text", c.Text, l.MessageBytes); err != nil {
		return err
	}
	return normalizeContent(c.Content, c.Text, l.MessageBytes, l)
}

// Normalize implements [Command].
func (c *Prompt) Normalize(l Limits) error {
	if c.When == WhenQueue {
		c.When = "" // the default
	}
	if c.Prompt = strings.TrimSpace(c.Prompt); c.Prompt != "" || len(c.Content) == 0 {
		if err := checkPrompt(c.Prompt, l); err != nil {
			return err
		}
	}
	return normalizeContent(c.Content, c.Prompt, l.PromptBytes, l)
}

// Normalize implements [Command].
func (c *Approve) Normalize(l Limits) error {
	if c.Action != ActionApprove && c.Action != ActionReject {
		return Errorf(CodeInvalidAction, "action must be %q or %q", ActionApprove, ActionReject)
	}
	if c.Prompt != nil {
		*c.Prompt = strings.TrimSpace(*c.Prompt)
		if err := checkPrompt(*c.Prompt, l); err != nil {
			return err
		}
	}
	return normalizeReason(&c.Reason)
}

// Normalize implements [Command].
func (*AnswerPermission) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (*Cancel) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (*SetMode) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (c *SetRole) Normalize(Limits) error {
	if c.Role == RoleHost {
		return Errorf(CodeInvalidRequest, "the role host cannot be assigned")
	}
	return nil
}

// Normalize implements [Command].
func (c *Remove) Normalize(Limits) error { return normalizeReason(&c.Reason) }

// Normalize implements [Command].
func (*RotateInvite) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (*StopAgent) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (*Typing) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (c *History) Normalize(l Limits) error {
	if c.Before != "" && c.After != "" {
		return Errorf(CodeInvalidRequest, "before and after cannot be used together")
	}
	return checkLimit(c.Limit, l)
}

// Normalize implements [Command].
func (c *Item) Normalize(Limits) error {
	if (c.ApprovalID == "") == (c.RequestID == "") {
		return Errorf(CodeInvalidRequest, "exactly one of approvalId and requestId is required")
	}
	return nil
}

// Normalize implements [Command].
func (*AskPresence) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (c *People) Normalize(l Limits) error {
	if c.Left && c.After != "" || !c.Left && c.Before != "" {
		return Errorf(CodeInvalidRequest, "before requires left: true, and after requires left: false")
	}
	return checkLimit(c.Limit, l)
}

// Normalize implements [Command].
func (*Leave) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (*Close) Normalize(Limits) error { return nil }

// Normalize implements [Command].
func (*Ping) Normalize(Limits) error { return nil }

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
		return Errorf(CodeInvalidRequest, "%s has more than %d characters", field, MaxNameLength).By(LimitNames)
	}
	if strings.ContainsFunc(name, isForbiddenInNames) {
		return Errorf(CodeInvalidRequest, "%s contains a control character or one that changes the direction of writing", field).By(LimitNames)
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
		return Errorf(CodeTooLarge, "%s has %d bytes; the limit is %d", field, len(text), limit).By(LimitText)
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
