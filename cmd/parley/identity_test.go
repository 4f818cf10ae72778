package main

import (
	"encoding/json"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/e2e"
	"parley/protocol"
	"parley/protocol/client"
)

// startOpenID starts a real OpenID provider, and returns its URL.
func startOpenID(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "openid")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, "./openid")
	build.Dir = filepath.Join("..", "..", ".tools")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	p := e2e.Start(t, e2e.Command{Path: program, Args: []string{"-redirect", "http://127.0.0.1/none"}})
	return p.Stdout.Await(t, `http://localhost:\d+`)[0]
}

// approve does what a person does in a browser who has got a code from a terminal.
func approve(t *testing.T, page, code, user string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	browser := &http.Client{Jar: jar}
	defer browser.CloseIdleConnections()
	post := func(path string, form url.Values) {
		response, err := browser.PostForm(page+path, form)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
		require.Equal(t, http.StatusOK, response.StatusCode)
	}
	post("/login", url.Values{"user_code": {code}, "username": {user}, "password": {"secret"}})
	post("/confirm", url.Values{"action": {"allowed"}})
}

func TestLogin_with_an_identity_provider_from_a_terminal(t *testing.T) {
	t.Parallel()
	issuer := startOpenID(t)
	s := e2e.StartServer(t, t.TempDir(), "--oidc-issuer", issuer, "--oidc-client-id", "parley", "--oidc-allow-domains", "example.com")
	ann := newOperator(t)

	given := ann.run("", "login", s.URL)
	given.Stdout.Await(t, `Ctrl-C gives up`)
	given.Signal(t, os.Interrupt)
	require.NotZero(t, given.ExitCode(t))
	require.Equal(t, "parley: you have given up, and are not signed in\n", given.Stderr.String())
	require.NoDirExists(t, filepath.Join(ann.dir, "parley", "logins"))

	waiting := ann.run("", "login", s.URL)
	page := waiting.Stdout.Await(t, `\n  (http://\S+/device)\n`)[1]
	code := waiting.Stdout.Await(t, `asks for this code: (\S+)`)[1]
	approve(t, page, code, "ann")
	require.Zero(t, waiting.ExitCode(t), waiting.Stderr)
	require.Contains(t, waiting.Stdout.String(), "You are signed in to "+s.URL+" as Ann Smith.")
	requirePrivate(t, ann.dir)

	server, err := client.NewServer(s.URL, client.ServerOptions{Token: storedCredential(t, ann)})
	require.NoError(t, err)
	described, err := server.Describe(t.Context())
	require.NoError(t, err)
	require.Equal(t, "ann@example.com", described.Identity.UserID)
	host, err := server.Start(t.Context(), protocol.CreateHostSession{Agent: "demo"}, nil)
	require.NoError(t, err)
	shared, err := server.Share(t.Context(), protocol.CreateSharedSession{HostSessionID: host.ID, HostUserID: "forged"})
	require.NoError(t, err)
	require.Equal(t, "ann@example.com", shared.Session.HostUserID)

	// The host's own link works for the person alone.
	inside := e2e.Start(t, e2e.Command{Args: []string{"join", shared.Own.String()}, Env: ann.env, Stdin: true})
	inside.Stdout.Await(t, "Ann Smith")
	inside.WriteLine(t, "/who")
	inside.Stdout.Await(t, `Ann Smith \(host, verified as ann@example\.com`)
	inside.WriteLine(t, "/leave")
	require.Zero(t, inside.ExitCode(t), inside.Stderr)
	eve := newOperator(t)
	require.Contains(t, eve.fails("", "join", shared.Own.String()), "sign in again")

	// So does sharing an agent of one's own machine.
	sharing := e2e.Start(t, e2e.Command{Args: []string{"share", "--agent", "demo", "--server", s.URL}, Env: ann.env, Stdin: true})
	sharing.Stdout.Await(t, `/s/\S+#i=\S+`)
	sharing.Stdout.Await(t, "Ann Smith")
	sharing.WriteLine(t, "/leave")
	require.Zero(t, sharing.ExitCode(t), sharing.Stderr)

	credential := storedCredential(t, ann)
	ann.succeeds("", "logout", s.URL)
	gone, err := client.NewServer(s.URL, client.ServerOptions{Token: credential})
	require.NoError(t, err)
	_, err = gone.HostSessions(t.Context())
	require.ErrorIs(t, err, &protocol.Error{Code: protocol.CodeInvalidIdentity})
}

// storedCredential returns what parley login has kept.
func storedCredential(t *testing.T, o operator) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(o.dir, "parley", "logins", "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	content, err := os.ReadFile(files[0])
	require.NoError(t, err)
	var stored struct{ Key string }
	require.NoError(t, json.Unmarshal(content, &stored))
	require.True(t, strings.HasPrefix(stored.Key, protocol.IdentityPrefix))
	return stored.Key
}
