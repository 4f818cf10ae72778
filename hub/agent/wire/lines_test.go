package wire_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"parley/hub/agent/wire"
)

// readAll returns the lines of a stream, "TOO LONG" for one that was dropped.
func readAll(t testing.TB, r io.Reader, limit int) []string {
	t.Helper()
	reader := wire.NewReader(r, limit)
	var lines []string
	for {
		line, err := reader.Next()
		switch {
		case errors.Is(err, wire.ErrTooLong):
			lines = append(lines, "TOO LONG")
		case errors.Is(err, io.EOF):
			return lines
		case err != nil:
			t.Fatal(err)
		default:
			lines = append(lines, string(line))
		}
	}
}

func TestReader_splits_a_stream_into_lines(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for _, test := range []struct {
		name  string
		in    string
		limit int
		want  []string
	}{
		{"an empty stream has no lines", "", 0, nil},
		{"lines end with a line feed", "a\nb\n", 0, []string{"a", "b"}},
		{"the last line need not have an end", "a\nb", 0, []string{"a", "b"}},
		{"empty lines are lines", "\n\na\n", 0, []string{"", "", "a"}},
		{"a carriage return before the line feed is part of the end", "a\r\nb\r\n", 0, []string{"a", "b"}},
		{"another carriage return stays", "a\rb\n", 0, []string{"a\rb"}},
		{"lines may be longer than the buffer", long + "\nb\n", 0, []string{long, "b"}},
		{"a line of exactly the limit is read", "abcd\r\ne\n", 4, []string{"abcd", "e"}},
		{"only the line over the limit is dropped", "a\nabcde\nb\n", 4, []string{"a", "TOO LONG", "b"}},
		{"only the huge line over the limit is dropped", "a\n" + long + "\nb", 100_000, []string{"a", "TOO LONG", "b"}},
		{"a huge last line over the limit is dropped", "a\n" + long, 100_000, []string{"a", "TOO LONG"}},
		{"a huge line of exactly the limit is read", long + "\r\nb", 200_000, []string{long, "b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, readAll(t, strings.NewReader(test.in), test.limit))
			require.Equal(t, test.want, readAll(t, iotest.HalfReader(strings.NewReader(test.in)), test.limit))
		})
	}
}

func TestReader_returns_at_once_for_a_line_without_an_end(t *testing.T) {
	reader := wire.NewReader(endless{}, 100_000)
	line, err := reader.Next()
	require.ErrorIs(t, err, wire.ErrTooLong)
	require.Equal(t, "xxxx", string(line[:4]))
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, strings.Repeat("x", len(b))), nil }

func TestReader_returns_the_streams_error_after_the_last_line(t *testing.T) {
	broken := errors.New("broken")
	reader := wire.NewReader(io.MultiReader(strings.NewReader("a\nb"), iotest.ErrReader(broken)), 0)
	for _, want := range []string{"a", "b"} {
		line, err := reader.Next()
		require.NoError(t, err)
		require.Equal(t, want, string(line))
	}
	_, err := reader.Next()
	require.ErrorIs(t, err, broken)
}

func TestClean_replaces_invalid_bytes_and_carriage_returns(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"clean text stays":                        {`{"a":"ü\u0000"}`, `{"a":"ü\u0000"}`},
		"invalid UTF-8 becomes U+FFFD":            {"a\xffb\xc3(", "a\uFFFDb\uFFFD("},
		"half of a surrogate pair becomes U+FFFD": {"a\xed\xa0\x80b", "a\uFFFDb"},
		"a carriage return becomes a space":       {"a\rb\r", "a b "},
		"an escaped carriage return stays":        {`"a\rb"`, `"a\rb"`},
		"both at once":                            {"\xff\r", "\uFFFD "},
		"an escaped half of a pair stays":         {`"\ud800"`, `"\ud800"`},
		"Unicode line separators stay":            {"\u2028\u2029", "\u2028\u2029"},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, string(wire.Clean([]byte(test.in))))
		})
	}
}

func FuzzReader(f *testing.F) {
	f.Add([]byte("a\r\nb\n\nc"), 2)
	f.Add(bytes.Repeat([]byte("ab\n"), 9), 1)
	f.Fuzz(func(t *testing.T, in []byte, limit int) {
		if limit <= 0 || limit > 1<<20 {
			return
		}
		var want []string
		for line := range bytes.Lines(in) {
			line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
			if len(line) > limit {
				line = []byte("TOO LONG")
			}
			want = append(want, string(line))
		}
		require.Equal(t, want, readAll(t, bytes.NewReader(in), limit))
	})
}
