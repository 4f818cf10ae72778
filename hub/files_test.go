package hub_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// worktrees notes which directories a hub records.
type worktrees struct {
	mu    sync.Mutex
	calls []string // guarded by mu
	known []journal.SessionID
}

func (w *worktrees) note(call string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls = append(w.calls, call)
}

func (w *worktrees) noted() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string{}, w.calls...)
}

func (w *worktrees) Begin(_ journal.SessionID, dir string) { w.note("begin " + dir) }
func (w *worktrees) TurnEnded(_ journal.SessionID, dir, _ string, _ time.Time) {
	w.note("turn " + dir)
}
func (w *worktrees) End(id journal.SessionID)      { w.note("end") }
func (w *worktrees) Sessions() []journal.SessionID { return w.known }
func (w *worktrees) Changes(_ context.Context, _ journal.SessionID, dir string, _ protocol.ChangesQuery) (*protocol.ChangesAnswer, error) {
	a := protocol.NoChanges("all", "")
	a.Files = []protocol.ChangedFile{{Path: dir, Version: "v1"}}
	return a, nil
}

func (w *worktrees) Files(_ context.Context, _ journal.SessionID, dir, query string) (*protocol.FilesAnswer, error) {
	return &protocol.FilesAnswer{Files: []protocol.FileEntry{{Path: dir + "/" + query}}}, nil
}

func TestWorkingDirectory_is_recorded_as_the_session_goes_on(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		recorded := &worktrees{known: []journal.SessionID{journal.NewSharedSessionID(journal.NewHostSessionID())}}
		r, _ := newRoom(t, hub.Options{Worktrees: recorded})
		require.Equal(t, []string{"end"}, recorded.noted(), "a recording without a session is dropped")
		r.agent.Say(rules.AgentUpdated{Facts: protocol.AgentFacts{Cwd: new("/work")}})
		event[*protocol.AgentUpdated](r.host)
		r.host.do(&protocol.Prompt{Prompt: "go"}, nil)
		turn, err := r.agent.NextPrompt(t.Context())
		require.NoError(t, err)
		r.agent.Say(rules.AgentTurnEnded{Turn: turn.Turn, StopReason: "end_turn"})
		event[*protocol.PromptDispatchCompleted](r.host)

		r.host.do(&protocol.ReviewFile{Path: "/work", Version: "v1", Reviewed: true}, nil)
		r.host.do(&protocol.ReviewFile{Path: "/work", Version: "v0", Reviewed: true}, nil)
		id, as := r.id, hub.Credentials{ParticipantID: r.owner.ParticipantID, Token: r.owner.ParticipantToken}
		answer, err := r.hub.Changes(t.Context(), id, as, protocol.ChangesQuery{})
		require.NoError(t, err)
		require.Len(t, answer.Marks, 1, "only of the versions that are listed")
		files, err := r.hub.Files(t.Context(), id, as, "x")
		require.NoError(t, err)
		require.Equal(t, "/work/x", files.Files[0].Path)

		r.host.do(&protocol.Close{}, nil)
		synctest.Wait()
		require.Equal(t, []string{"end", "begin /work", "turn /work", "end"}, recorded.noted())
	})
}
