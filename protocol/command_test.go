package protocol_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func ptr[T any](v T) *T { return &v }

// everyCommand has one command of each type, with all members set.
var everyCommand = []protocol.Command{
	&protocol.Join{InviteToken: "i", UserID: "u", DisplayName: ptr("<U>"), Role: protocol.RoleViewer, ParticipantToken: "t", Recent: 3, MaxDelayMS: ptr(0)},
	&protocol.Resume{ParticipantID: "p", ParticipantToken: "t", Cursor: "c", Recent: 200, MaxDelayMS: ptr(1000)},
	&protocol.Chat{Text: "a & b", ReplyTo: "m", Content: []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: "f"}}},
	&protocol.Prompt{Prompt: "do", As: protocol.PromptAsDirect, Content: []protocol.ContentBlock{
		{Type: protocol.ContentAttachment, ID: "f", AsFile: true},
		{Type: protocol.ContentLink, Path: "a/b.go", Name: "b.go"},
		{Type: protocol.ContentResource, URI: "file:///a", Name: "a", MimeType: "text/plain", Text: "a"},
	}},
	&protocol.Approve{ApprovalID: "a", Action: protocol.ActionApprove, Prompt: ptr("do it"), Reason: ptr("why")},
	&protocol.AnswerPermission{RequestID: "q", OptionID: "o"},
	&protocol.Prompt{Prompt: "do", As: protocol.PromptAsDirect, When: protocol.WhenInterrupt},
	&protocol.Answer{RequestID: "q", Action: protocol.ElicitationAccept, Content: json.RawMessage(`{"a":1.50}`)},
	&protocol.Answer{RequestID: "q", Action: protocol.ElicitationDecline},
	&protocol.Cancel{ApprovalID: "a"},
	&protocol.Withdraw{ApprovalID: "a"},
	&protocol.EditPrompt{ApprovalID: "a", Prompt: "do", As: protocol.PromptAsProposal},
	&protocol.MovePrompt{ApprovalID: "a", Before: "b"},
	&protocol.SetMode{Mode: protocol.ModePromptDirect},
	&protocol.SetRole{ParticipantID: "p", Role: protocol.RoleViewer},
	&protocol.Remove{ParticipantID: "p", Reason: ptr("why")},
	&protocol.RotateInvite{},
	&protocol.Configure{OptionID: "o", Value: json.RawMessage(`"v"`)},
	&protocol.Configure{OptionID: "o", Forget: true},
	&protocol.SignIn{MethodID: "m"},
	&protocol.StopAgent{},
	&protocol.RestartAgent{},
	&protocol.SwitchAgent{Agent: "a"},
	&protocol.StopWork{ToolCallID: "c"},
	&protocol.StopWork{TerminalID: "t"},
	&protocol.ReviewFile{Path: "p", Version: "v", Reviewed: true},
	&protocol.Typing{Active: true},
	&protocol.History{Before: "c", Limit: 500},
	&protocol.Item{RequestID: "q"},
	&protocol.People{Left: true, Before: "p", Limit: 500},
	&protocol.People{After: "p", Limit: 1},
	&protocol.AskPresence{},
	&protocol.Leave{},
	&protocol.Close{},
	&protocol.Ping{},
}

func TestCommands_round_trip(t *testing.T) {
	seen := make(map[string]bool)
	for _, command := range everyCommand {
		t.Run(string(command.CommandType()), func(t *testing.T) {
			line, err := protocol.EncodeRequest(protocol.Request{ID: "1", Command: command})
			require.NoError(t, err)
			got, err := protocol.DecodeRequest(line, protocol.DefaultLimits)
			require.NoError(t, err)
			require.Equal(t, protocol.Request{ID: "1", Command: command}, got)
		})
		seen[string(command.CommandType())] = true
	}
	for _, word := range constants(t, "CommandType") {
		require.True(t, seen[word], "no test covers %s", word)
	}
}

