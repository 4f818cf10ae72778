package protocol_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func TestAppendWelcome_encodes_every_member(t *testing.T) {
	w := protocol.Welcome{Presence: []string{"a"}, Approvals: []protocol.Approval{{ID: "b"}}, Cursor: "c", Limits: protocol.DefaultLimits}
	plain, err := protocol.Marshal(w)
	require.NoError(t, err)
	line, err := protocol.AppendWelcome(nil, "1", &w, nil)
	require.NoError(t, err)
	require.Equal(t, `{"type":"welcome","id":"1","payload":`+string(plain)+`}`, string(line))
}
