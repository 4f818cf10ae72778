package agent

import (
	"fmt"
	"testing"

	"parley/hub/internal/limit"

	"github.com/stretchr/testify/require"
)

// Permission requests wait in memory for people, who may take half an hour.
func TestPermissions_are_bounded_in_bytes_for_each_agent_and_for_all(t *testing.T) {
	const half = maxQuestionBytes / 2
	var all limit.Budget
	ask := func(s *session, id string, bytes int) bool {
		return s.addQuestion(id, pendingQuestion{bytes: bytes})
	}
	fresh := func() *session {
		return &session{questions: map[string]pendingQuestion{}, allQuestionBytes: &all}
	}

	one := fresh()
	require.True(t, ask(one, "1", half))
	require.True(t, ask(one, "2", half))
	require.False(t, ask(one, "3", 1), "the agent's bytes are used up")
	one.mu.Lock()
	one.takeQuestion("1")
	one.takeQuestion("unknown")
	one.mu.Unlock()
	require.True(t, ask(one, "3", half), "an answer frees the bytes of its request")

	var others []*session
	for all.Held()+maxQuestionBytes <= maxAllQuestionBytes {
		s := fresh()
		require.True(t, ask(s, "1", half))
		require.True(t, ask(s, "2", half))
		others = append(others, s)
	}
	last := fresh()
	require.True(t, ask(last, "1", 2*half), "an agent's only request always has room")
	require.False(t, ask(last, "2", 1), "the bytes of all agents are used up")
	require.EqualValues(t, maxAllQuestionBytes+maxQuestionBytes, all.Held())
	last.dropQuestions()
	for _, s := range append(others, one) {
		s.dropQuestions()
		require.Zero(t, s.questionBytes)
	}
	require.Zero(t, all.Held())
}

func TestPermissions_are_bounded_in_number(t *testing.T) {
	s := &session{questions: map[string]pendingQuestion{}, allQuestionBytes: new(limit.Budget)}
	for i := range maxQuestions {
		require.True(t, s.addQuestion(fmt.Sprint(i), pendingQuestion{bytes: 1}))
	}
	require.False(t, s.addQuestion("one more", pendingQuestion{bytes: 1}))
}
