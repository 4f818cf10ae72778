package share

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	ownLink    = "https://h/s/1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11#p=2f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11:3"
	inviteLink = "https://h/s/1f0c9c52-6d1e-4b7a-9a53-2f6a8b1c0d11#i=4"
)

func shown(o Options, r record) string {
	var out bytes.Buffer
	o.Out = &out
	o.showLinks(r)
	return out.String()
}

func TestLinks_say_when_they_work_on_this_machine_only(t *testing.T) {
	require.NotContains(t, shown(Options{}, record{Link: ownLink, Invite: inviteLink}), "this machine only")
	for _, host := range []string{"http://127.0.0.1:7777", "http://localhost:1", "http://[::1]:1"} {
		r := record{Link: ownLink, Invite: strings.Replace(inviteLink, "https://h", host, 1)}
		require.Contains(t, shown(Options{}, r), "this machine only", host)
	}
}

func TestLinks_make_what_an_agent_is_called_visible(t *testing.T) {
	out := shown(Options{}, record{Agent: "a\x1b[2J", Dir: "/\u202e", Link: ownLink, Invite: inviteLink})
	require.NotContains(t, out, "\x1b")
	require.NotContains(t, out, "\u202e")
}

func TestLinks_show_the_invite_as_a_QR_code(t *testing.T) {
	out := shown(Options{QR: true}, record{Link: ownLink, Invite: inviteLink})
	code, err := qrCode(inviteLink)
	require.NoError(t, err)
	require.Contains(t, out, code)
	lines := strings.Split(strings.TrimSpace(code), "\n")
	width := len([]rune(strings.TrimSuffix(strings.TrimPrefix(lines[0], "\x1b[38;5;16;48;5;231m"), "\x1b[0m")))
	require.InDelta(t, width, 2*len(lines), 1, "two modules on a character, so that it is square")
	_, err = qrCode(strings.Repeat("x", 10_000))
	require.Error(t, err)
}
