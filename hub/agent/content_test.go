package agent_test

import (
	"encoding/json"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"parley/hub/agent"
	"parley/hub/blobs"
	"parley/hub/blobs/dir"
	"parley/hub/journal"
	"parley/hub/rules"
	"parley/protocol"
)

// attachments are a store with files, and a fake agent whose input is recorded.
type attachments struct {
	t      *testing.T
	store  *dir.Store
	shared journal.SessionID
	setup  setup
	input  string // the file with what the agent has read
}

// withAttachments returns a setup for the fake agent with a behaviour.
func withAttachments(t *testing.T, how string) *attachments {
	store, err := dir.Open(t.TempDir(), blobs.DefaultLimits)
	require.NoError(t, err)
	a := &attachments{t: t, store: store, shared: journal.SessionID{7}, setup: fake(how), input: filepath.Join(t.TempDir(), "in")}
	a.setup.profile.Command = []string{"sh", "-c", `tee "$1" | "$0"`, os.Args[0], a.input}
	a.setup.options.Attachments, a.setup.options.FilesDir = store, filepath.Join(t.TempDir(), "files")
	return a
}

// addEmpty stores a file of a size.
func (a *attachments) addEmpty(id, mimeType string, size int64) protocol.Content {
	a.t.Helper()
	_, err := a.store.Put(a.t.Context(), a.shared, blobs.File{ID: id}, io.LimitReader(zeros{}, size), size)
	require.NoError(a.t, err)
	return protocol.Content{Type: protocol.ContentAttachment, ID: id, Name: id, MimeType: mimeType, Size: size}
}

// zeros is an endless file.
type zeros struct{}

// Read implements [io.Reader].
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

// add stores a file and returns it as a prompt names it.
func (a *attachments) add(id, name, mimeType, content string) protocol.Content {
	a.t.Helper()
	f, err := a.store.Put(a.t.Context(), a.shared, blobs.File{ID: id}, strings.NewReader(content), int64(len(content)))
	require.NoError(a.t, err)
	return protocol.Content{Type: protocol.ContentAttachment, ID: id, Name: name, MimeType: mimeType, Size: f.Size}
}

func (a *attachments) turn(r *running, content ...protocol.Content) rules.AgentTurnEnded {
	a.t.Helper()
	r.Prompt(rules.AgentPrompt{Turn: "t", Shared: a.shared, Text: "hello look", Content: content})
	end, _ := await[rules.AgentTurnEnded](r)
	require.Equal(a.t, "t", end.Turn)
	return end
}

// prompts returns the blocks of the prompts that the agent has read, without their texts.
func (a *attachments) prompts() (blocks []string) {
	a.t.Helper()
	input, err := os.ReadFile(a.input)
	require.NoError(a.t, err)
	for line := range strings.Lines(string(input)) {
		var m struct {
			Method string
			Params struct{ Prompt []json.RawMessage }
		}
		require.NoError(a.t, json.Unmarshal([]byte(line), &m))
		if m.Method == "session/prompt" {
			require.JSONEq(a.t, `{"type":"text","text":"hello look"}`, string(m.Params.Prompt[0]))
			for _, b := range m.Params.Prompt[1:] {
				blocks = append(blocks, string(b))
			}
		}
	}
	return blocks
}

func TestPrompt_gives_the_agent_its_content_in_the_form_that_it_takes(t *testing.T) {
	t.Parallel()
	a := withAttachments(t, "takes everything")
	r := ready(t, a.setup)
	asFile := a.add("pic-2", "pic.png", "image/png", "PNG")
	asFile.AsFile = true
	end := a.turn(r,
		a.add("pic", "pic.png", "image/png", "PNG"), a.add("clip", "clip.wav", "audio/wav", "WAV"), asFile,
		a.add("notes", "../no tes.md", "text/markdown", "# ü"), a.add("zip", "a.zip", "application/zip", "PK\x03"),
		a.add("log", "long.log", "text/plain", strings.Repeat("x", 64<<10+1)),
		protocol.Content{Type: protocol.ContentLink, Path: "src/a b.go", Name: "a b.go", MimeType: "text/x-go"},
		protocol.Content{Type: protocol.ContentResource, URI: "https://example.com/", Name: "example", Text: "<p>"})
	require.NoError(t, end.Err)
	got := a.prompts()
	require.Len(t, got, 8)
	require.JSONEq(t, `{"type":"image","data":"UE5H","mimeType":"image/png"}`, got[0])
	require.JSONEq(t, `{"type":"audio","data":"V0FW","mimeType":"audio/wav"}`, got[1])
	require.Contains(t, got[2], `"type":"resource_link"`)
	require.Equal(t, "PNG", a.linked(got[2]))
	require.Contains(t, got[3], `"text":"# ü"`)
	require.Equal(t, "# ü", a.linked(got[3]))
	require.Contains(t, got[3], "/notes/_no_tes.md")
	require.Equal(t, "PK\x03", a.linked(got[4]))
	require.Contains(t, got[5], `"type":"resource_link"`, "the agent reads a long text itself")
	require.Contains(t, got[6], `/src/a%20b.go","name":"a b.go","mimeType":"text/x-go"}`)
	require.JSONEq(t, `{"type":"resource","resource":{"uri":"https://example.com/","text":"<p>"}}`, got[7])
}

