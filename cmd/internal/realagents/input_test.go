package realagents

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/hub/hubtest/fakemodel"
	"parley/protocol"
	"parley/protocol/client"
)

func seesAnImage(t *testing.T, r *room) {
	picture := newPicture(t)
	c, err := r.host.Upload(t.Context(), client.Upload{Name: "screenshot.png", MimeType: "image/png",
		Content: bytes.NewReader(picture), Size: int64(len(picture))})
	require.NoError(t, err)
	a, err := r.host.PromptWith(t.Context(), protocol.Prompt{Prompt: "SAY: A picture.",
		Content: []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: c.ID}}})
	require.NoError(t, err)
	r.awaitTurn(t, a.ID)
	require.True(t, r.request(t, "SAY: A picture.").HasImage(base64.StdEncoding.EncodeToString(picture)))
}

// newPicture returns a PNG image that no other call returns.
func newPicture(t *testing.T) []byte {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, 64, 64))
	for i := range m.Pix {
		m.Set(i%64, i/64, color.Gray{Y: uint8(i)})
	}
	var b bytes.Buffer
	require.NoError(t, png.Encode(&b, m))
	return b.Bytes()
}

func asksAQuestion(t *testing.T, r *room) {
	if o := r.agent.planMode; o != "" {
		r.set(t, o, "plan")
		defer r.set(t, o, "default")
	}
	id := r.prompt(t, "CALL: "+r.agent.question, "SAY: Thank you.")
	asked, _ := e2e.AwaitEvent(t, r.host, func(*protocol.ElicitationRequested) bool { return true })
	require.NotNil(t, asked.Form)
	content := map[string]any{}
	for _, f := range asked.Form.Fields {
		if f.Type == protocol.FieldSelect {
			require.Equal(t, []string{"Apple", "Pear"}, []string{f.Options[0].Label(), f.Options[1].Label()})
			content[f.Name] = f.Options[1].Value
		}
	}
	require.Len(t, content, 1)
	_, err := r.host.Accept(t.Context(), asked.RequestID, content)
	require.NoError(t, err)
	r.awaitTurn(t, id)
	require.Contains(t, r.said(t, id), "Thank you.")
	var results strings.Builder
	for _, m := range r.model.Requests()[len(r.model.Requests())-1].Messages {
		if m.Role == fakemodel.Tool {
			results.WriteString(m.Text)
		}
	}
	require.Contains(t, results.String(), "Pear")
}
