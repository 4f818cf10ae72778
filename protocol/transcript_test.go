package protocol_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// transcriptLine is one line of a transcript. testdata/README.md describes the marks.
type transcriptLine struct {
	number int
	mark   string
	text   string
}

func transcripts(t testing.TB) map[string][]transcriptLine {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	all := make(map[string][]transcriptLine)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		var lines []transcriptLine
		for i, line := range strings.Split(strings.TrimSuffix(string(content), "\n"), "\n") {
			mark, text, found := strings.Cut(line, " ")
			require.True(t, found, "%s:%d has no mark", file, i+1)
			if mark != "#" {
				lines = append(lines, transcriptLine{i + 1, mark, text})
			}
		}
		all[filepath.Base(file)] = lines
	}
	return all
}

func TestTranscripts(t *testing.T) {
	for name, lines := range transcripts(t) {
		t.Run(name, func(t *testing.T) {
			for i, line := range lines {
				switch line.mark {
				case ">":
					clientLineRoundTrips(t, line)
				case ">~":
					_, err := protocol.DecodeRequest([]byte(line.text), protocol.DefaultLimits)
					require.NoError(t, err, "line %d", line.number)
				case ">!":
					require.Less(t, i+1, len(lines), "line %d has no answer", line.number)
					clientLineIsRefused(t, line, lines[i+1])
				case "<":
					serverLineRoundTrips(t, line)
				case "=>":
					httpRequestRoundTrips(t, line)
				case "<=":
					httpResponseRoundTrips(t, line, lines[i-1])
				case "x":
					code, err := strconv.Atoi(line.text)
					require.NoError(t, err, "line %d", line.number)
					require.Contains(t, closeCodes(t), code, "line %d", line.number)
				default:
					t.Fatalf("line %d has an unknown mark %q", line.number, line.mark)
				}
			}
		})
	}
}

func TestTranscripts_contain_every_type(t *testing.T) {
	var text strings.Builder
	for _, lines := range transcripts(t) {
		for _, line := range lines {
			text.WriteString(line.mark + " " + line.text + "\n")
		}
	}
	for _, word := range append(constants(t, "CommandType"), constants(t, "EventType")...) {
		require.Contains(t, text.String(), `"type":"`+word+`"`)
	}
}

func clientLineRoundTrips(t *testing.T, line transcriptLine) {
	t.Helper()
	req, err := protocol.DecodeRequest([]byte(line.text), protocol.DefaultLimits)
	require.NoError(t, err, "line %d", line.number)
	again, err := protocol.EncodeRequest(req)
	require.NoError(t, err, "line %d", line.number)
	requireSameJSON(t, line.text, string(again))
}

func clientLineIsRefused(t *testing.T, line, answer transcriptLine) {
	t.Helper()
	_, err := protocol.DecodeRequest([]byte(line.text), protocol.DefaultLimits)
	require.Error(t, err, "line %d", line.number)
	if answer.mark == "x" {
		require.ErrorIs(t, err, protocol.ErrNotProtocol, "line %d", line.number)
		return
	}
	m, decodeErr := protocol.DecodeServer([]byte(answer.text))
	require.NoError(t, decodeErr, "line %d", answer.number)
	refusal, ok := m.(*protocol.ErrorMessage)
	require.True(t, ok, "line %d is not an error", answer.number)
	require.False(t, errors.Is(err, protocol.ErrNotProtocol), "line %d would close the connection", line.number)
	require.Equal(t, refusal.Error.Code, protocol.AsError(err).Code, "line %d", line.number)
}

func serverLineRoundTrips(t *testing.T, line transcriptLine) {
	t.Helper()
	m, err := protocol.DecodeServer([]byte(line.text))
	require.NoError(t, err, "line %d", line.number)
	again, err := protocol.Encode(m)
	require.NoError(t, err, "line %d", line.number)
	requireSameJSON(t, line.text, string(again))
}

// requireSameJSON compares JSON values, and numbers by their digits.
func requireSameJSON(t *testing.T, want, got string) {
	t.Helper()
	require.Equal(t, jsonValue(t, want), jsonValue(t, got), "%s", got)
}

func jsonValue(t *testing.T, text string) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader([]byte(text)))
	d.UseNumber()
	require.NoError(t, d.Decode(&v), text)
	return v
}
