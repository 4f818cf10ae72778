package main

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/protocol"
)

// docs/limits.md describes every limit, with its error, its setting and its default.
func TestDocs_describe_every_limit(t *testing.T) {
	t.Parallel()
	rows := map[string][]string{}
	for line := range strings.Lines(readPages(t)["docs/limits.md"]) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if name := strings.Trim(strings.TrimSpace(cells[0]), "`"); len(cells) == 5 && strings.HasPrefix(line, "| `") {
			require.NotContains(t, rows, name)
			rows[name] = cells
		}
	}
	flags := newServeCommand().Flags()
	for _, entry := range protocol.LimitTable[1:] {
		row := rows[entry.Name]
		require.NotNil(t, row, "docs/limits.md does not have %s", entry.Name)
		require.Contains(t, row[3], string(entry.Code), entry.Name)
		if entry.Flag == "" {
			require.NotContains(t, row[4], "--", entry.Name)
			continue
		}
		require.Contains(t, row[4], "`--"+entry.Flag+"`", entry.Name)
		flag := flags.Lookup(entry.Flag)
		require.NotNil(t, flag, "--%s", entry.Flag)
		if flag.DefValue != "0" { // which the server replaces
			require.Equal(t, flag.DefValue, strconv.Itoa(numberIn(t, row[2])), "the default of --%s", entry.Flag)
		}
	}
	require.Len(t, rows, len(protocol.LimitTable)-1, "docs/limits.md has a limit that does not exist")
}

// numberIn returns the number in a cell such as "64 MiB".
func numberIn(t *testing.T, cell string) int {
	t.Helper()
	match := regexp.MustCompile(`([\d,]+)(?: ([KMG]iB))?`).FindStringSubmatch(cell)
	require.NotNil(t, match, cell)
	n, err := strconv.Atoi(strings.ReplaceAll(match[1], ",", ""))
	require.NoError(t, err)
	return n * map[string]int{"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30}[match[2]]
}
