package redact

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

const (
	awsKey  = "AKIAIOSFODNN7EXAMPLE"
	github  = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
	literal = "corr€ct-horse-battery"
)

func testRules(t testing.TB, o Options) *Rules {
	t.Helper()
	r, err := New(o)
	require.NoError(t, err)
	return r
}

// inPieces masks a text that comes in pieces of up to most characters.
func inPieces(r *Rules, text string, most int, random *rand.Rand) string {
	s := r.NewScanner("", -1)
	var masked strings.Builder
	for text != "" {
		n := 0
		for range 1 + random.IntN(most) {
			if n == len(text) {
				break
			}
			_, width := utf8.DecodeRuneInString(text[n:])
			n += width
		}
		piece, _ := s.Write(text[:n])
		masked.WriteString(piece)
		if text = text[n:]; random.IntN(4) == 0 { // as after a restart
			s = r.NewScanner(s.Held(), s.Before())
		}
	}
	rest, _ := s.End()
	return masked.String() + rest
}

func TestRules_mask_secrets_and_nothing_else(t *testing.T) {
	r := testRules(t, Options{Patterns: []string{`\bFOO-[0-9]+\b`}, Literals: []string{literal}})
	block := "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,01\n\nMIIEow/+=\nAAAA\n-----END RSA PRIVATE KEY-----"
	for text, want := range map[string]string{
		"":                                  "",
		"nothing to hide":                   "nothing to hide",
		"key " + awsKey + ".":               "key [redacted].",
		"x" + awsKey:                        "x" + awsKey, // no word begins there
		github + " " + github:               "[redacted] [redacted]",
		"FOO-12 FOO-1x":                     "[redacted] FOO-1x",
		literal + literal:                   "[redacted][redacted]",
		"a " + block + "\nb":                "a [redacted]\nb",
		"PASSWORD=hunter2 and more":         "PASSWORD=[redacted] and more",
		`"db_password": "hunter 2", "x": 1`: `"db_password": "[redacted]", "x": 1`,
		`{\"api_key\": \"abcdef\"}`:         `{\"api_key\": \"[redacted]\"}`,
		"password: string; token = process.env.TOKEN": "password: string; token = process.env.TOKEN",
		"max_tokens=4096":                                  "max_tokens=4096",
		"https://ben:hunter2@example.com/x":                "https://ben:[redacted]@example.com/x",
		"Authorization: Bearer abcdefghijklmnopqrst":       "Authorization: Bearer [redacted]",
		"curl --token abcdefg -x":                          "curl --token [redacted] -x",
		"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc_def-ghi": "[redacted]",
		"sk-ant-api03-abcdefghijklmnop":                    "[redacted]",
	} {
		require.Equal(t, want, r.String(text))
	}
}

func TestScanner_the_split_of_a_text_makes_no_difference(t *testing.T) {
	r := testRules(t, Options{Patterns: []string{`\bFOO-[0-9]+\b`, `a(.b)?c`, `^first`, `last$`}, Literals: []string{literal, "abcdef", "cdefgh"}})
	words := []string{
		awsKey, github, literal, "first", "last", "FOO-", "12", " ", "\n", "abcdefgh", "cdef", "password", "=", ": ", "\"", "hunter2x",
		"-----BEGIN PRIVATE KEY-----", "\nMIIE", "-----END PRIVATE KEY-----", "sk-", "abcdefghijklmnopqrstu", "€", "a", "xb", "c", "://u:", "pass@h", "AKIA", "eyJ", ".",
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		var text strings.Builder
		for range random.IntN(12) {
			text.WriteString(words[random.IntN(len(words))])
		}
		whole := r.String(text.String())
		for _, most := range []int{1, 3, 10} {
			require.Equal(t, whole, inPieces(r, text.String(), most, random), "%q", text.String())
		}
		requireMasked(t, whole)
	}
}

// requireMasked checks that no literal is in a masked text.
func requireMasked(t *testing.T, masked string) {
	t.Helper()
	for part := range strings.SplitSeq(masked, Mask) {
		for _, secret := range []string{literal, "abcdef", "cdefgh"} {
			require.NotContains(t, part, secret)
		}
	}
}

func TestScanner_holds_back_a_bounded_end_of_a_text(t *testing.T) {
	r := testRules(t, Options{Patterns: []string{`x.*y`}})
	for name, text := range map[string]string{
		"of a key block that does not end": "-----BEGIN PRIVATE KEY-----" + strings.Repeat("ABCDEFGH", 6_000),
		"of a pattern without an end":      strings.Repeat("x", 50_000),
	} {
		s := r.NewScanner("", -1)
		var masked strings.Builder
		for i := 0; i < len(text); i += 1000 {
			piece, _ := s.Write(text[i:min(i+1000, len(text))])
			masked.WriteString(piece)
			require.LessOrEqual(t, len(s.Held()), MaxHeld+1000, name)
		}
		rest, _ := s.End()
		require.Equal(t, r.String(text), masked.String()+rest, name)
	}
}

func TestScanner_gives_out_at_once_what_can_be_no_secret(t *testing.T) {
	s := testRules(t, Options{}).NewScanner("", -1)
	for _, c := range []struct{ piece, shown string }{
		{"Hello, ", "Hello, "},
		{"the key is AK", "the key is "},
		{"IOSK ", "AKIOSK "},
		{"AKIAIOSFODNN7", ""},
		{"EXAMPLE", ""},
		{" is in", "[redacted] is in"},
	} {
		shown, _ := s.Write(c.piece)
		require.Equal(t, c.shown, shown)
	}
}

