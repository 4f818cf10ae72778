package rules

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestKey_Verify_accepts_a_token_for_its_own_purpose_alone(t *testing.T) {
	key := Key{1}
	token := key.Token(ParticipantToken, "ada", 1)
	require.Len(t, token, 43)
	require.True(t, key.Verify(ParticipantToken, "ada", 1, token))
	require.False(t, key.Verify(InviteToken, "ada", 1, token), "another kind")
	require.False(t, key.Verify(ParticipantToken, "ben", 1, token), "another id")
	require.False(t, key.Verify(ParticipantToken, "ada", 2, token), "another generation")
	require.False(t, Key{2}.Verify(ParticipantToken, "ada", 1, token), "another key")
	require.False(t, key.Verify(ParticipantToken, "ada", 1, token[:42]), "a prefix")
	require.False(t, key.Verify(ParticipantToken, "ada", 1, ""), "none")
}
