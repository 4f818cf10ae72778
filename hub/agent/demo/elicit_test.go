package demo_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/protocol"
	"parley/protocol/form"
)

// replyTo fills in a form with its defaults, and accepts to open a page.
func replyTo(e rules.AgentElicitation) rules.ElicitationReply {
	reply := rules.ElicitationReply{Action: protocol.ElicitationAccept}
	if e.Elicitation.Form == nil {
		return reply
	}
	content := map[string]json.RawMessage{}
	for _, f := range e.Elicitation.Form.Fields {
		if f.Default != nil {
			content[f.Name] = f.Default
		}
	}
	reply.Content, _ = form.Check(e.Elicitation.Form, rules.RawJSON(content)) // without content if the defaults are not enough
	return reply
}

func TestForm_has_a_field_of_each_kind(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		got := l.launch(t).play("form", "")
		require.NoError(t, got.end.Err)
		require.Len(t, got.elicited, 1)
		kinds := map[protocol.FieldType]bool{}
		for _, f := range got.elicited[0].Elicitation.Form.Fields {
			kinds[f.Type] = true
		}
		require.Len(t, kinds, 6)
		require.Contains(t, got.said(t, "agent_message_chunk"), `"name":"spring-cleaning"`)
	})
}

func TestPage_is_completed_after_it_was_accepted(t *testing.T) {
	t.Parallel()
	eachKind(t, func(t *testing.T, l lab) {
		got := l.launch(t).play("page", "")
		require.Equal(t, "https://example.com", got.elicited[0].Elicitation.Target)
		require.Equal(t, got.elicited[0].Elicitation.RequestID, got.completed[0].RequestID)
	})
}
