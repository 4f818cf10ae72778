package join

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/command"
	"parley/protocol"
)

func TestAttach_finds_a_path_as_people_and_terminals_write_it(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	path := filepath.Join(dir, "two words' .png")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	for _, text := range []string{
		path, "~/two words' .png", filepath.Join(dir, `two\ words\'\ .png`), `"` + path + `"`, `~/'two words'\'' .png'`,
	} {
		found, err := findFile(text, 10<<20)
		require.NoError(t, err, text)
		require.Equal(t, path, found)
	}
	large := filepath.Join(dir, "large")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, protocol.DefaultLimits.AttachmentBytes+1))
	for text, want := range map[string]string{dir: "is not a file", "none": "there is no file", "/dev/zero": "is not a file", large: "the limit is 10.0 MiB"} {
		_, err := findFile(text, 10<<20)
		require.ErrorContains(t, err, want)
	}
}

func TestSave_writes_a_new_file_into_the_current_directory(t *testing.T) {
	t.Chdir(t.TempDir())
	hello := func(to io.Writer) error {
		_, err := io.WriteString(to, "hello")
		return err
	}
	for name, want := range map[string]string{
		"a.png": "a.png", "../../etc/passwd": "_.._etc_passwd", ".bashrc": "bashrc", "-rf": "rf", "..": "attachment", "a/b": "a_b",
	} {
		path, err := saveFile(name, hello)
		require.NoError(t, err)
		require.Equal(t, want, path)
		require.FileExists(t, want)
		_, err = saveFile(name, hello)
		require.ErrorContains(t, err, "already")
	}
	_, err := saveFile("broken", func(io.Writer) error { return errors.New("lost") })
	require.ErrorContains(t, err, "lost")
	require.NoFileExists(t, "broken")
}

func TestScreen_shows_the_texts_that_belong_to_a_proposal_whole(t *testing.T) {
	content := []protocol.Content{
		{Type: protocol.ContentAttachment, Name: "a.png", AsFile: true},
		{Type: protocol.ContentResource, Path: "notes.md", Text: "first\nlast \u202eline"},
	}
	text := contentText(content)
	require.Contains(t, text, "a.png as a file")
	require.Contains(t, text, "[Text 2: notes.md")
	require.Contains(t, text, "first")
	require.Contains(t, text, "line")
	require.NotContains(t, text, "\u202e")
}

func TestAttached_images_become_files_for_an_agent_that_takes_none(t *testing.T) {
	s := newSession(Options{Out: io.Discard})
	s.attached = []protocol.Content{{Type: protocol.ContentAttachment, ID: "f", MimeType: "image/png"}}
	require.False(t, s.takeAttached(command.Prompt)[0].AsFile, "nothing is known of the agent")
	s.room.agent.Capabilities = []byte(`{}`)
	require.True(t, s.takeAttached(command.Prompt)[0].AsFile)
	require.False(t, s.takeAttached(command.Message)[0].AsFile)
	s.room.agent.Capabilities = []byte(`{"promptCapabilities":{"image":true}}`)
	require.False(t, s.takeAttached(command.Interrupt)[0].AsFile)
}

func TestRoom_knows_a_bounded_number_of_attachments(t *testing.T) {
	r := newRoom()
	for range 3 * maxKnownFiles {
		r.know([]protocol.Content{{Type: protocol.ContentAttachment, ID: strings.Repeat("x", len(r.files)), Name: "a"}, {Type: protocol.ContentLink}})
	}
	require.Len(t, r.files, maxKnownFiles)
}
