package protocol_test

import (
	"fmt"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// tableRows returns the rows of the first table under a heading of PROTOCOL.md, as
// cells without backquotes.
func tableRows(t *testing.T, heading string) [][]string {
	t.Helper()
	content, err := os.ReadFile("PROTOCOL.md")
	require.NoError(t, err)
	_, section, found := strings.Cut(string(content), "\n## "+heading+"\n")
	require.True(t, found, heading)
	var rows [][]string
	for line := range strings.SplitSeq(section, "\n") {
		if !strings.HasPrefix(line, "|") {
			if len(rows) > 0 {
				break
			}
			continue
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.Trim(line, "| "), " | ") {
			cells = append(cells, strings.Trim(strings.TrimSpace(cell), "`"))
		}
		rows = append(rows, cells)
	}
	require.Greater(t, len(rows), 2, heading)
	return rows[2:]
}

func firstCells(rows [][]string) (cells []string) {
	for _, row := range rows {
		cells = append(cells, row[0])
	}
	return cells
}

func TestDocument_names_every_command(t *testing.T) {
	require.ElementsMatch(t, constants(t, "CommandType"), firstCells(tableRows(t, "Commands")))
}

func TestDocument_names_only_known_errors_of_commands(t *testing.T) {
	named := 0
	for _, row := range tableRows(t, "Commands") {
		if len(row) < 5 {
			continue // the command has no errors of its own
		}
		for _, name := range strings.Split(row[4], ", ") {
			require.Contains(t, protocol.Catalogue, protocol.Code(strings.Trim(name, "`")), row[0])
			named++
		}
	}
	require.Greater(t, named, 30)
}

func TestDocument_names_every_member_of_every_command(t *testing.T) {
	payloads := make(map[string]string)
	for _, row := range tableRows(t, "Commands") {
		payloads[row[0]] = row[1]
	}
	for _, command := range everyCommand {
		body, err := protocol.Marshal(command)
		require.NoError(t, err)
		for member := range jsonValue(t, string(body)).(map[string]any) {
			require.Contains(t, payloads[string(command.CommandType())], member, "%s", command.CommandType())
		}
	}
}

func TestDocument_names_every_event_and_its_members(t *testing.T) {
	rows := tableRows(t, "Events")
	require.ElementsMatch(t, constants(t, "EventType"), firstCells(rows))
	payloads := make(map[string]string)
	for _, row := range rows {
		payloads[row[0]] = row[1]
	}
	for _, payload := range everyPayload {
		if _, unknown := payload.(*protocol.UnknownPayload); unknown {
			continue
		}
		body, err := protocol.MarshalPayload(payload)
		require.NoError(t, err)
		for member := range jsonValue(t, string(body)).(map[string]any) {
			require.Contains(t, payloads[string(payload.EventType())], member, "%s", payload.EventType())
		}
	}
}

func TestDocument_names_every_message_of_the_server(t *testing.T) {
	want := []string{protocol.TypeWelcome, protocol.TypeOK, protocol.TypeError, protocol.TypePresence,
		protocol.TypeTyping, protocol.TypePong, protocol.TypeConnected, protocol.TypeHidden, "an event"}
	require.ElementsMatch(t, want, firstCells(tableRows(t, "What the server sends")))
}

func TestDocument_contains_the_error_catalogue(t *testing.T) {
	rows := tableRows(t, "Errors")
	require.ElementsMatch(t, constants(t, "Code"), firstCells(rows))
	for _, row := range rows {
		entry := protocol.Catalogue[protocol.Code(row[0])]
		retry := map[bool]string{true: "yes", false: "no"}[entry.Retryable]
		require.Equal(t, []string{row[0], fmt.Sprint(entry.Status), fmt.Sprint(entry.Close), retry}, row[:4])
	}
}

func TestDocument_contains_every_close_code(t *testing.T) {
	want := []string{"1000"} // of RFC 6455, for a normal closure
	for code := range closeCodes(t) {
		want = append(want, strconv.Itoa(code))
	}
	require.ElementsMatch(t, want, firstCells(tableRows(t, "Close codes")))
}

func TestDocument_states_the_limits(t *testing.T) {
	content, err := os.ReadFile("PROTOCOL.md")
	require.NoError(t, err)
	l := protocol.DefaultLimits
	for _, limit := range []string{
		fmt.Sprintf("at most %d KiB, `prompt` %d KiB, `reason` %d KiB", l.MessageBytes>>10, l.PromptBytes>>10, protocol.MaxReasonLength>>10),
		fmt.Sprintf("may have %d MiB", l.FrameBytes>>20),
		fmt.Sprintf("0 to %d", l.RecentEvents), fmt.Sprintf("1 to %d", l.HistoryLimit),
		fmt.Sprintf("1 to %d characters", protocol.MaxCommandIDLength), fmt.Sprintf("at most %d characters", protocol.MaxNameLength),
		fmt.Sprintf("Within %.0f s", protocol.FirstCommandTimeout.Seconds()),
	} {
		require.Contains(t, string(content), limit)
	}
}

func TestDocument_names_every_member_of_creation_requests(t *testing.T) {
	content, err := os.ReadFile("PROTOCOL.md")
	require.NoError(t, err)
	for request, body := range map[string]any{
		"POST /api/sessions":        protocol.CreateHostSession{},
		"POST /api/shared-sessions": protocol.CreateSharedSession{},
	} {
		_, row, found := strings.Cut(string(content), "\n| `"+request+"` |")
		require.True(t, found, request)
		row, _, _ = strings.Cut(row, "\n")
		for field := range reflect.TypeOf(body).Fields() {
			name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
			if options == "omitzero" {
				name += "?"
			}
			require.Contains(t, row, "`"+name+"`", request)
		}
	}
}
