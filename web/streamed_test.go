package web

import (
	"encoding/json"
	"errors"
	"iter"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/rules"
	"parley/protocol"
)

func TestStreamedAnswer(t *testing.T) {
	s := New(hub.New(nil, nil, rules.Key{}, hub.Options{}), Options{})
	list := func(n int, size int, end error) iter.Seq2[protocol.Message, error] {
		return func(yield func(protocol.Message, error) bool) {
			for range n {
				if !yield(protocol.Message{Text: strings.Repeat("x", size)}, nil) {
					return
				}
			}
			if end != nil {
				yield(protocol.Message{}, end)
			}
		}
	}
	write := func(messages iter.Seq2[protocol.Message, error]) (*httptest.ResponseRecorder, error) {
		w := httptest.NewRecorder()
		return w, s.writeStreamed(w, httptest.NewRequest("GET", "/", nil), streamedAnswer{listMember("messages", messages)})
	}
	for _, n := range []int{0, 1, 3, 1000} {
		w, err := write(list(n, 100, nil))
		require.NoError(t, err)
		var got protocol.MessagesAnswer
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		require.Len(t, got.Messages, n)
		require.NotNil(t, got.Messages, "an empty list is not null")
		require.Equal(t, n < 100, w.Header().Get("Content-Length") != "", "a short answer is written as a whole")
	}
	broken := errors.New("the disk is gone")
	t.Run("returns an error before the first write", func(t *testing.T) {
		_, err := write(list(2, 100, broken))
		require.ErrorIs(t, err, broken)
	})
	t.Run("closes the connection after an error behind the first write", func(t *testing.T) {
		require.PanicsWithValue(t, http.ErrAbortHandler, func() { _, _ = write(list(1000, 100, broken)) })
	})
}

func TestStreamedAnswer_encodes_the_bytes_of_Marshal(t *testing.T) {
	none := func(func(protocol.Participant, error) bool) {}
	one := func(yield func(protocol.Approval, error) bool) { yield(protocol.Approval{ID: "a"}, nil) }
	want, err := protocol.Marshal(protocol.StateAnswer{
		Session:      protocol.Session{ID: "s"},
		Participants: []protocol.Participant{},
		Approvals:    []protocol.Approval{{ID: "a"}},
		Cursor:       "c",
	})
	require.NoError(t, err)
	var got []byte
	for piece, err := range (streamedAnswer{
		member("session", protocol.Session{ID: "s"}),
		listMember("participants", none),
		listMember("approvals", one),
		member("cursor", "c"),
	}).pieces() {
		require.NoError(t, err)
		got = append(got, piece...)
	}
	require.Equal(t, string(want), string(got))
}
