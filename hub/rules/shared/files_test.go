package shared_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/rules"
	"parley/hub/rules/rulestest"
	"parley/hub/rules/shared"
	"parley/protocol"
)

func review(path string, reviewed bool) *protocol.ReviewFile {
	return &protocol.ReviewFile{Path: path, Version: "v1", Reviewed: reviewed}
}

func TestReviewFile_names_who_set_the_mark(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	ben, cleo, vic := s.Join("ben", ""), s.Join("cleo", ""), s.Join("vic", protocol.RoleViewer)
	require.Len(t, s.Send(ben, review("a.go", true)).Events, 1)
	require.Empty(t, s.Send(cleo, review("a.go", true)).Events, "the first mark stays")
	marks := s.State.ReviewMarks()
	require.Len(t, marks, 1)
	require.Equal(t, "ben", marks[0].Participant.UserID)
	require.False(t, marks[0].At.IsZero())

	require.Equal(t, protocol.CodeCommentNotAllowed, rulestest.ErrorCode(s.Send(vic, review("b.go", true)).Err))
	require.Equal(t, protocol.CodeHostRequired, rulestest.ErrorCode(s.Send(cleo, review("a.go", false)).Err))
	require.NoError(t, s.Send(ben, review("a.go", false)).Err)
	require.Empty(t, s.State.ReviewMarks())
	require.Empty(t, s.Send(ben, review("a.go", false)).Events)
	require.NoError(t, s.Send(ben, review("a.go", true)).Err)
	require.NoError(t, s.Send(s.Owner(), review("a.go", false)).Err, "the host can remove every mark")
	require.Empty(t, s.State.ReviewMarks())
}

func TestReviewFile_marks_are_bounded(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	for i := range 310 {
		require.NoError(t, s.Send(s.Owner(), review(fmt.Sprint("file-", i), true)).Err)
	}
	marks := s.State.ReviewMarks()
	require.Len(t, marks, 300)
	require.Equal(t, "file-309", marks[299].Path)
	for i := range 40 {
		require.NoError(t, s.Send(s.Owner(), review(strings.Repeat("x", 4000)+fmt.Sprint(i), true)).Err)
	}
	require.Less(t, len(s.State.ReviewMarks()), 20)
}

func TestWorkingDirectory_is_recorded_at_the_beginning_and_after_each_turn(t *testing.T) {
	s := rulestest.NewFixture(t, rules.Settings{})
	facts := protocol.AgentFacts{Cwd: new("/work")}
	require.Contains(t, s.Do(s.Session, rules.AgentFactsChanged{Facts: facts}).Effects, rules.Effect(shared.RecordBegin{Dir: "/work"}))
	require.Empty(t, s.Do(s.Session, rules.AgentFactsChanged{Facts: facts}).Effects, "the directory is the same")
	d := s.Send(s.Owner(), &protocol.Prompt{Prompt: "go"})
	require.NoError(t, d.Err)
	id := d.Events[0].Public.(*protocol.PromptApproved).Approval.ID
	require.NoError(t, s.Do(s.Session, rules.TurnStarted{Approval: id}).Err)
	require.Contains(t, s.Do(s.Session, rules.TurnEnded{Approval: id}).Effects, rules.Effect(shared.RecordTurn{Dir: "/work", Approval: id}))
	id = s.Send(s.Owner(), &protocol.Prompt{Prompt: "cancelled before it begins"}).Events[0].Public.(*protocol.PromptApproved).Approval.ID
	require.NotContains(t, s.Do(s.Session, rules.TurnEnded{Approval: id, Failure: rules.Cancelled}).Effects, rules.Effect(shared.RecordTurn{Dir: "/work", Approval: id}))
	require.Contains(t, s.Do(s.Session, rules.Loaded{}).Effects, rules.Effect(shared.RecordBegin{Dir: "/work"}))
	require.Contains(t, s.Send(s.Owner(), &protocol.Close{}).Effects, rules.Effect(shared.RecordEnd{}))
}
