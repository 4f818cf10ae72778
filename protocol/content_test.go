package protocol_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

func decodePrompt(content string) (*protocol.Prompt, error) {
	line := `{"id":"1","type":"prompt","payload":{"prompt":"do","content":` + content + `}}`
	req, err := protocol.DecodeRequest([]byte(line), protocol.DefaultLimits)
	prompt, _ := req.Command.(*protocol.Prompt)
	return prompt, err
}

func TestContent_is_decoded_strictly(t *testing.T) {
	long := strings.Repeat("a", protocol.MaxContentURI+1)
	for content, code := range map[string]protocol.Code{
		`{}`:                               protocol.CodeInvalidRequest,
		`["x"]`:                            protocol.CodeInvalidRequest,
		`[null]`:                           protocol.CodeInvalidRequest,
		`[{}]`:                             protocol.CodeInvalidRequest,
		`[{"type":"blob"}]`:                protocol.CodeInvalidRequest,
		`[{"type":7}]`:                     protocol.CodeInvalidRequest,
		`[{"Type":"attachment","id":"f"}]`: protocol.CodeInvalidRequest,
		`[{"type":"attachment"}]`:          protocol.CodeInvalidRequest,
		`[{"type":"attachment","id":7}]`:   protocol.CodeInvalidRequest,
		`[{"type":"attachment","id":"` + long + `"}]`:                                                                 protocol.CodeInvalidRequest,
		`[{"type":"resource_link"}]`:                                                                                  protocol.CodeInvalidRequest,
		`[{"type":"resource_link","path":"a","uri":"file:///a"}]`:                                                     protocol.CodeInvalidRequest,
		`[{"type":"resource_link","path":"/etc/passwd"}]`:                                                             protocol.CodeInvalidRequest,
		`[{"type":"resource_link","path":"a/../../b"}]`:                                                               protocol.CodeInvalidRequest,
		`[{"type":"resource_link","path":".."}]`:                                                                      protocol.CodeInvalidRequest,
		`[{"type":"resource_link","path":"a\u0000b"}]`:                                                                protocol.CodeInvalidRequest,
		`[{"type":"resource_link","path":"a\u202eb"}]`:                                                                protocol.CodeInvalidRequest,
		`[{"type":"resource_link","uri":"no scheme"}]`:                                                                protocol.CodeInvalidRequest,
		`[{"type":"resource_link","path":"` + long + `"}]`:                                                            protocol.CodeTooLarge,
		`[{"type":"resource_link","path":"a","name":"a\nb"}]`:                                                         protocol.CodeInvalidRequest,
		`[{"type":"resource_link","path":"a","mimeType":"Text/Plain; a=b"}]`:                                          protocol.CodeInvalidRequest,
		`[{"type":"resource","path":"a"}]`:                                                                            protocol.CodeInvalidRequest,
		`[{"type":"resource","text":"a"}]`:                                                                            protocol.CodeInvalidRequest,
		`[` + strings.Repeat(`{"type":"attachment","id":"f"},`, 16) + `{"type":"attachment","id":"f"}]`:               protocol.CodeTooLarge,
		`[{"type":"resource","path":"a","text":"` + strings.Repeat("a", protocol.DefaultLimits.PromptBytes-1) + `"}]`: protocol.CodeTooLarge,
	} {
		_, err := decodePrompt(content)
		require.ErrorIs(t, err, &protocol.Error{Code: code}, "%.100s", content)
	}
}

func TestContent_is_normalized(t *testing.T) {
	prompt, err := decodePrompt(`[
		{"type":"attachment","id":"f","name":"not the client's to say","mimeType":"text/html","text":"a"},
		{"type":"resource_link","path":"./src//a.go","id":"f","asFile":true,"text":"a"},
		{"type":"resource","uri":"https://example.com/notes/","text":" a "}]`)
	require.NoError(t, err)
	require.Equal(t, []protocol.ContentBlock{
		{Type: protocol.ContentAttachment, ID: "f"},
		{Type: protocol.ContentLink, Path: "src/a.go", Name: "a.go"},
		{Type: protocol.ContentResource, URI: "https://example.com/notes/", Name: "notes", Text: " a "},
	}, prompt.Content)
}

func TestContent_may_take_the_place_of_a_text(t *testing.T) {
	const content = `"content":[{"type":"attachment","id":"f"}]`
	for _, line := range []string{
		`{"id":"1","type":"prompt","payload":{"prompt":" ",` + content + `}}`,
		`{"id":"1","type":"chat","payload":{"text":"",` + content + `}}`,
	} {
		_, err := protocol.DecodeRequest([]byte(line), protocol.DefaultLimits)
		require.NoError(t, err)
		_, err = protocol.DecodeRequest([]byte(strings.Replace(line, content, `"content":[]`, 1)), protocol.DefaultLimits)
		require.Error(t, err)
	}
}

func TestNameContent_names_each_part_once(t *testing.T) {
	raw, err := os.ReadFile("testdata/content.json")
	require.NoError(t, err)
	var fixtures struct {
		Cases []struct {
			Name, Text, Named string
			Content           []protocol.Content
		}
	}
	require.NoError(t, json.Unmarshal(raw, &fixtures))
	require.NotEmpty(t, fixtures.Cases)
	for _, c := range fixtures.Cases {
		named := protocol.NameContent(c.Text, c.Content)
		require.Equal(t, c.Named, named, c.Name)
		require.Equal(t, named, protocol.NameContent(named, c.Content), c.Name)
	}
}

func TestFormatSize(t *testing.T) {
	for size, want := range map[int64]string{
		0: "0 bytes", 1: "1 byte", 1023: "1023 bytes", 1024: "1.0 KiB", 1<<20 - 1: "1023.9 KiB", 10 << 20: "10.0 MiB", 3 << 29: "1.5 GiB",
	} {
		require.Equal(t, want, protocol.FormatSize(size))
	}
}
