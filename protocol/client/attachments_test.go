package client_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
	"parley/protocol/client"
)

func TestRealServer_attachments(t *testing.T) {
	s := newRealSession(t)
	host, ann := open(t, s.host.String(), client.Options{}), open(t, s.invite.String(), quick)
	drain(t, host)
	ctx := withPatience(t)
	for _, size := range []int64{11, -1} {
		a, err := ann.Upload(ctx, client.Upload{Name: "notes & more.md", MimeType: "text/markdown", Content: strings.NewReader("# Some note"), Size: size})
		require.NoError(t, err)
		require.Equal(t, "notes & more.md", a.Name)
		require.Equal(t, "text/markdown", a.MimeType)
		require.EqualValues(t, 11, a.Size)

		content := []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: a.ID}}
		message, err := ann.ChatWith(ctx, protocol.Chat{Content: content})
		require.NoError(t, err)
		require.Equal(t, []protocol.Content{a}, message.Content)
		proposed, err := ann.PromptWith(ctx, protocol.Prompt{Prompt: "read", Content: content})
		require.NoError(t, err)
		require.Equal(t, []protocol.Content{a}, proposed.Content)

		var got bytes.Buffer
		require.NoError(t, host.Download(ctx, a.ID, &got))
		require.Equal(t, "# Some note", got.String())
	}
	require.ErrorIs(t, host.Download(ctx, "../x", new(bytes.Buffer)), &protocol.Error{Code: protocol.CodeAttachmentNotFound})
	_, err := ann.Upload(ctx, client.Upload{Name: "large", Content: bytes.NewReader(make([]byte, 10<<20+1)), Size: 10<<20 + 1})
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeTooLarge})
	require.NoError(t, ann.Close())
	require.NoError(t, host.Close())
}
