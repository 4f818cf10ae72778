package wire_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"parley/hub/agent/wire"
)

const newID = "11111111-2222-4333-8444-555555555555"

// slowSplice implements WithSession with the standard library's decoder.
func slowSplice(line []byte) []byte {
	quoted, _ := json.Marshal(newID)
	return replace(line, "params", func(params []byte) []byte {
		return replace(params, "sessionId", func([]byte) []byte { return quoted })
	})
}

// replace replaces the values of a name in an object.
func replace(object []byte, name string, by func([]byte) []byte) []byte {
	dec := json.NewDecoder(bytes.NewReader(object))
	if first, err := dec.Token(); err != nil || first != json.Delim('{') {
		return object
	}
	var out []byte
	copied := 0
	for dec.More() {
		key, _ := dec.Token()
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			return nil
		}
		if key == name {
			end := int(dec.InputOffset())
			out = append(out, object[copied:end-len(value)]...)
			out = append(out, by(value)...)
			copied = end
		}
	}
	return append(out, object[copied:]...)
}

// checkSplice compares WithSession with the reference, and returns its result, or nil
// for a line that is not a message.
func checkSplice(t require.TestingT, line []byte) []byte {
	line = wire.Clean(line)
	require.True(t, utf8.Valid(line))
	m, err := wire.Parse(line)
	if err != nil {
		return nil
	}
	out := m.WithSession(newID)
	require.True(t, json.Valid(out))
	require.Equal(t, string(slowSplice(line)), string(out))
	return out
}

// genJSON generates JSON text with white space, escapes and repetitions that decoding
// and encoding would not preserve.
func genJSON(depth int) *rapid.Generator[string] {
	space := rapid.SampledFrom([]string{"", "", "", " ", "\t", "  "})
	scalar := rapid.OneOf(
		rapid.SampledFrom([]string{"null", "true", "false", "0", "-0.0", "1e400", "123456789012345678901234567890",
			`""`, `"\"\\\/\b"`, `"\ud83d\ude00\ud800"`, `"}]{["`, `"sessionId"`, `"<&>"`}),
		rapid.Map(rapid.String(), quote),
	)
	if depth == 0 {
		return scalar
	}
	key := rapid.OneOf(
		rapid.SampledFrom([]string{`"method"`, `"id"`, `"params"`, `"sessionId"`, `"session\u0049d"`, `"\u0070arams"`,
			`"update"`, `"sessionUpdate"`, `"result"`, `"SessionID"`, `""`}),
		rapid.Map(rapid.String(), quote),
	)
	value := genJSON(depth - 1)
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
			return scalar.Draw(t, "scalar")
		}
		object := rapid.IntRange(0, 3).Draw(t, "object") > 0
		var parts []string
		for range rapid.IntRange(0, 4).Draw(t, "members") {
			part := space.Draw(t, "s") + value.Draw(t, "value") + space.Draw(t, "s")
			if object {
				part = space.Draw(t, "s") + key.Draw(t, "key") + space.Draw(t, "s") + ":" + part
			}
			parts = append(parts, part)
		}
		if object {
			return "{" + strings.Join(parts, ",") + "}"
		}
		return "[" + strings.Join(parts, ",") + "]"
	})
}

func quote(s string) string {
	raw, _ := json.Marshal(s)
	return string(raw)
}

func TestMessage_WithSession_equals_the_reference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		params := genJSON(4).Draw(t, "params")
		rest := genJSON(2).Draw(t, "rest")
		line := `{"jsonrpc":"2.0","method":"m","params":` + params + `,"x":` + rest + `}`
		require.NotNil(t, checkSplice(t, []byte(line)))
		checkSplice(t, []byte(rest))
	})
}

func FuzzMessage_WithSession(f *testing.F) {
	for _, line := range transcripts(f) {
		f.Add(line)
	}
	f.Add([]byte("{\"jsonrpc\":\"2.0\",\"method\":\"m\",\r\"params\":{\"sessionId\":\"\xff\"}}"))
	f.Fuzz(func(t *testing.T, line []byte) { checkSplice(t, line) })
}

func TestMessage_WithSession_changes_only_the_id_in_transcripts(t *testing.T) {
	for _, line := range transcripts(t) {
		out := checkSplice(t, line)
		require.NotNil(t, out, "%s", line)
		// The id occurs only once in these lines, so replacing it back restores them.
		back := bytes.Replace(out, []byte(newID), []byte("agent-session-1"), 1)
		require.Equal(t, string(line), string(back))
	}
}

// transcripts returns the lines of testdata, which are typical of agents.
func transcripts(t testing.TB) [][]byte {
	files, err := filepath.Glob(filepath.Join("testdata", "*.jsonl"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var lines [][]byte
	for _, name := range files {
		file, err := os.Open(name)
		require.NoError(t, err)
		scanner := bufio.NewScanner(file)
		for scanner.Scan() {
			lines = append(lines, bytes.Clone(scanner.Bytes()))
		}
		require.NoError(t, scanner.Err())
		require.NoError(t, file.Close())
	}
	return lines
}
