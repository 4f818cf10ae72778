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

func TestReader(t *testing.T) {
	long := strings.Repeat("x", 200_000)
	for _, test := range []struct {
		name  string
		in    string
		limit int
		want  []string
	}{
		{"nothing has no lines", "", 0, nil},
		{"lines end with a line feed", "a\nb\n", 0, []string{"a", "b"}},
		{"a last line without an end counts", "a\nb", 0, []string{"a", "b"}},
		{"empty lines are lines", "\n\na\n", 0, []string{"", "", "a"}},
		{"a carriage return before the line feed belongs to the end", "a\r\nb\r\n", 0, []string{"a", "b"}},
		{"another carriage return stays", "a\rb\n", 0, []string{"a\rb"}},
		{"lines longer than the buffer are whole", long + "\nb\n", 0, []string{long, "b"}},
		{"a line of exactly the limit is read", "abcd\r\ne\n", 4, []string{"abcd", "e"}},
		{"a line over the limit is dropped alone", "a\nabcde\nb\n", 4, []string{"a", "TOO LONG", "b"}},
		{"a huge line over the limit is dropped alone", "a\n" + long + "\nb", 100_000, []string{"a", "TOO LONG", "b"}},
		{"a huge last line over the limit is dropped", "a\n" + long, 100_000, []string{"a", "TOO LONG"}},
		{"a huge line of exactly the limit is read", long + "\r\nb", 200_000, []string{long, "b"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			require.Equal(t, test.want, readAll(t, strings.NewReader(test.in), test.limit))
			require.Equal(t, test.want, readAll(t, iotest.HalfReader(strings.NewReader(test.in)), test.limit))
		})
	}
}

func TestReader_tells_at_once_of_a_line_that_does_not_end(t *testing.T) {
	reader := wire.NewReader(endless{}, 100_000)
	line, err := reader.Next()
	require.ErrorIs(t, err, wire.ErrTooLong)
	require.Equal(t, "xxxx", string(line[:4]))
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return copy(b, strings.Repeat("x", len(b))), nil }

func TestReader_passes_on_the_streams_error_after_the_last_line(t *testing.T) {
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

func TestClean(t *testing.T) {
	for name, test := range map[string]struct{ in, want string }{
		"clean text stays":                         {`{"a":"ü\u0000"}`, `{"a":"ü\u0000"}`},
		"what is not UTF-8 becomes U+FFFD":         {"a\xffb\xc3(", "a\uFFFDb\uFFFD("},
		"half of a surrogate pair becomes U+FFFD":  {"a\xed\xa0\x80b", "a\uFFFDb"},
		"a carriage return becomes a space":        {"a\rb\r", "a b "},
		"an escaped carriage return is only text":  {`"a\rb"`, `"a\rb"`},
		"both at once are both made fit":           {"\xff\r", "\uFFFD "},
		"an escaped half of a pair is only text":   {`"\ud800"`, `"\ud800"`},
		"line separators of Unicode are only text": {"\u2028\u2029", "\u2028\u2029"},
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
