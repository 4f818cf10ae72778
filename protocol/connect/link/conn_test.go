package link

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// A frame that arrives while a connection is told to end must not prolong it.
func TestConn_ends_although_something_arrives(t *testing.T) {
	accepted := make(chan *websocket.Conn, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := websocket.Accept(w, r, nil)
		if err == nil {
			accepted <- ws
			<-ws.CloseRead(t.Context()).Done()
		}
	}))
	defer s.Close()
	ws, _, err := websocket.Dial(t.Context(), s.URL, nil)
	require.NoError(t, err)
	c := NewConn(ws, time.Hour)
	defer c.Cut()
	c.closing.Store(&closing{1000, "the end"})
	c.expired.Store(true)
	c.heard() // after CloseLater has reset the timer, and before the timer calls end
	_, _, err = ws.Reader(t.Context())
	require.Error(t, err)
	(<-accepted).CloseNow()
}
