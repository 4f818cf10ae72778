//go:build linux

package supervisor

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap/zaptest"
)

// patience bounds every wait of a test. Only a failure reaches it.
const patience = time.Minute

// serverVariable is the environment variable that makes the test binary run as a server
// with one command. Its value is the directory of the records.
const serverVariable = "TEST_SERVER"

func TestMain(m *testing.M) {
	if dir, ok := os.LookupEnv(serverVariable); ok {
		runServer(dir)
		return
	}
	goleak.VerifyTestMain(m)
}

// family is a shell script that starts three processes and only ends when it is killed:
// a child, a child in its own session, and an orphan without environment. It writes the
// four process ids.
const family = `trap '' TERM HUP INT
sleep 1000 & a=$!
setsid sh -c 'echo $$ > "$1"; exec sleep 1000' - "$1/b" &
env -i setsid sh -c 'trap "" TERM; sleep 1000 >/dev/null 2>&1 & echo $! > "$1"' - "$1/c" &
while ! [ -s "$1/b" ] || ! [ -s "$1/c" ]; do sleep 0.01; done
echo $$ $a $(cat "$1/b") $(cat "$1/c")
while :; do sleep 1000; done`

// runServer starts the family, and blocks until the process is killed.
func runServer(dir string) {
	marks, err := os.MkdirTemp("", "")
	if err == nil {
		cmd := exec.Command("/bin/sh", "-c", family, "sh", marks)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		_, err = Start(cmd, nil, NewRecords(dir, nil))
	}
	if err != nil {
		fmt.Println(err)
	}
	select {}
}

// server is a server process that has started a family.
type server struct {
	t      *testing.T
	dir    string // of its records
	cmd    *exec.Cmd
	family []int // process ids
}

func startServer(t *testing.T) *server {
	t.Helper()
	s := &server{t: t, dir: filepath.Join(t.TempDir(), "runs")}
	s.cmd = exec.Command(os.Args[0])
	s.cmd.Env = append(os.Environ(), serverVariable+"="+s.dir)
	out, err := s.cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, s.cmd.Start())
	t.Cleanup(s.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	for _, field := range strings.Fields(line) {
		pid, err := strconv.Atoi(field)
		require.NoError(t, err, line)
		s.family = append(s.family, pid)
	}
	require.Len(t, s.family, 4)
	return s
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// record returns the server's only record.
func (s *server) record() *record {
	s.t.Helper()
	files, err := filepath.Glob(filepath.Join(s.dir, "*"+recordSuffix))
	require.NoError(s.t, err)
	require.Len(s.t, files, 1)
	content, err := os.ReadFile(files[0])
	require.NoError(s.t, err)
	r := new(record)
	require.NoError(s.t, json.Unmarshal(content, r))
	return r
}

// sweep calls Sweep as the next server does, and requires that no record is left.
func (s *server) sweep() {
	s.t.Helper()
	require.NoError(s.t, NewRecords(s.dir, zaptest.NewLogger(s.t)).Sweep())
	files, err := os.ReadDir(s.dir)
	require.NoError(s.t, err)
	require.Empty(s.t, files)
}

// isAlive reports whether a process runs; a zombie does not.
func isAlive(pid int) bool {
	p, ok := readProc(pid)
	return ok && !p.ended
}

func requireGone(t *testing.T, pids ...int) {
	t.Helper()
	for i, pid := range pids {
		require.Eventually(t, func() bool { return !isAlive(pid) }, patience, 5*time.Millisecond, "process %d of the family", i)
	}
}

func TestSupervisor_ends_its_tree_when_the_server_is_killed(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	s.kill()
	requireGone(t, s.family...)
	requireGone(t, s.record().PID)
	s.sweep()
}

func TestSupervisor_that_is_stopped_continues_when_the_server_is_killed(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	require.NoError(t, syscall.Kill(s.record().PID, syscall.SIGSTOP))
	s.kill()
	requireGone(t, s.family...)
}

func TestSweep_returns_when_the_tree_has_ended(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	supervisor := s.record()
	s.kill()
	_ = syscall.Kill(supervisor.PID, syscall.SIGSTOP) // so that it does not end its tree before Sweep
	s.sweep()
	for _, pid := range append(s.family, supervisor.PID) {
		require.False(t, isAlive(pid))
	}
}

func TestSweep_ends_a_supervisor_that_hangs_and_its_tree(t *testing.T) {
	t.Parallel()
	hangs := exec.Command("/bin/sh", "-c", "sleep 1000 & echo $!; wait")
	out, err := hangs.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, hangs.Start())
	var below int
	_, err = fmt.Fscan(out, &below)
	require.NoError(t, err)
	ended := make(chan error, 1)          // sent to once, by the goroutine; capacity 1, in case the test fails
	go func() { ended <- hangs.Wait() }() // ends with the process; the test receives from ended
	p, ok := readProc(hangs.Process.Pid)
	require.True(t, ok)
	s := &server{t: t, dir: t.TempDir()}
	rec := &record{Run: "x", Boot: bootID(), PID: p.pid, Start: p.start, path: filepath.Join(s.dir, "x"+recordSuffix)}
	require.NoError(t, rec.write())
	s.sweep()
	require.Error(t, <-ended)
	requireGone(t, below)
}

