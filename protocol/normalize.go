package protocol

import "strings"

// Normalize implements [Command].
func (c *Join) Normalize(l Limits) error {
	c.UserID = strings.TrimSpace(c.UserID)
	if c.UserID == "" {
		return Errorf(CodeMissingUserID, "userId is missing or blank")
	}
	if err := checkName("userId", c.UserID); err != nil {
		return err
	}
	if err := NormalizeDisplayName(&c.DisplayName); err != nil {
		return err
	}
	return checkRecent(c.Recent, l)
}

// Normalize implements [Command].
func (c *Resume) Normalize(l Limits) error { return checkRecent(c.Recent, l) }

// Normalize implements [Command].
func (c *Chat) Normalize(l Limits) error {
	c.Text = strings.TrimSpace(c.Text)
	if c.Text == "" {
		return Errorf(CodeEmptyMessage, "the message is empty")
	}
	if len(c.ReplyTo) > MaxIDLength {
		return Errorf(CodeInvalidRequest, "replyTo must be the id of a message")
	}
	return checkSize("text", c.Text, l.MessageBytes)
}

// Normalize implements [Command].
func (c *Prompt) Normalize(l Limits) error {
	c.Prompt = strings.TrimSpace(c.Prompt)
	return checkPrompt(c.Prompt, l)
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
