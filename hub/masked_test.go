package hub_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"parley/hub"
	"parley/hub/redact"
	"parley/hub/rules"
	"parley/protocol"
)

func TestChanges_show_guests_no_secret(t *testing.T) {
	r, err := redact.New(redact.Options{})
	require.NoError(t, err)
	const block = "+-----BEGIN PRIVATE KEY-----\n+MIIE\n+-----END PRIVATE KEY-----\n"
	changes := &protocol.ChangesAnswer{Files: []protocol.ChangedFile{
		{Path: ".env", Patch: "@@ -1 +1 @@\n-PASSWORD=hunter2x\n+PASSWORD=hunter3x\n"},
		{Path: "key.pem", Patch: "@@ -0,0 +1,3 @@\n" + block},
		{Path: "a.go", Patch: "@@ -1 +1 @@\n-a\n+b\n"},
	}}
	shown := hub.Masked(r, rules.Projection{}, changes)
	require.Equal(t, "@@ -1 +1 @@\n-PASSWORD=[redacted]\n+PASSWORD=[redacted]\n", shown.Files[0].Patch)
	require.Empty(t, shown.Files[1].Patch, "a mask of several lines leaves no valid diff")
	require.Equal(t, -1, shown.Files[1].Left)
	require.Equal(t, changes.Files[2], shown.Files[2])
	require.Contains(t, changes.Files[1].Patch, block, "the answer itself is unchanged")
	require.Same(t, changes, hub.Masked(r, rules.Projection{Whole: true}, changes))
}
