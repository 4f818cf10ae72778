package main

import (
	"net/http"
	"os/exec"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"parley/cmd/internal/cli"
	"parley/cmd/internal/e2e"
	"parley/cmd/parley-bench/internal/scenario"
	"parley/cmd/parley-bench/internal/target"
	"parley/protocol"
)

// measure runs parley-bench on the server that TestMain has built, unless --url is given.
func measure(t *testing.T, args ...string) *e2e.Process {
	t.Helper()
	if !slices.Contains(args, "--url") {
		args = append(args, "--parley", "parley")
	}
	return e2e.Start(t, e2e.Command{Path: "parley-bench", Args: args})
}

func TestBench_measures_a_running_server(t *testing.T) {
	s := e2e.StartServer(t, t.TempDir(), "--command-rate", "0")
	link := s.Share(t, s.StartAgent(t, "demo"), protocol.ModePromptWithApproval).InviteLink().String()
	for _, at := range []string{s.URL, link} {
		b := measure(t, "fanout", "--subscribers", "3", "--rate", "600", "--url", at, "--duration", "20ms", "--runs", "1")
		require.Zero(t, b.ExitCode(t))
		require.Contains(t, b.Stdout.String(), "deliveries/s")
		require.NotContains(t, b.Stdout.String(), "raw")
	}
}

func TestBench_measures_a_room_with_a_client_that_never_reads(t *testing.T) {
	b := measure(t, "stalled", "--readers", "3", "--rate", "600", "--duration", "20ms", "--runs", "1")
	require.Zero(t, b.ExitCode(t))
	require.Contains(t, b.Stdout.String(), "without")
	require.Contains(t, b.Stdout.String(), "p99")
}

func TestBench_measures_rooms_while_a_client_floods_one(t *testing.T) {
	b := measure(t, "flood", "--rooms", "2", "--duration", "50ms", "--runs", "1")
	require.Zero(t, b.ExitCode(t))
	for _, kind := range []string{"commands", "frames", "posts", "joins", "tokens", "reads"} {
		require.Contains(t, b.Stdout.String(), "flood kind="+kind)
	}
	require.Contains(t, b.Stdout.String(), "flood/s")
	b = measure(t, "flood", "--kind", "mail")
	require.Equal(t, cli.ExitUsage, b.ExitCode(t))
	require.Contains(t, b.Stderr.String(), "none of commands")
}

func TestBench_measures_connections_that_post(t *testing.T) {
	b := measure(t, "post", "--connections", "1,3", "--duration", "20ms", "--runs", "1")
	require.Zero(t, b.ExitCode(t))
	require.Contains(t, b.Stdout.String(), "post connections=3")
	require.Contains(t, b.Stdout.String(), "durable raw")
	require.Contains(t, b.Stdout.String(), "posts/s")
	require.Contains(t, b.Stdout.String(), "p99")
}

func TestBench_reports_that_a_server_limits_clients(t *testing.T) {
	s := e2e.StartServer(t, t.TempDir(), "--command-rate", "1")
	b := measure(t, "fanout", "--subscribers", "2", "--window", "100", "--url", s.URL, "--duration", "10s", "--runs", "1")
	require.Equal(t, cli.ExitError, b.ExitCode(t))
	require.Contains(t, b.Stderr.String(), "raise its --command-rate")
}

func TestBench_fills_a_data_directory_with_valid_sessions(t *testing.T) {
	program, err := exec.LookPath("parley")
	require.NoError(t, err)
	data := t.TempDir()
	require.NoError(t, scenario.Fill(t.Context(), target.Lab{Parley: program}, data, 20))
	require.Zero(t, e2e.StartParley(t, "verify", data).ExitCode(t))

	s := e2e.StartServer(t, data)
	list := e2e.MustCall[protocol.SessionsAnswer](t, s.API, e2e.Request{Method: http.MethodGet, Path: "/api/shared-sessions"})
	require.Len(t, list.Sessions, 11)
	for _, one := range list.Sessions {
		state := e2e.MustCall[protocol.StateAnswer](t, s.API, e2e.Request{Method: http.MethodGet, Path: "/api/shared-sessions/" + one.ID})
		require.Equal(t, one.ID, state.Session.ID)
		require.Len(t, state.Participants, 3)
		require.Equal(t, one.ID, state.Participants[2].SharedSessionID)
	}
}
