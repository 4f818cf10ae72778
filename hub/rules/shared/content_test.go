package shared_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/journal"
	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

var (
	shot = protocol.Content{Type: protocol.ContentAttachment, ID: "shot", Name: "shot.png", MimeType: "image/png", Size: 35000}
	clip = protocol.Content{Type: protocol.ContentAttachment, ID: "clip", Name: "clip.wav", MimeType: "audio/wav", Size: 11 << 20}
	dump = protocol.Content{Type: protocol.ContentAttachment, ID: "dump", Name: "dump.bin", Size: 10 << 20}
)

// sendWith sends a command that names attachments, of which shot, clip and dump exist.
func sendWith(s *rulestest.Fixture, p protocol.Participant, c protocol.Command) rules.Decision {
	return s.Do(s.Session, shared.Command{
		Sender:      s.Sender(p),
		Request:     protocol.Request{Command: c},
		Attachments: shared.Attachments{"shot": shot, "clip": clip, "dump": dump},
	})
}

func attach(ids ...string) (blocks []protocol.ContentBlock) {
	for _, id := range ids {
		blocks = append(blocks, protocol.ContentBlock{Type: protocol.ContentAttachment, ID: id})
	}
	return blocks
}

// announce makes the agent announce what it takes.
func announce(s *rulestest.Fixture, capabilities string) {
	s.Do(s.Session, rules.AgentFactsChanged{Facts: protocol.AgentFacts{Capabilities: json.RawMessage(capabilities)}})
}

func TestState_a_prompt_with_content_reaches_the_agent_as_it_was_approved(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben := s.Join("ben", "")
	link := protocol.ContentBlock{Type: protocol.ContentLink, Path: "src/a.go", Name: "a.go"}
	d := sendWith(s, ben, &protocol.Prompt{Prompt: "Fix @src/a.go", Content: append(attach("shot"), link)})
	require.NoError(t, d.Err)
	proposed := d.Events[0].Public.(*protocol.PromptPendingApproval).Approval
	require.Equal(t, "Fix @src/a.go\n\n[Attachment 1: shot.png, image/png, 34.1 KiB]", proposed.Prompt)
	content := []protocol.Content{shot, {Type: protocol.ContentLink, Path: "src/a.go", Name: "a.go"}}
	require.Equal(t, content, proposed.Content)
	require.Equal(t, content, d.Events[0].Private.Message.Content)
	s.Session.Reload(t, s.Now)
	s.State = s.Session.SharedState()

	edited := "Fix it"
	d = s.Send(s.Owner(), &protocol.Approve{ApprovalID: proposed.ID, Action: protocol.ActionApprove, Prompt: &edited})
	turn := rulestest.MessagesOf[rules.Dispatch](d)[0].Turn
	require.Equal(t, content, turn.Content)
	require.Equal(t, "Fix it\n\n[Attachment 1: shot.png, image/png, 34.1 KiB]\n[Link 2: src/a.go]", turn.Prompt)
}

func TestState_an_approval_without_an_edit_keeps_the_text_of_a_prompt_with_content(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	d := sendWith(s, s.Join("ben", ""), &protocol.Prompt{Content: attach("shot")})
	proposed := d.Events[0].Public.(*protocol.PromptPendingApproval).Approval
	same := proposed.Prompt
	d = s.Send(s.Owner(), &protocol.Approve{ApprovalID: proposed.ID, Action: protocol.ActionApprove, Prompt: &same})
	approved := d.Events[0].Public.(*protocol.PromptApproved).Approval
	require.Nil(t, approved.OriginalPrompt)
	require.Equal(t, same, approved.Prompt)
}

func TestState_refuses_content_that_the_agent_does_not_take_before_the_approval(t *testing.T) {
	text := []protocol.ContentBlock{{Type: protocol.ContentResource, Path: "a", Name: "a", Text: "a"}}
	asFile := attach("shot")
	asFile[0].AsFile = true
	const all = `{"promptCapabilities":{"image":true,"audio":true,"embeddedContext":true}}`
	for name, tc := range map[string]struct {
		capabilities string
		content      []protocol.ContentBlock
		want         protocol.Code
	}{
		"an image, by an agent that takes images":   {all, attach("shot"), ""},
		"an image, by an agent that does not":       {`{"promptCapabilities":{"image":false}}`, attach("shot"), protocol.CodeContentNotSupported},
		"an image, by an agent of version 2":        {`{"session":{"prompt":{"image":{}}}}`, attach("shot"), ""},
		"an image, by one that does not take it":    {`{"session":{"prompt":{"image":null,"audio":{}}}}`, attach("shot"), protocol.CodeContentNotSupported},
		"an image, by an agent that says nothing":   {`{}`, attach("shot"), protocol.CodeContentNotSupported},
		"an image, by an agent that says nonsense":  {`{"promptCapabilities":7}`, attach("shot"), protocol.CodeContentNotSupported},
		"an image, while it is not known":           {``, attach("shot"), ""},
		"an image as a file":                        {`{}`, asFile, ""},
		"audio, by an agent that does not take it":  {`{"promptCapabilities":{"image":true}}`, attach("clip"), protocol.CodeContentNotSupported},
		"a text, by an agent that takes texts":      {all, text, ""},
		"a text, by an agent that does not":         {`{}`, text, protocol.CodeContentNotSupported},
		"a file of another kind, by any agent":      {`{}`, attach("dump"), ""},
		"an attachment that does not exist":         {all, attach("other"), protocol.CodeAttachmentNotFound},
		"attachments that are too large together":   {all, attach("dump", "clip"), protocol.CodeTooLarge},
		"a link to a file in the working directory": {`{}`, []protocol.ContentBlock{{Type: protocol.ContentLink, Path: "a", Name: "a"}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := rulestest.NewFixture(t, rules.Settings{})
			ben := s.Join("ben", "")
			if tc.capabilities != "" {
				announce(s, tc.capabilities)
			}
			d := sendWith(s, ben, &protocol.Prompt{Prompt: "look", Content: tc.content})
			require.Equal(t, tc.want, rulestest.ErrorCode(d.Err))
			require.Equal(t, tc.want != "", len(d.Events) == 0)
		})
	}
}

