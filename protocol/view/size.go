package view

import "encoding/json"

// rowSize is the size of a row without its texts, roughly, in bytes.
const rowSize = 512

func (r *ChatRow) size() int { return rowSize + len(r.Message.Text) }
func (r *PromptRow) size() int {
	return rowSize + len(r.Approval.Prompt) + sizeOfText(r.Approval.OriginalPrompt)
}
func (r *TurnStartRow) size() int  { return rowSize + len(r.Prompt) }
func (r *TurnEndRow) size() int    { return rowSize + len(r.Detail) }
func (r *SayRow) size() int        { return rowSize + sizeOfBlocks(r.Blocks) }
func (r *TerminalRow) size() int   { return rowSize + len(r.Terminal.output) }
func (r *CompactionRow) size() int { return rowSize + sizeOfBlocks(r.Summary) + sizeOfText(r.Error) }
func (r *PermissionRow) size() int { return rowSize + r.Call.size() }
func (r *OtherRow) size() int      { return rowSize + sizeOfAll(r.Raw) }
func (r *NoticeRow) size() int     { return rowSize + sizeOfNotice(r.Notice) }

func (r *ToolRow) size() int {
	size := rowSize + r.Call.size() + len(r.Output)
	for _, t := range r.Terminals {
		size += len(t.output)
	}
	return size
}

func (r *PlanRow) size() int {
	size := rowSize + sizeOfText(r.Text) + sizeOfText(r.URI)
	for _, e := range r.Entries {
		size += len(e.Content)
	}
	return size
}

func (c Call) size() int {
	size := len(c.Title) + len(c.Input)
	for _, p := range c.Content {
		size += p.size()
	}
	for _, p := range c.Places {
		size += len(p.Path)
	}
	return size
}

func sizeOfText(text *string) int {
	if text == nil {
		return 0
	}
	return len(*text)
}

func sizeOfAll(list []json.RawMessage) (size int) {
	for _, raw := range list {
		size += len(raw)
	}
	return size
}

func sizeOfNotice(n Notice) int {
	switch n := n.(type) {
	case AgentStateNotice:
		return sizeOfText(n.Detail)
	case AgentNotice:
		return len(n.Title) + len(n.Description)
	case UnknownNotice:
		return len(n.Raw)
	case PeopleNotice:
		return len(n.Moves) * rowSize
	}
	return 0
}