func TestCommands_omit_optional_members(t *testing.T) {
	for want, command := range map[string]protocol.Command{
		`{"inviteToken":"i","userId":"u"}`:             &protocol.Join{InviteToken: "i", UserID: "u"},
		`{"participantId":"p","participantToken":"t"}`: &protocol.Resume{ParticipantID: "p", ParticipantToken: "t"},
		`{"text":"a"}`:                          &protocol.Chat{Text: "a"},
		`{"approvalId":"a","action":"approve"}`: &protocol.Approve{ApprovalID: "a", Action: "approve"},
		`{}`:                                    &protocol.Cancel{},
		`{"participantId":"p"}`:                 &protocol.Remove{ParticipantID: "p"},
		`{"limit":1}`:                           &protocol.History{Limit: 1},
	} {
		line, err := protocol.EncodeRequest(protocol.Request{ID: "1", Command: command})
		require.NoError(t, err)
		require.Contains(t, string(line), `"payload":`+want)
	}
}

func TestNormalize(t *testing.T) {
	bidi, control := "user\u202eresu", "user\u0007"
	long := strings.Repeat("é", protocol.MaxNameLength+1)
	for _, tc := range []struct {
		name    string
		command protocol.Command
		want    protocol.Code // empty for success
	}{
		{"a blank user id", &protocol.Join{UserID: " \t"}, protocol.CodeMissingUserID},
		{"a user id of 128 characters", &protocol.Join{UserID: long[2:]}, ""},
		{"a user id of 129 characters", &protocol.Join{UserID: long}, protocol.CodeInvalidRequest},
		{"a control character in a user id", &protocol.Join{UserID: control}, protocol.CodeInvalidRequest},
		{"a bidirectional override in a user id", &protocol.Join{UserID: bidi}, protocol.CodeInvalidRequest},
		{"a line separator in a user id", &protocol.Join{UserID: "a\u2028b"}, protocol.CodeInvalidRequest},
		{"a display name of 129 characters", &protocol.Join{UserID: "u", DisplayName: &long}, protocol.CodeInvalidRequest},
		{"a bidirectional override in a display name", &protocol.Join{UserID: "u", DisplayName: &bidi}, protocol.CodeInvalidRequest},
		{"a blank display name", &protocol.Join{UserID: "u", DisplayName: ptr(" ")}, ""},
		{"too many recent events on join", &protocol.Join{UserID: "u", Recent: 201}, protocol.CodeInvalidRequest},
		{"a negative number of recent events", &protocol.Resume{Recent: -1}, protocol.CodeInvalidRequest},
		{"too many recent events on resume", &protocol.Resume{Recent: 201}, protocol.CodeInvalidRequest},
		{"a blank message", &protocol.Chat{Text: " \n"}, protocol.CodeEmptyMessage},
		{"a message at the limit", &protocol.Chat{Text: strings.Repeat("a", 32<<10)}, ""},
		{"a message beyond the limit", &protocol.Chat{Text: strings.Repeat("a", 32<<10+1)}, protocol.CodeTooLarge},
		{"a message that is at the limit after trimming", &protocol.Chat{Text: strings.Repeat("a", 32<<10) + "\n"}, ""},
		{"a reply to an id that is too long", &protocol.Chat{Text: "a", ReplyTo: strings.Repeat("a", 65)}, protocol.CodeInvalidRequest},
		{"a blank prompt", &protocol.Prompt{Prompt: "\n"}, protocol.CodeEmptyPrompt},
		{"a prompt beyond the limit", &protocol.Prompt{Prompt: strings.Repeat("a", 256<<10+1)}, protocol.CodeTooLarge},
		{"an unknown action", &protocol.Approve{Action: "Approve"}, protocol.CodeInvalidAction},
		{"an edit to a blank prompt", &protocol.Approve{Action: "approve", Prompt: ptr(" ")}, protocol.CodeEmptyPrompt},
		{"an edit beyond the limit", &protocol.Approve{Action: "approve", Prompt: ptr(strings.Repeat("a", 256<<10+1))}, protocol.CodeTooLarge},
		{"a reason beyond the limit", &protocol.Approve{Action: "reject", Reason: ptr(strings.Repeat("a", 1025))}, protocol.CodeTooLarge},
		{"a blank reason", &protocol.Remove{Reason: ptr(" ")}, ""},
		{"a reason beyond the limit for a removal", &protocol.Remove{Reason: ptr(strings.Repeat("a", 1025))}, protocol.CodeTooLarge},
		{"an answer of an unknown kind", &protocol.Answer{Action: "Accept"}, protocol.CodeInvalidAction},
		{"content of an answer at the limit", &protocol.Answer{Action: "accept", Content: make([]byte, protocol.MaxFormContent)}, ""},
		{"content of an answer beyond the limit", &protocol.Answer{Action: "accept", Content: make([]byte, protocol.MaxFormContent+1)}, protocol.CodeTooLarge},
		{"content of an answer that declines", &protocol.Answer{Action: "decline", Content: json.RawMessage(`{}`)}, protocol.CodeInvalidRequest},
		{"assigning the role host", &protocol.SetRole{Role: protocol.RoleHost}, protocol.CodeInvalidRequest},
		{"two cursors", &protocol.History{Before: "a", After: "b", Limit: 1}, protocol.CodeInvalidRequest},
		{"a missing limit", &protocol.History{}, protocol.CodeInvalidRequest},
		{"a limit that is too high", &protocol.History{Limit: 501}, protocol.CodeInvalidRequest},
	} {
		t.Run(tc.name, func(t *testing.T) {
			err := tc.command.Normalize(protocol.DefaultLimits)
			if tc.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, &protocol.Error{Code: tc.want})
		})
	}
}