func TestNew_refuses_rules_that_cannot_work(t *testing.T) {
	for want, o := range map[string]Options{
		"missing closing )":      {Patterns: []string{"("}},
		"matches the empty text": {Patterns: []string{"a*"}},
		"at most 40":             {Patterns: make([]string, 41)},
		"fewer than 6 bytes":     {Literals: []string{"short"}},
		"it is too large":        {Patterns: []string{`((a{1,10}){1,10}b){1,9}(?:[a-z]{1,900}){1,1}((a{1,10}){1,10}b){1,9}((a{1,10}){1,10}b){1,9}((a{1,10}){1,10}b){1,9}`}},
		"invalid or unsupported": {Patterns: []string{`(?!x)y`}},
	} {
		_, err := New(o)
		require.ErrorContains(t, err, want)
	}
	_, err := New(Options{Literals: []string{"abc"}})
	require.NotContains(t, err.Error(), "abc", "an error never shows a secret")
}

func TestJSON_masks_texts_in_any_place(t *testing.T) {
	r := testRules(t, Options{})
	keep := JSONOptions{
		Keep: func(name string, free bool) bool { return name == "id" && !free },
		Free: func(name string) bool { return name == "raw" },
	}
	for value, want := range map[string]string{
		`1`: `1`, `"a"`: `"a"`, `[]`: `[]`, ` { } `: ` { } `,
		`{"a": ["x ` + awsKey + `", {"b":"` + github + `\n"}]}`: `{"a": ["x [redacted]", {"b":"[redacted]\n"}]}`,
		`{"id":"` + awsKey + `","raw":{"id":"` + awsKey + `"}}`: `{"id":"` + awsKey + `","raw":{"id":"[redacted]"}}`,
		`{"password":"hunter2","tokens":"12345"}`:               `{"password":"[redacted]","tokens":"12345"}`,
		`{"Authorization":["one two"],"secret":{"a":"bcdef"}}`:  `{"Authorization":["[redacted]"],"secret":{"a":"bcdef"}}`,
		`{"` + awsKey + `":null}`:                               `{"[redacted]":null}`,
		`"<\u0041KIAIOSFODNN7EXAMPLE>"`:                         `"<[redacted]>"`,
	} {
		require.Equal(t, want, string(r.JSON([]byte(value), keep).JSON))
	}
	cut := r.JSON([]byte(`["AKIAIOSF","password","AKIA"]`), JSONOptions{Cut: true})
	require.Equal(t, `["[redacted]","password","AKIA"]`, string(cut.JSON), "a long beginning of a secret at a cut")
	require.True(t, cut.Hides)
}

func FuzzScanner(f *testing.F) {
	for _, seed := range []string{"", awsKey, "password=hunter2x", literal, "x" + literal[:8], "-----BEGIN PRIVATE KEY-----\nMII", "FOO-1 FOO-2x", "a.bc abc", "\xff\xfe"} {
		f.Add(seed, uint64(1))
	}
	r := testRules(f, Options{Patterns: []string{`\bFOO-[0-9]+\b`, `a(.b)?c`, `[^a-z]{3}$`}, Literals: []string{literal, "abcdef", "cdefgh"}})
	f.Fuzz(func(t *testing.T, text string, seed uint64) {
		text = strings.ToValidUTF8(text, "\uFFFD")
		whole := r.String(text)
		random := rand.New(rand.NewPCG(seed, 0))
		require.Equal(t, whole, inPieces(r, text, 1+int(seed%20), random))
		requireMasked(t, whole)
		if len(text) < maxGap {
			require.Equal(t, reference(r, text), whole)
		}
	})
}

// reference masks a text by package regexp.
func reference(r *Rules, text string) string {
	s := &Scanner{held: text, before: -1}
	for i := range r.rules {
		rule := &r.rules[i]
		for _, m := range regexp.MustCompile(rule.pattern).FindAllStringIndex(text, -1) {
			s.secrets = append(s.secrets, rule.secrets(text[m[0]:], span{m[0], m[1]})...)
		}
	}
	masked, _ := s.masked(text)
	return masked
}

func BenchmarkScanner(b *testing.B) {
	r := testRules(b, Options{})
	text := strings.Repeat("The function parses the token and returns a password hash; see handler.go for details.\n", 100)
	for _, size := range []int{20, len(text)} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				r.String(text[:size])
			}
		})
	}
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":["` + awsKey + `"]}`, `"\ud83d"`, `{"password":"hunter2","\u0061":{}}`, ` [ 1 , null ] `, `{"":"sk-"}`} {
		f.Add(seed)
	}
	r := testRules(f, Options{Literals: []string{literal}})
	options := JSONOptions{
		Keep: func(name string, free bool) bool { return name == "id" && !free },
		Free: func(name string) bool { return name == "raw" },
		Cut:  true,
	}
	f.Fuzz(func(t *testing.T, value string) {
		if !json.Valid([]byte(value)) {
			return
		}
		masked := r.JSON([]byte(value), options)
		require.True(t, json.Valid(masked.JSON), "%s", masked.JSON)
		require.Equal(t, masked.Hides, string(masked.JSON) != value)
		require.Equal(t, string(masked.JSON), string(r.JSON(masked.JSON, options).JSON), "a mask is no secret")
	})
}
