package live

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub/feed"
)

// The HTML standard takes an id without data as the place to resume from, and dispatches no
// event: clients that do not know hidden events need not change.
func TestEventStream_of_a_hidden_event_has_its_id_alone(t *testing.T) {
	hidden := feed.Line{Bytes: []byte(`{"type":"hidden","cursor":"b"}`), Cursor: "b", Hidden: true}
	lines := []feed.Line{{Bytes: []byte("1"), Cursor: "a"}, hidden, {Bytes: []byte("3"), Cursor: "c"}}
	require.Equal(t, "id: a\ndata: 1\n\nid: b\n\nid: c\ndata: 3\n\n", string(appendEvents(nil, lines)))
}
