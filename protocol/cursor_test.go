package protocol_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestCursor_round_trips(t *testing.T) {
	for _, seq := range []uint64{0, 1, math.MaxUint64} {
		c := protocol.NewCursor(seq, [32]byte{0xff, 0xfe, 12: 0x77})
		require.Equal(t, byte(0xff), c.Tag[0])
		require.Len(t, c.String(), 27)
		got, err := protocol.ParseCursor(c.String())
		require.NoError(t, err)
		require.Equal(t, c, got)

		b, err := json.Marshal(c)
		require.NoError(t, err)
		var again protocol.Cursor
		require.NoError(t, json.Unmarshal(b, &again))
		require.Equal(t, c, again)
	}
}

func TestCursor_distinguishes_journals(t *testing.T) {
	require.NotEqual(t, protocol.NewCursor(1, [32]byte{1}).String(), protocol.NewCursor(1, [32]byte{2}).String())
}

func TestParseCursor_refuses_other_texts(t *testing.T) {
	good := protocol.Cursor{Seq: 1}.String()
	for _, s := range []string{"", "1", good[:26], good + "A", good + "=", good[:26] + "+", good[:26] + "B", good[:26] + "\n", good[:9] + "\r\n" + good[9:]} {
		_, err := protocol.ParseCursor(s)
		require.Error(t, err, "%q", s)
	}
}
