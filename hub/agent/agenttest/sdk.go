//go:build unix

package agenttest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// SDKExample returns the command of the SDK's example agent, and installs the SDK if
// necessary. The agent's turns take about five seconds and request one permission, with
// the options "allow" and "reject". It cannot load sessions. SDKExample fails the test
// if node or npm is missing. It is safe for concurrent use, in several processes too.
func SDKExample(t testing.TB) []string {
	t.Helper()
	return command(t, "sdk", "node_modules/@agentclientprotocol/sdk/dist/examples/agent.js")
}

// SDKVersion2 returns the command of a small agent of version 2 of the protocol, written
// on the SDK; its file agent.mjs says what a prompt makes it do. It keeps the prompts of
// its sessions in the directory that the environment variable MEMORY names. Otherwise it
// is like [SDKExample].
func SDKVersion2(t testing.TB) []string {
	t.Helper()
	return command(t, "sdk2", "agent.mjs")
}

// SDKSchema2 returns the path of the published JSON Schema of version 2 of the protocol.
func SDKSchema2(t testing.TB) string {
	t.Helper()
	return command(t, "sdk2", "node_modules/@agentclientprotocol/sdk/schema/v2/schema.json")[1]
}

// command returns the command that runs a file of a directory in testdata with node, and
// installs the packages of that directory if necessary.
func command(t testing.TB, name, file string) []string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("this test runs a real agent and needs node 20 or newer in PATH")
	}
	_, here, _, _ := runtime.Caller(0)
	dir := filepath.Join(filepath.Dir(here), "..", "testdata", name)
	install(t, dir)
	return []string{node, filepath.Join(dir, filepath.FromSlash(file))}
}

// install runs npm ci unless the packages of the lock file are installed.
func install(t testing.TB, dir string) {
	t.Helper()
	lock, err := os.OpenFile(filepath.Join(dir, ".install.lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		t.Fatalf("lock the installation: %v", err)
	}
	defer lock.Close() // unlocks the file
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		t.Fatalf("lock the installation: %v", err)
	}
	wanted, err := os.Stat(filepath.Join(dir, "package-lock.json"))
	if err != nil {
		t.Fatal(err)
	}
	// npm writes this file at the end of an installation.
	installed, err := os.Stat(filepath.Join(dir, "node_modules", ".package-lock.json"))
	if err == nil && !installed.ModTime().Before(wanted.ModTime()) {
		return
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		t.Fatal("this test runs a real agent and needs npm in PATH to fetch it once")
	}
	cmd := exec.Command(npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("npm ci in %s: %v\n%s", dir, err, out)
	}
}