// linked returns the content of the file that a block refers to.
func (a *attachments) linked(block string) string {
	a.t.Helper()
	var b struct {
		URI      string
		Resource struct{ URI string }
	}
	decode(a.t, block, &b)
	address, err := url.Parse(b.URI + b.Resource.URI)
	require.NoError(a.t, err)
	content, err := os.ReadFile(address.Path)
	require.NoError(a.t, err)
	info, err := os.Stat(address.Path)
	require.NoError(a.t, err)
	require.Equal(a.t, os.FileMode(0o600), info.Mode().Perm())
	return string(content)
}

func TestPrompt_with_content_that_the_agent_does_not_take_fails_and_the_next_one_runs(t *testing.T) {
	t.Parallel()
	a := withAttachments(t, "")
	r := ready(t, a.setup)
	picture := a.add("pic", "pic.png", "image/png", "PNG")
	require.ErrorIs(t, a.turn(r, picture).Err, &protocol.Error{Code: protocol.CodeContentNotSupported})
	gone := picture
	gone.ID, gone.AsFile = "gone", true
	require.ErrorIs(t, a.turn(r, gone).Err, blobs.ErrNotFound)
	require.Empty(t, a.prompts())
	picture.AsFile = true
	require.NoError(t, a.turn(r, picture).Err)
	notes := a.add("notes", "notes.md", "text/markdown", "# a")
	require.NoError(t, a.turn(r, notes).Err)
	got := a.prompts()
	require.Len(t, got, 2)
	require.Equal(t, "PNG", a.linked(got[0]))
	require.Contains(t, got[1], `"type":"resource_link"`)
}

// An operator may allow files that no line of the protocol should contain.
func TestPrompt_gives_the_agent_no_more_than_20_MiB_of_images_in_the_prompt_itself(t *testing.T) {
	t.Parallel()
	a := withAttachments(t, "takes everything")
	r := ready(t, a.setup)
	const largest = 10 << 20
	require.NoError(t, a.turn(r,
		a.addEmpty("a", "image/png", largest), a.addEmpty("b", "audio/wav", largest-1),
		a.addEmpty("c", "image/png", 2), a.addEmpty("d", "image/png", 1)).Err)
	got := a.prompts()
	require.Len(t, got, 4)
	for i, want := range []string{"image", "audio", "resource_link", "image"} {
		require.Contains(t, got[i], `{"type":"`+want+`"`)
	}
	require.Equal(t, "\x00\x00", a.linked(got[2]))
}

func TestSweepFiles_removes_the_files_of_host_sessions_that_are_gone(t *testing.T) {
	t.Parallel()
	a := withAttachments(t, "takes everything")
	r := ready(t, a.setup)
	require.NoError(t, a.turn(r, a.add("zip", "a.zip", "application/zip", "PK")).Err)
	launcher, err := agent.NewLauncher(nil, zap.NewNop(), a.setup.options)
	require.NoError(t, err)
	asked := 0
	for _, needed := range []bool{true, false} {
		require.NoError(t, launcher.SweepFiles(func(host journal.SessionID) bool {
			require.Equal(t, a.setup.spec.HostSession, host)
			asked++
			return needed
		}))
		left, err := os.ReadDir(a.setup.options.FilesDir)
		require.NoError(t, err)
		require.Equal(t, needed, len(left) == 1)
	}
	require.Equal(t, 2, asked)
}
