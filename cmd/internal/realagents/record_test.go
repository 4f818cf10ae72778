package realagents

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Files of a recording, in the directory of each process.
const (
	inputFile  = "in"
	outputFile = "out"
	errorFile  = "err"
	pidFile    = "pid"
)

// record is the program "record DIR COMMAND ARGS...". It runs the command, and copies its
// input, output and standard error to files in a new directory, beside its process id. The
// names of these directories are numbers in the order of the processes.
func record() {
	code, err := recordCommand(os.Args[1], os.Args[2:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "record:", err)
	}
	os.Exit(code)
}

func recordCommand(parent string, command []string) (code int, err error) {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return 1, err
	}
	dir := filepath.Join(parent, fmt.Sprintf("%03d", len(entries)))
	if err := os.Mkdir(dir, 0o700); err != nil {
		return 1, err
	}
	in, err := os.Create(filepath.Join(dir, inputFile))
	if err != nil {
		return 1, err
	}
	out, err := os.Create(filepath.Join(dir, outputFile))
	if err != nil {
		return 1, err
	}
	stderr, err := os.Create(filepath.Join(dir, errorFile))
	if err != nil {
		return 1, err
	}
	child := exec.Command(command[0], command[1:]...)
	child.Stdout, child.Stderr = io.MultiWriter(out, os.Stdout), io.MultiWriter(stderr, os.Stderr)
	stdin, err := child.StdinPipe()
	if err != nil {
		return 1, err
	}
	if err := child.Start(); err != nil {
		return 1, err
	}
	pid := []byte(strconv.Itoa(child.Process.Pid))
	if err := os.WriteFile(filepath.Join(dir, pidFile), pid, 0o600); err != nil {
		return 1, err
	}
	go func() { // ends with this process
		_, _ = io.Copy(io.MultiWriter(in, stdin), os.Stdin)
		_ = stdin.Close()
	}()
	child.WaitDelay = time.Second // a process that the command has started may keep its output open
	_ = child.Wait()
	return child.ProcessState.ExitCode(), nil
}

// recordings returns the directories of the processes that record has started, in order.
func recordings(t *testing.T, parent string) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(parent, "*"))
	require.NoError(t, err)
	slices.Sort(dirs)
	return dirs
}

func readFile(t *testing.T, elem ...string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(elem...))
	require.NoError(t, err)
	return string(b)
}
