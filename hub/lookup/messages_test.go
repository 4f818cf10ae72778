package lookup_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/history"
	"parley/hub/journal"
	"parley/hub/lookup"
	"parley/hub/rules"
	"parley/hub/rules/shared"
	"parley/protocol"
)

// pageOf binds a method that reads a page to a reader.
func pageOf[T any](t *testing.T, r history.Reader, page func(context.Context, history.Reader, journal.Seq) ([]T, journal.Seq, error)) func(journal.Seq) ([]T, journal.Seq, error) {
	return func(from journal.Seq) ([]T, journal.Seq, error) { return page(t.Context(), r, from) }
}

// messages reads all pages of messages.
func messages(t *testing.T, m lookup.Messages, r history.Reader) ([]protocol.Message, []int) {
	return readAll(t, 1, pageOf(t, r, m.Page))
}

func TestMessages_Page(t *testing.T) {
	chat := func(s session, text string) {
		require.NoError(s.T, s.Send(s.Owner(), &protocol.Chat{Text: text}).Err)
	}
	t.Run("lists every message once, the oldest first", func(t *testing.T) {
		s := newSession(t)
		const n = history.PageItems + 5
		for i := range n {
			chat(s, fmt.Sprint("message ", i))
			s.AgentReports(rules.Notifications{[]byte(`{}`)}) // other events do not count
			s.DeliverAll()
		}
		got, sizes := messages(t, answer[lookup.Messages](s, shared.ReadMessages), s.reader())
		require.Len(t, got, n)
		for i, m := range got {
			require.Equal(t, fmt.Sprint("message ", i), m.Text)
		}
		require.Equal(t, []int{history.PageItems, 5}, sizes)
	})
	t.Run("contains prompts that waited for an approval", func(t *testing.T) {
		s := newSession(t)
		s.Prompt(s.Owner()) // runs without an approval
		id := s.Prompt(s.Join("ben", ""))
		got, _ := messages(t, answer[lookup.Messages](s, shared.ReadMessages), s.reader())
		require.Len(t, got, 1)
		require.Equal(t, protocol.MessagePrompt, got[0].Kind)
		require.Equal(t, id, *got[0].ApprovalID)
	})
	t.Run("is bounded in bytes", func(t *testing.T) {
		s := newSession(t)
		for range 10 {
			chat(s, strings.Repeat("x", 20<<10))
		}
		_, sizes := messages(t, answer[lookup.Messages](s, shared.ReadMessages), s.reader())
		require.Equal(t, []int{4, 4, 2}, sizes)
	})
	t.Run("leaves out messages that came after the answer was made", func(t *testing.T) {
		s := newSession(t)
		chat(s, "early")
		before := answer[lookup.Messages](s, shared.ReadMessages)
		chat(s, "late")
		got, _ := messages(t, before, s.reader())
		require.Len(t, got, 1)
	})
}