func TestState_refuses_to_approve_content_that_the_agent_does_not_take_any_more(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	d := sendWith(s, s.Join("ben", ""), &protocol.Prompt{Prompt: "look", Content: attach("shot")})
	id := d.Events[0].Public.(*protocol.PromptPendingApproval).Approval.ID
	announce(s, `{}`)
	require.Equal(t, protocol.CodeContentNotSupported, rulestest.ErrorCode(s.Send(s.Owner(), approve(id)).Err))
	require.NoError(t, s.Send(s.Owner(), &protocol.Approve{ApprovalID: id, Action: protocol.ActionReject}).Err)
}

func TestState_a_message_can_have_attachments_whatever_the_agent_takes(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	announce(s, `{}`)
	d := sendWith(s, s.Join("ben", ""), &protocol.Chat{Content: attach("shot")})
	require.NoError(t, d.Err)
	m := d.Events[0].Public.(*protocol.MessageCreated).Message
	require.Equal(t, []protocol.Content{shot}, m.Content)
	require.Equal(t, "[Attachment 1: shot.png, image/png, 34.1 KiB]", m.Text)
}

func TestState_attachment_access(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, vic := s.Join("ben", ""), s.Join("vic", protocol.RoleViewer)
	ask := func(p protocol.Participant, upload bool) protocol.Code {
		return rulestest.ErrorCode(s.Do(s.Session, shared.AttachmentAccess{Sender: s.Sender(p), Upload: upload}).Err)
	}
	require.Empty(t, ask(ben, true))
	require.Empty(t, ask(vic, false))
	require.Equal(t, protocol.CodeCommentNotAllowed, ask(vic, true))
	wrong := shared.AttachmentAccess{Sender: shared.Sender{ParticipantID: ben.ID, Token: s.Sender(vic).Token}}
	require.Equal(t, protocol.CodeInvalidParticipantToken, rulestest.ErrorCode(s.Do(s.Session, wrong).Err))
	s.SetMode(protocol.ModeViewOnly)
	require.Equal(t, protocol.CodeCommentNotAllowed, ask(ben, true))
	require.Empty(t, ask(s.Owner(), true))
	require.NoError(t, s.Send(s.Owner(), &protocol.Remove{ParticipantID: vic.ID}).Err)
	require.Equal(t, protocol.CodeParticipantRemoved, ask(vic, false))
	require.NoError(t, s.Send(s.Owner(), &protocol.Close{}).Err)
	require.Equal(t, protocol.CodeSessionInactive, ask(ben, true))
	require.Empty(t, ask(ben, false), "who took part can read afterwards")
}

func TestState_bounds_the_attachments_of_a_prompt_by_the_limits_that_it_announces(t *testing.T) {
	limits := protocol.DefaultLimits
	limits.AttachmentsBytes = 2*shot.Size - 1
	s := rulestest.NewFixture(t, rules.Settings{Limits: limits})
	ben := s.Join("ben", "")
	require.Equal(t, limits, s.State.Welcome(shared.WelcomeFor{Participant: ben.ID}, journal.Head{}).Limits)
	require.NoError(t, sendWith(s, ben, &protocol.Prompt{Prompt: "look", Content: attach("shot")}).Err)
	d := sendWith(s, ben, &protocol.Prompt{Prompt: "look", Content: attach("shot", "shot")})
	require.Equal(t, protocol.CodeTooLarge, rulestest.ErrorCode(d.Err))
}

func TestWelcome_leaves_out_long_content_and_says_so(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{MaxPending: 1000, MaxOwnPending: 1000, MaxPendingBytes: 8 << 20, MaxOwnPendingBytes: 8 << 20})
	ben := s.Join("ben", "")
	long := protocol.ContentBlock{Type: protocol.ContentResource, Path: "a", Name: "a", Text: strings.Repeat("x", 200<<10)}
	for range 20 {
		require.NoError(t, sendWith(s, ben, &protocol.Prompt{Prompt: "look", Content: []protocol.ContentBlock{long}}).Err)
	}
	require.NoError(t, sendWith(s, ben, &protocol.Prompt{Prompt: "look", Content: attach("shot")}).Err)
	w := s.State.Welcome(shared.WelcomeFor{Participant: ben.ID}, journal.Head{})
	encoded, err := json.Marshal(w.Approvals)
	require.NoError(t, err)
	require.Less(t, len(encoded), 64<<10)
	for i, a := range w.Approvals {
		require.Equal(t, i < 20, a.Truncated, fmt.Sprint(i))
		require.Equal(t, i < 20, len(a.Content) == 0)
	}
	whole := s.Send(ben, &protocol.Item{ApprovalID: w.Approvals[0].ID}).Answer.(*protocol.ItemAnswer)
	require.Len(t, whole.Approval.Content, 1)
}
