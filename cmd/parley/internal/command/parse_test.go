package command

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for line, want := range map[string]Command{
		"":                       {},
		"   ":                    {},
		"hello there ":           {Verb: Message, Text: "hello there"},
		"//etc is a path":        {Verb: Message, Text: "/etc is a path"},
		"/prompt add a test":     {Verb: Prompt, Text: "add a test"},
		"/approve":               {Verb: Approve},
		"/approve 2":             {Verb: Approve, Number: 2},
		"/approve #2":            {Verb: Approve, Number: 2},
		"/edit #2 do it\nwell":   {Verb: Edit, Number: 2, Text: "do it\nwell"},
		"/edit #2":               {Verb: Edit, Number: 2},
		"/reject":                {Verb: Reject},
		"/reject 3":              {Verb: Reject, Number: 3},
		"/reject #3 not today":   {Verb: Reject, Number: 3, Text: "not today"},
		"/allow":                 {Verb: Allow},
		"/allow 2":               {Verb: Allow, Text: "2"},
		"/allow #3":              {Verb: Allow, Number: 3},
		"/allow #3 2":            {Verb: Allow, Number: 3, Text: "2"},
		"/allow always allow":    {Verb: Allow, Text: "always allow"},
		"/deny":                  {Verb: Deny},
		"/deny #4":               {Verb: Deny, Number: 4},
		"/cancel #1":             {Verb: Cancel, Number: 1},
		"/show":                  {Verb: Show},
		"/show #5":               {Verb: Show, Number: 5},
		"/prompt one\n/approve":  {Verb: Prompt, Text: "one\n/approve"},
		"/prompt\none\ntwo":      {Verb: Prompt, Text: "one\ntwo"},
		"two lines\n/approve #1": {Verb: Message, Text: "two lines\n/approve #1"},
		"//approve\n/allow":      {Verb: Message, Text: "/approve\n/allow"},
		"/cancel":                {Verb: Cancel},
		"/queue":                 {Verb: Queue},
		"/withdraw #4":           {Verb: Withdraw, Number: 4},
		"/withdraw 4":            {Verb: Withdraw, Number: 4},
		"/move #4":               {Verb: Move, Number: 4},
		"/move #4 2":             {Verb: Move, Number: 4, Other: 2},
		"/interrupt stop\nnow":   {Verb: Interrupt, Text: "stop\nnow"},
		"/help leave":            {Verb: Help, Text: "leave"},
		"/who ":                  {Verb: Who},
		"/mode view_only":        {Verb: Mode, Text: "view_only"},
		"/history":               {Verb: History, Number: 20},
		"/history 7":             {Verb: History, Number: 7},
		"/help":                  {Verb: Help},
		"/commands":              {Verb: Commands},
		"/leave":                 {Verb: Leave},
		"/stop-agent":            {Verb: Stop},
		"/stop-tool":             {Verb: StopTool},
		"/stop-tool make watch":  {Verb: StopTool, Text: "make watch"},
		"/restart-agent":         {Verb: Restart},
		"/switch-agent":          {Verb: Switch},
		"/switch-agent claude":   {Verb: Switch, Text: "claude"},
		"/quit":                  {Verb: Quit},
	} {
		got, err := Parse(line)
		require.NoError(t, err, line)
		require.Equal(t, want, got, line)
	}
}

func TestParse_says_what_to_type_instead(t *testing.T) {
	for line, want := range map[string]string{
		"/dance":        "/help",
		"/prompt":       "needs text, such as /prompt",
		"/prompt  ":     "needs text, such as /prompt",
		"/mode":         "view_only",
		"/mode anarchy": "view_only",
		"/history none": "1 to 500",
		"/history 0":    "1 to 500",
		"/history 501":  "1 to 500",
		"/quit now":     "takes no argument",
		"/":             "/help",

		"/approve looks good to me": "/edit #N TEXT",
		"/approve 2 do it":          "takes only a number",
		"/approve -1":               "takes only a number",
		"/approve +1":               "takes only a number",
		"/reject 3 tests fail":      "/reject #3 REASON",
		"/reject not today":         "/reject #3 REASON",
		"/reject #x":                "is not a number",
		"/edit do it well":          "/edit #3 TEXT",
		"/edit 3 do it well":        "/edit #3 TEXT",
		"/allow #":                  "is not a number",
		"/allow #0 1":               "is not a number",
		"/deny 3":                   "type /deny #3 for question 3",
		"/deny no":                  "takes only a number",
		"/cancel it":                "takes only a number",
		"/withdraw":                 "such as /withdraw #3",
		"/withdraw #1 #2":           "such as /withdraw #3",
		"/move":                     "before prompt 1",
		"/move #1 #1":               "before prompt 1",
		"/move #1 #2 #3":            "before prompt 1",
		"/move up":                  "before prompt 1",
		"/interrupt":                "needs the prompt",
		"/help me":                  "no command \"me\"",
		"/queue up":                 "takes no argument",
		"/detach all":               "takes no argument",
		"/attach a\nb":              "takes one line",
		"/allow\nhello":             "takes one line",
		"/approve\n#2":              "takes one line",
		"/mode\nprompt_direct":      "takes one line",
		"/reject #3 a\nb":           "takes one line",
		"/quit\nx":                  "takes one line",
	} {
		_, err := Parse(line)
		require.ErrorContains(t, err, want, line)
	}
}

func TestHelp_names_every_command(t *testing.T) {
	for _, v := range Verbs {
		if v == Help {
			continue
		}
		require.Contains(t, HelpText, "  "+string(v)+" ")
	}
}

func TestExplain_explains_one_command(t *testing.T) {
	require.Equal(t, HelpText, Explain(""))
	for _, v := range Verbs {
		require.Contains(t, Explain(string(v)), "  "+string(v)+" ")
	}
	require.Equal(t, "  /leave                 leave the session", Explain("leave"))
	require.Contains(t, Explain("mode"), "prompt_with_approval or prompt_direct")
	require.NotContains(t, Explain("mode"), "/set")
	require.NotContains(t, Explain("stop-agent"), "#N is the number")
}

func TestHelp_fits_a_terminal_of_80_columns(t *testing.T) {
	for line := range strings.Lines(HelpText) {
		require.Less(t, len(strings.TrimSuffix(line, "\n")), 80, line)
	}
}
