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
	"parley/protocol"
)

func TestLongAnswer(t *testing.T) {
	s := New(hub.New(nil, nil, hub.Key{}, hub.Options{}), Options{})
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
	write := func(t *testing.T, messages iter.Seq2[protocol.Message, error]) (*httptest.ResponseRecorder, error) {
		a, err := newLongAnswer(protocol.MessagesAnswer{}, "messages", messages)
		require.NoError(t, err)
		w := httptest.NewRecorder()
		return w, s.writeLong(w, httptest.NewRequest("GET", "/", nil), http.StatusOK, a)
	}
	for _, n := range []int{0, 1, 3, 1000} {
		w, err := write(t, list(n, 100, nil))
		require.NoError(t, err)
		var got protocol.MessagesAnswer
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &got))
		require.Len(t, got.Messages, n)
		require.NotNil(t, got.Messages, "an empty list is none that is missing")
		require.Equal(t, n < 100, w.Header().Get("Content-Length") != "", "a short one is like any other answer")
	}
	broken := errors.New("the disk is gone")
	t.Run("an error at first is answered", func(t *testing.T) {
		_, err := write(t, list(2, 100, broken))
		require.ErrorIs(t, err, broken)
	})
	t.Run("an error in the middle breaks the connection off", func(t *testing.T) {
		require.PanicsWithValue(t, http.ErrAbortHandler, func() { _, _ = write(t, list(1000, 100, broken)) })
	})
}