func TestSweep_ends_the_tree_of_a_killed_supervisor(t *testing.T) {
	t.Parallel()
	s := startServer(t)
	rec := s.record()
	require.NoError(t, syscall.Kill(rec.PID, syscall.SIGKILL)) // before it can end its tree
	s.kill()
	requireGone(t, s.family[0]) // by the kernel
	s.sweep()
	daemon := s.family[3]
	if rec.Cgroup == "" {
		t.Log("without a cgroup, an orphan without environment is not found")
		_ = syscall.Kill(daemon, syscall.SIGKILL)
	}
	requireGone(t, s.family...)
}

// A record may be old, and its process id may belong to another process now.
func TestSweep_does_not_end_other_processes(t *testing.T) {
	t.Parallel()
	innocent := exec.Command("sleep", "1000")
	innocent.Env = []string{runVariable + "=another"}
	require.NoError(t, innocent.Start())
	defer func() {
		require.NoError(t, innocent.Process.Kill())
		_ = innocent.Wait()
	}()
	p, ok := readProc(innocent.Process.Pid)
	require.True(t, ok)
	s := &server{t: t, dir: t.TempDir()}
	for name, rec := range map[string]*record{
		"another start": {Run: "x", Boot: bootID(), PID: p.pid, Start: p.start + 1},
		"another boot":  {Run: "another", Boot: "another", PID: p.pid, Start: p.start},
	} {
		rec.path = filepath.Join(s.dir, name+recordSuffix)
		require.NoError(t, rec.write())
	}
	require.NoError(t, os.WriteFile(filepath.Join(s.dir, "torn.part"), []byte(`{"Run":`), 0o600))
	s.sweep()
	require.True(t, isAlive(p.pid))
}

func TestRecords_are_removed_when_the_command_has_ended(t *testing.T) {
	t.Parallel()
	s := &server{t: t, dir: t.TempDir()}
	c, err := Start(exec.Command("/bin/sh", "-c", "exit 3"), nil, NewRecords(s.dir, zaptest.NewLogger(t)))
	require.NoError(t, err)
	end, err := c.Wait()
	require.NoError(t, err)
	require.Equal(t, End{Code: new(3)}, end)
	s.sweep()
}

func TestStart_returns_the_reason_of_a_failure(t *testing.T) {
	t.Parallel()
	s := &server{t: t, dir: t.TempDir()}
	script := filepath.Join(t.TempDir(), "script")
	require.NoError(t, os.WriteFile(script, []byte("no interpreter"), 0o700))
	for want, cmd := range map[string]*exec.Cmd{
		"exec format error": {Path: script},
		"working directory": {Path: "/bin/sh", Dir: "/no/such/directory"},
	} {
		_, err := Start(cmd, nil, NewRecords(s.dir, zaptest.NewLogger(t)))
		require.ErrorContains(t, err, want)
	}
	s.sweep()
}

// The arguments and variables include invalid UTF-8, and more bytes than a socket holds.
func TestStart_passes_on_arguments_environment_and_directory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	cmd := exec.Command("/bin/sh", "-c", `printf '%s %s %s %s' "$1" "$V" "$(pwd)" "${#LONG}" > "$2"`, "sh", "a\xffb", out)
	cmd.Dir = dir
	cmd.Env = []string{"V=\xfe", "LONG=" + strings.Repeat("x", 100_000), "L2=" + strings.Repeat("x", 100_000), "L3=" + strings.Repeat("x", 100_000)}
	c, err := Start(cmd, nil, NewRecords("", nil))
	require.NoError(t, err)
	_, err = c.Wait()
	require.NoError(t, err)
	got, err := os.ReadFile(out)
	require.NoError(t, err)
	require.Equal(t, "a\xffb \xfe "+dir+" 100000", string(got))
}

func TestKill_ends_a_tree_that_keeps_forking(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("/bin/sh", "-c", `f() { while :; do sleep 0.01 & done; }; f & f & echo up; f`)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	c, err := Start(cmd, nil, NewRecords("", nil))
	require.NoError(t, err)
	_, err = bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	c.Kill()
	end, err := c.Wait()
	require.NoError(t, err)
	require.Zero(t, end.Left)
	require.Equal(t, "killed", end.Signal)
}

func TestCgroupDir_finds_the_mount_of_a_cgroup(t *testing.T) {
	const unified = "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw\n"
	const below = "30 23 0:26 /system.slice /mnt/group rw - cgroup2 none rw\n"
	for _, c := range []struct{ mounts, path, want string }{
		{unified, "/user.slice/x", "/sys/fs/cgroup/user.slice/x"},
		{unified, "/", "/sys/fs/cgroup"},
		{below, "/system.slice/parley", "/mnt/group/parley"},
		{below, "/user.slice", ""},
		{"30 23 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n", "/", ""},
		{"", "/", ""},
	} {
		require.Equal(t, c.want, cgroupDir(c.mounts, c.path), c)
	}
}