func TestNormalize_trims(t *testing.T) {
	join := &protocol.Join{UserID: " u ", DisplayName: ptr(" A B ")}
	require.NoError(t, join.Normalize(protocol.DefaultLimits))
	require.Equal(t, &protocol.Join{UserID: "u", DisplayName: ptr("A B")}, join)

	blank := &protocol.Join{UserID: "u", DisplayName: ptr("  ")}
	require.NoError(t, blank.Normalize(protocol.DefaultLimits))
	require.Nil(t, blank.DisplayName)

	approve := &protocol.Approve{Action: "approve", Prompt: ptr(" do\n"), Reason: ptr(" ")}
	require.NoError(t, approve.Normalize(protocol.DefaultLimits))
	require.Equal(t, &protocol.Approve{Action: "approve", Prompt: ptr("do")}, approve)
}

func TestCreateSharedSession_Normalize(t *testing.T) {
	good := func() *protocol.CreateSharedSession {
		return &protocol.CreateSharedSession{HostSessionID: " h ", HostUserID: " u "}
	}
	c := good()
	require.NoError(t, c.Normalize())
	require.Equal(t, &protocol.CreateSharedSession{HostSessionID: "h", HostUserID: "u", Mode: protocol.ModePromptWithApproval}, c)

	for _, tc := range []struct {
		name string
		edit func(*protocol.CreateSharedSession)
		want protocol.Code
	}{
		{"a blank host session", func(c *protocol.CreateSharedSession) { c.HostSessionID = " " }, protocol.CodeMissingHostSessionID},
		{"a blank host user", func(c *protocol.CreateSharedSession) { c.HostUserID = " " }, protocol.CodeMissingHostUserID},
		{"a control character in the host user", func(c *protocol.CreateSharedSession) { c.HostUserID = "a\nb" }, protocol.CodeInvalidRequest},
		{"a display name of 129 characters", func(c *protocol.CreateSharedSession) { c.HostDisplayName = ptr(strings.Repeat("n", 129)) }, protocol.CodeInvalidRequest},
		{"an expiry beyond ten years", func(c *protocol.CreateSharedSession) { c.ExpiresInMinutes = ptr(int64(protocol.MaxExpiryMinutes + 1)) }, protocol.CodeInvalidRequest},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := good()
			tc.edit(c)
			require.ErrorIs(t, c.Normalize(), &protocol.Error{Code: tc.want})
		})
	}
}

func TestCreateHostSession_Normalize(t *testing.T) {
	c := &protocol.CreateHostSession{Agent: " demo "}
	require.NoError(t, c.Normalize())
	require.Equal(t, &protocol.CreateHostSession{Agent: "demo", WorkspaceID: protocol.DefaultWorkspace, Permissions: protocol.PermissionsAsk}, c)
	require.Error(t, (&protocol.CreateHostSession{Agent: " "}).Normalize())
	require.Error(t, (&protocol.CreateHostSession{Agent: "a", Title: "\u202e"}).Normalize())
	require.Error(t, (&protocol.CreateHostSession{Agent: "a", WorkspaceID: "a\x00"}).Normalize())
}
