package realagents

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/hub/hubtest/fakemodel"
	"parley/protocol"
	"parley/protocol/client"
)

func seesAnImage(t *testing.T, r *room) {
	id, data := r.attach(t, "screenshot.png", "image/png", newPicture(t), "SAY: A picture.")
	r.awaitTurn(t, id)
	require.True(t, r.request(t, "SAY: A picture.").HasImage(data))
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

// The agent keeps an image from a model that cannot see, and says so to the model only.
func keepsAnImageFromABlindModel(t *testing.T, r *room) {
	r.set(t, protocol.CategoryModel, r.agent.blind.value)
	defer r.set(t, protocol.CategoryModel, r.agent.model.value)
	id, data := r.attach(t, "picture.png", "image/png", newPicture(t), "SAY: No picture.")
	r.awaitTurn(t, id)
	q := r.request(t, "SAY: No picture.")
	require.Contains(t, q.Model, r.agent.blind.name)
	require.False(t, q.HasImage(data))
	require.Contains(t, q.Last(fakemodel.User).Text, r.agent.blind.note)
}

// The step "sees an image" has shown it for the model of this agent.
func sendsImagesToEveryModel(*testing.T, *room) {}

func hearsAudio(t *testing.T, r *room) {
	id, data := r.attach(t, "memo.wav", "audio/wav", newSound(), "SAY: A sound.")
	r.awaitTurn(t, id)
	require.True(t, r.request(t, "SAY: A sound.").HasAudio(data))
}

// The prompt is refused before anybody approves it. The sound can be sent as a file.
func refusesAudio(t *testing.T, r *room) {
	c, err := r.host.Upload(t.Context(), client.Upload{Name: "memo.wav", MimeType: "audio/wav",
		Content: bytes.NewReader(newSound()), Size: int64(len(newSound()))})
	require.NoError(t, err)
	p := protocol.Prompt{Prompt: "SAY: A sound.", Content: []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: c.ID}}}
	_, err = r.host.PromptWith(t.Context(), p)
	var refusal *protocol.Error
	require.ErrorAs(t, err, &refusal)
	require.Equal(t, protocol.CodeContentNotSupported, refusal.Code)
	p.Content[0].AsFile = true
	a, err := r.host.PromptWith(t.Context(), p)
	require.NoError(t, err)
	r.awaitTurn(t, a.ID)
	require.Contains(t, string(r.request(t, "SAY: A sound.").Raw), "memo.wav")
}

// newSound returns a WAV file of a tenth of a second.
func newSound() []byte {
	samples := make([]byte, 1600)
	for i := range samples {
		samples[i] = byte(i * 7)
	}
	header := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x80\x3e\x00\x00\x01\x00\x08\x00data\x00\x00\x00\x00")
	binary.LittleEndian.PutUint32(header[4:], uint32(len(header)+len(samples)-8))
	binary.LittleEndian.PutUint32(header[40:], uint32(len(samples)))
	return append(header, samples...)
}

// attach sends a prompt with an attachment. It returns the id of the approval, and the
// attachment in base64.
func (r *room) attach(t *testing.T, name, mimeType string, content []byte, prompt string) (id, data string) {
	t.Helper()
	c, err := r.host.Upload(t.Context(), client.Upload{Name: name, MimeType: mimeType, Content: bytes.NewReader(content), Size: int64(len(content))})
	require.NoError(t, err)
	a, err := r.host.PromptWith(t.Context(), protocol.Prompt{Prompt: prompt,
		Content: []protocol.ContentBlock{{Type: protocol.ContentAttachment, ID: c.ID}}})
	require.NoError(t, err)
	return a.ID, base64.StdEncoding.EncodeToString(content)
}

// The model has no tool with which the agent asks people. If it has one, the agent asks only
// whether it may ask, and the model receives no answer.
func hasNoQuestions(t *testing.T, r *room) {
	tools := r.request(t, "Another model").Tools
	require.NotContains(t, tools, "question")
	require.NotContains(t, tools, "ask_user")
	const tool = "ask_user_question"
	if slices.Contains(tools, tool) {
		result, asked := r.callTool(t, "CALL: "+tool+` {"questions":[{"question":"Which fruit?","header":"Fruit","options":`+fruits+`}]}`)
		require.Equal(t, 1, asked)
		require.NotContains(t, result, "Apple")
		require.NotContains(t, result, "Pear")
	}
	require.NotContains(t, readFile(t, recordings(t, r.records)[0], outputFile), `"elicitation/create"`)
}
