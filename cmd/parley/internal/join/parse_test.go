package join

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	for line, want := range map[string]input{
		"":                         {},
		"   ":                      {},
		"hello there ":             {verb: verbSay, text: "hello there"},
		"//etc is a path":          {verb: verbSay, text: "/etc is a path"},
		"/prompt add a test":       {verb: verbPrompt, text: "add a test"},
		"/approve":                 {verb: verbApprove},
		"/approve 2":               {verb: verbApprove, number: 2},
		"/approve #2":              {verb: verbApprove, number: 2},
		"/approve 2 do it well":    {verb: verbApprove, number: 2, text: "do it well"},
		"/approve do it well":      {verb: verbApprove, text: "do it well"},
		"/approve -1 is no number": {verb: verbApprove, text: "-1 is no number"},
		"/reject 3 not today":      {verb: verbReject, number: 3, text: "not today"},
		"/allow":                   {verb: verbAllow},
		"/allow always":            {verb: verbAllow, text: "always"},
		"/deny":                    {verb: verbDeny},
		"/cancel":                  {verb: verbCancel},
		"/who ":                    {verb: verbWho},
		"/mode view_only":          {verb: verbMode, text: "view_only"},
		"/history":                 {verb: verbHistory, number: 20},
		"/history 7":               {verb: verbHistory, number: 7},
		"/help":                    {verb: verbHelp},
		"/leave":                   {verb: verbLeave},
		"/quit":                    {verb: verbQuit},
	} {
		got, err := parse(line)
		require.NoError(t, err, line)
		require.Equal(t, want, got, line)
	}
}

func TestParse_says_what_to_type_instead(t *testing.T) {
	for line, want := range map[string]string{
		"/dance":        "/help",
		"/prompt":       "needs a text",
		"/prompt  ":     "needs a text",
		"/mode":         "view_only",
		"/mode anarchy": "view_only",
		"/history none": "1 to 500",
		"/history 0":    "1 to 500",
		"/history 501":  "1 to 500",
		"/quit now":     "takes nothing",
		"/":             "/help",
	} {
		_, err := parse(line)
		require.ErrorContains(t, err, want, line)
	}
}

func TestHelp_names_every_command(t *testing.T) {
	for _, v := range []verb{verbPrompt, verbApprove, verbReject, verbAllow, verbDeny, verbCancel, verbWho, verbMode, verbHistory, verbLeave, verbQuit} {
		require.Contains(t, helpText, "  "+string(v)+" ")
	}
}
