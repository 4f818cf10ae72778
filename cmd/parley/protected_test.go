package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
	"parley/protocol/client"
)

// operator is a user who runs commands with a configuration directory of their own.
type operator struct {
	t   *testing.T
	env []string
	dir string
}

func newOperator(t *testing.T) operator {
	dir := t.TempDir()
	return operator{t, []string{"XDG_CONFIG_HOME=" + dir, "HOME=" + dir}, dir}
}

// run runs a command with these lines as its input.
func (o operator) run(input string, args ...string) *e2e.Process {
	o.t.Helper()
	p := e2e.Start(o.t, e2e.Command{Args: args, Env: o.env, Stdin: true})
	if input != "" {
		p.WriteLine(o.t, input)
	}
	require.NoError(o.t, p.Stdin.Close())
	return p
}

// succeeds runs a command that must succeed, and returns what it prints.
func (o operator) succeeds(input string, args ...string) string {
	o.t.Helper()
	p := o.run(input, args...)
	require.Zero(o.t, p.ExitCode(o.t), p.Stderr)
	return p.Stdout.String()
}

// fails runs a command that must fail, and returns its error.
func (o operator) fails(input string, args ...string) string {
	o.t.Helper()
	p := o.run(input, args...)
	require.NotZero(o.t, p.ExitCode(o.t), p.Stdout)
	return p.Stderr.String()
}

const signInLink = `by this link, which works once:\s+(\S+#k=\S+)`

func TestServe_protected_is_used_by_those_who_have_signed_in(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir(), "--protected", "--tls-self-signed")
	link := s.Stdout.Await(t, signInLink)[1]
	ann, eve := newOperator(t), newOperator(t)
	parsed, err := client.ParseSignInLink(link)
	require.NoError(t, err)
	require.NotEmpty(t, parsed.Certificate)
	pinned := client.SignInLink{Server: parsed.Server, Certificate: parsed.Certificate}.String()

	out := ann.succeeds("", "login", link)
	require.Contains(t, out, "You are signed in to "+s.URL+" as operator.")
	requirePrivate(t, ann.dir)
	require.Contains(t, ann.succeeds("", "adopt", "demo", "--server", s.URL), "no session that can be shared")
	require.Contains(t, eve.fails("", "login", link), "the sign-in link is not valid, or no longer")
	require.Contains(t, eve.fails("wrong", "login", pinned), "the server does not know this key")
	require.Contains(t, eve.fails("", "adopt", "demo", "--server", s.URL), "unknown authority")
	require.Contains(t, ann.succeeds("", "key", "list", "--data", s.Data), "operator   signed in")

	key := strings.TrimSpace(ann.succeeds("", "key", "add", "ben", "--data", s.Data))
	ben := newOperator(t)
	require.Contains(t, ben.succeeds(key, "login", pinned), "as ben.")
	ben.succeeds("", "adopt", "demo", "--server", s.URL)
	require.Contains(t, ann.succeeds("", "key", "revoke", "ben", "--data", s.Data), "1 of ben revoked")
	require.Contains(t, ben.fails("", "adopt", "demo", "--server", s.URL), "no longer valid: sign in again; parley login does that")

	ann.succeeds("", "logout", s.URL)
	require.NotContains(t, ann.succeeds("", "key", "list", "--data", s.Data), "operator")
	another := strings.TrimSpace(ann.succeeds("", "key", "link", "ann", "--data", s.Data, "--server", pinned))
	require.Contains(t, ann.succeeds("", "login", another), "as ann.")

	work := t.TempDir()
	sharing := e2e.Start(t, e2e.Command{
		Args: []string{"share", "--agent", "demo", "--server", s.URL, "--name", "Ann", "--no-terminal"},
		Env:  append(ann.env, "XDG_DATA_HOME="+work), Dir: work,
	})
	invite := sharing.Stdout.Await(t, `https://\S+#i=\S+&c=`+parsed.Certificate)[0]
	guest := e2e.Start(t, e2e.Command{Args: []string{"join", invite, "--name", "Ben"}, Stdin: true})
	guest.Stdout.Await(t, `you are Ben, collaborator`)
	sharing.Kill()

	s.Stop(t)
	again := s.Restart(t)
	require.Empty(t, again.Stdout.String(), "there is an operator")
	ann.succeeds("", "adopt", "demo", "--server", s.URL)
	again.Stop(t)
}

// requirePrivate checks that only the user can read the files that were written.
func requirePrivate(t *testing.T, dir string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "parley", "logins", "*"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	info, err := os.Stat(files[0])
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode())
}

// A guest needs an invite and nothing else.
func TestServe_beyond_loopback_is_protected_and_lets_guests_in(t *testing.T) {
	t.Parallel()
	address := strings.Replace(e2e.FreeAddress(t), "127.0.0.1", "0.0.0.0", 1)
	s := e2e.ServerConfig{Data: t.TempDir(), Address: address}.Start(t)
	s.Stdout.Await(t, signInLink)
	s.Stderr.Await(t, "the server does not use TLS")
	local := e2e.API{URL: "http://" + strings.Replace(address, "0.0.0.0", "127.0.0.1", 1)}
	for _, path := range []string{"/api/shared-sessions", "/api/sessions", "/api/agents"} {
		refused, err := local.Call(t.Context(), e2e.Request{Method: http.MethodGet, Path: path})
		require.NoError(t, err)
		require.Equal(t, protocol.CodeUnauthorized, refused.ErrorCode())
	}
	ann := newOperator(t)
	key := strings.TrimSpace(ann.succeeds("", "key", "add", "ann", "--data", s.Data))
	server, err := client.NewServer(local.URL, client.ServerOptions{Token: key})
	require.NoError(t, err)
	shared, err := server.StartAndShare(t.Context(), protocol.CreateHostSession{Agent: "demo"}, protocol.CreateSharedSession{HostUserID: "ann"}, nil)
	require.NoError(t, err)
	guest := e2e.Start(t, e2e.Command{Args: []string{"join", shared.Invite.String(), "--name", "Ben"}, Stdin: true})
	guest.Stdout.Await(t, `you are Ben, collaborator`)
	s.Stop(t)
}

// A plain server on loopback serves the original API as it is, and says so.
func TestServe_on_loopback_is_open_and_says_so(t *testing.T) {
	t.Parallel()
	s := e2e.StartServer(t, t.TempDir())
	s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptDirect)
	s.Stderr.Await(t, "every program on this machine can use the API without a key; --protected asks for one")
	require.Empty(t, s.Stdout.String())
	s.Stop(t)
}

func TestKey_names_what_is_wrong(t *testing.T) {
	t.Parallel()
	o, nothing := newOperator(t), t.TempDir()
	require.Contains(t, o.fails("", "key", "add", "ann", "--data", nothing), "is not the data directory of a server")
	require.Contains(t, o.fails("", "key", "add", " ", "--data", nothing), "is not a name for a key")
	require.Contains(t, o.fails("", "key", "revoke", "ann", "--data", nothing), `there is no key with the name "ann"`)
	require.Contains(t, o.fails("", "login", "parley.example.com"), "a sign-in link looks like")
	require.Contains(t, o.fails("", "login", "--key", "http://127.0.0.1:1"), "that is not a key")
	require.Contains(t, o.fails("x", "login", "http://127.0.0.1:1"), "cannot reach http://127.0.0.1:1")
	require.Contains(t, o.fails("", "logout", "http://127.0.0.1:1"), "you are not signed in")
}
