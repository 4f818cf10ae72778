//go:build linux

package isolate

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// world is a directory with a secret and a place that stays visible.
type world struct{ dir, data, secret, kept, file string }

func newWorld(t *testing.T) world {
	t.Helper()
	w := world{dir: t.TempDir()}
	w.data = filepath.Join(w.dir, "data")
	w.secret, w.kept, w.file = filepath.Join(w.data, "token.key"), filepath.Join(w.data, "files", "one"), filepath.Join(w.dir, "login.json")
	require.NoError(t, os.MkdirAll(w.kept, 0o755))
	for path, text := range map[string]string{w.secret: "secret", w.file: "secret", filepath.Join(w.kept, "image.png"): "shown"} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	return w
}

func (w world) plan() *Plan {
	return &Plan{Hide: []string{w.data, w.file, filepath.Join(w.dir, "missing"), w.kept + "/../none"}, Keep: []string{w.kept}}
}

// run runs a shell script in isolation and returns what it prints.
func run(t *testing.T, p *Plan, dir, script string) (string, error) {
	t.Helper()
	attr := &syscall.ProcAttr{Dir: dir, Env: os.Environ(), Sys: &syscall.SysProcAttr{Setsid: true}}
	path, args, err := p.Command("/bin/sh", []string{"sh", "-c", script}, attr)
	require.NoError(t, err)
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, path)
	cmd.Args, cmd.Env, cmd.Dir, cmd.SysProcAttr, cmd.Stdout, cmd.Stderr = args, attr.Env, attr.Dir, attr.Sys, &out, &out
	err = cmd.Run()
	return out.String(), err
}

func TestPlan_hides_files_from_commands(t *testing.T) {
	w := newWorld(t)
	out, err := run(t, w.plan(), w.dir, "cat data/token.key; cat login.json; ls -A data; cat data/files/one/image.png")
	require.NoError(t, err, out)
	require.NotContains(t, out, "secret")
	require.Contains(t, out, "shown")
	require.NoError(t, w.plan().Check())
	require.ErrorContains(t, (&Plan{Hide: []string{w.data}, Keep: nil}).visible(), "can be seen")
}

// The commands of a hostile agent, each of which would print the secret.
var attacks = map[string]string{
	"unmount":                           "umount DATA; umount -l DATA; cat DATA/token.key",
	"unmount in a namespace of its own": "unshare -Urm sh -c 'umount DATA; umount -l DATA; cat DATA/token.key'",
	"move the mount":                    "mkdir -p DIR/other; unshare -Urm sh -c 'mount --move DATA DIR/other; cat DATA/token.key'",
	"bind the parent elsewhere":         "mkdir -p DIR/other; unshare -Urm sh -c 'mount --bind DIR DIR/other; cat DIR/other/data/token.key'",
	"the root of another process":       "for p in /proc/[0-9]*; do cat $p/root/DATA/token.key; done",
	"the working directory of another":  "for p in /proc/[0-9]*; do cat $p/cwd/data/token.key; done",
	"the files of another":              "for f in /proc/PARENT/fd/*; do case $(readlink $f) in DATA*) cat $f; esac; done",
	"the memory of another":             "grep rw /proc/PARENT/maps && echo secret",
	"the namespace of another":          "nsenter -t PARENT -m cat DATA/token.key",
	"write where it was":                "echo x >DATA/new && echo secret",
	"rename its parent":                 "mv DIR DIR.moved && cat DIR.moved/data/token.key; mv DIR.moved DIR",
}

func TestPlan_withstands_a_hostile_command(t *testing.T) {
	for name, script := range attacks {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			open, err := os.Open(w.secret) // as a server has its journal open
			require.NoError(t, err)
			defer open.Close()
			script = strings.NewReplacer("DATA", w.data, "DIR", w.dir, "PARENT", "$PPID").Replace(script)
			if os.Geteuid() == 0 || !strings.Contains(script, "nsenter") {
				out, _ := run(t, nil, w.dir, script)
				require.Contains(t, out, "secret", "without isolation, the attack succeeds")
			}
			out, _ := run(t, w.plan(), w.dir, script) // most attacks end with an error
			require.NotContains(t, out, "secret", out)
		})
	}
}

// These tests are about namespaces that any user can make, so they also run as one
// without rights.
func TestPlan_works_for_other_users_than_root(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the other tests of this package do not run as root")
	}
	nobody, err := LookUp("nobody")
	require.NoError(t, err)
	dir, err := os.MkdirTemp("", "isolate") // of TempDir's parents, nobody can enter none
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(dir)) })
	require.NoError(t, os.Chown(dir, int(nobody.UID), int(nobody.GID)))
	program := filepath.Join(dir, "isolate.test")
	content, err := os.ReadFile("/proc/self/exe")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(program, content, 0o755))
	require.NoError(t, os.Chmod(program, 0o755))

	attr := &syscall.ProcAttr{Dir: dir, Env: append(os.Environ(), "TMPDIR="+dir), Sys: new(syscall.SysProcAttr)}
	_, args, err := (&Plan{User: nobody}).Command(program, []string{program, "-test.run=TestPlan_(hides|withstands)", "-test.v"}, attr)
	require.NoError(t, err)
	cmd := &exec.Cmd{Path: program, Args: args, Env: attr.Env, Dir: attr.Dir, SysProcAttr: attr.Sys}
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS: TestPlan_withstands_a_hostile_command", string(out))
}
