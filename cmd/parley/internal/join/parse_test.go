package join

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for line, want := range map[string]command{
		"":                       {},
		"   ":                    {},
		"hello there ":           {verb: verbMessage, text: "hello there"},
		"//etc is a path":        {verb: verbMessage, text: "/etc is a path"},
		"/prompt add a test":     {verb: verbPrompt, text: "add a test"},
		"/approve":               {verb: verbApprove},
		"/approve 2":             {verb: verbApprove, number: 2},
		"/approve #2":            {verb: verbApprove, number: 2},
		"/edit #2 do it\nwell":   {verb: verbEdit, number: 2, text: "do it\nwell"},
		"/edit #2":               {verb: verbEdit, number: 2},
		"/reject":                {verb: verbReject},
		"/reject 3":              {verb: verbReject, number: 3},
		"/reject #3 not today":   {verb: verbReject, number: 3, text: "not today"},
		"/allow":                 {verb: verbAllow},
		"/allow 2":               {verb: verbAllow, text: "2"},
		"/allow #3":              {verb: verbAllow, number: 3},
		"/allow #3 2":            {verb: verbAllow, number: 3, text: "2"},
		"/allow always allow":    {verb: verbAllow, text: "always allow"},
		"/deny":                  {verb: verbDeny},
		"/deny #4":               {verb: verbDeny, number: 4},
		"/cancel #1":             {verb: verbCancel, number: 1},
		"/show":                  {verb: verbShow},
		"/show #5":               {verb: verbShow, number: 5},
		"/prompt one\n/approve":  {verb: verbPrompt, text: "one\n/approve"},
		"/prompt\none\ntwo":      {verb: verbPrompt, text: "one\ntwo"},
		"two lines\n/approve #1": {verb: verbMessage, text: "two lines\n/approve #1"},
		"//approve\n/allow":      {verb: verbMessage, text: "/approve\n/allow"},
		"/cancel":                {verb: verbCancel},
		"/who ":                  {verb: verbWho},
		"/mode view_only":        {verb: verbMode, text: "view_only"},
		"/history":               {verb: verbHistory, number: 20},
		"/history 7":             {verb: verbHistory, number: 7},
		"/help":                  {verb: verbHelp},
		"/leave":                 {verb: verbLeave},
		"/stop-agent":            {verb: verbStop},
		"/quit":                  {verb: verbQuit},
	} {
		got, err := parse(line)
		require.NoError(t, err, line)
		require.Equal(t, want, got, line)
	}
}

func TestParse_says_what_to_type_instead(t *testing.T) {
	for line, want := range map[string]string{
		"/dance":        "/help",
		"/prompt":       "needs a text, such as /prompt",
		"/prompt  ":     "needs a text, such as /prompt",
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
		"/allow\nhello":             "takes one line",
		"/approve\n#2":              "takes one line",
		"/mode\nprompt_direct":      "takes one line",
		"/reject #3 a\nb":           "takes one line",
		"/quit\nx":                  "takes one line",
	} {
		_, err := parse(line)
		require.ErrorContains(t, err, want, line)
	}
}

func TestHelp_names_every_command(t *testing.T) {
	for _, v := range []verb{verbPrompt, verbApprove, verbEdit, verbReject, verbShow, verbAllow, verbDeny, verbCancel, verbWho, verbMode, verbHistory, verbLeave, verbQuit} {
		require.Contains(t, HelpText, "  "+string(v)+" ")
	}
}
