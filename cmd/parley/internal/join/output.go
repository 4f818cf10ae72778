package join

import (
	"fmt"

	"parley/cmd/parley/internal/display"
	"parley/cmd/parley/internal/toolcall"
)

// terminalMeta is the output of a terminal that the agent runs itself. Some agents send it
// as an extension of version 1 of the protocol.
type terminalMeta struct {
	Delta *terminalText // more output
	Text  *terminalText // more output, or all of it
	Exit  *struct {
		Code   *int   `json:"exit_code"`
		Signal string `json:"signal"`
	}
}

type terminalText struct {
	Data string `json:"data"`
}

// callOutput prints what an update adds to the output of a tool call.
func (s *screen) callOutput(u agentUpdate, call *toolcall.Known) {
	var meta terminalMeta
	toolcall.DecodeMembers(u.Meta, map[string]any{"terminal_output_delta": &meta.Delta, "terminal_output": &meta.Text, "terminal_exit": &meta.Exit})
	added := ""
	if meta.Delta != nil {
		added += call.Output.Append(meta.Delta.Data)
	}
	if meta.Text != nil {
		added += call.Output.AppendFull(meta.Text.Data)
	}
	if text := toolcall.ContentText(u.Content); text != "" && meta.Delta == nil && meta.Text == nil {
		added += call.Output.AppendFull(text)
	}
	if call.Output.Size() == 0 {
		added += call.Output.Append(toolcall.RawText(u.RawOutput))
	}
	s.printOutput(call, added)
	if exit := meta.Exit; exit != nil && (exit.Code != nil || exit.Signal != "") {
		how := "signal " + display.OneLine(exit.Signal)
		if exit.Code != nil {
			how = fmt.Sprintf("exit code %d", *exit.Code)
		}
		s.line(dim, "  it ended with %s", how)
	}
}

// printOutput prints more output of a call. It lists the output as an item once it is too
// long to be printed as it arrives.
func (s *screen) printOutput(call *toolcall.Known, text string) {
	o := &call.Output
	if text != "" {
		s.stream("output "+call.ID, "    ", dim, text)
	}
	if o.IsTruncated() && !o.Listed && s.ledger != nil {
		o.Listed = true
		i := s.ledger.put(kindOutput, "output "+call.ID)
		i.heading, i.output, i.outcome = call.Heading(), o, "shown in part"
		s.line(dim, "  … there is more output: /show %s shows all of it", i.label())
	}
}
