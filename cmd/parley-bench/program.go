package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"parley/cmd/internal/cli"
	"parley/cmd/parley-bench/internal/machine"
)

// parleyPackage is the package of the server.
const parleyPackage = "parley/cmd/parley"

// findParley returns the program of the server: the named one, or the one in the directory
// of self, or one that it builds from the clone that contains the working directory. It
// calls progress before it builds. The caller must call remove when the program is no
// longer needed.
func findParley(ctx context.Context, self, named string, progress func(string)) (path string, remove func(), err error) {
	if named != "" {
		// An absolute path, since servers may run in another directory.
		if path, err = exec.LookPath(named); err == nil {
			path, err = filepath.Abs(path)
		}
		if err != nil {
			return "", nil, cli.Usagef("--parley: %w", err)
		}
		return path, func() {}, nil
	}
	beside := filepath.Join(filepath.Dir(self), programName())
	if info, err := os.Stat(beside); err == nil && info.Mode().IsRegular() {
		return beside, func() {}, nil
	}
	return buildParley(ctx, progress)
}

func programName() string {
	if runtime.GOOS == "windows" {
		return "parley.exe"
	}
	return "parley"
}

var errNoParley = errors.New("there is no parley to measure: give one with --parley, or run this command in a clone of Parley with Go installed")

// buildParley builds the server from the clone that contains the working directory, without
// cgo, as it is shipped. remove removes the program.
func buildParley(ctx context.Context, progress func(string)) (path string, remove func(), err error) {
	out, err := exec.CommandContext(ctx, "go", "list", parleyPackage).Output()
	if err != nil || strings.TrimSpace(string(out)) != parleyPackage {
		return "", nil, errors.Join(errNoParley, ctx.Err())
	}
	dir, remove, err := machine.TempDir()
	if err != nil {
		return "", nil, err
	}
	progress("building " + parleyPackage)
	path = filepath.Join(dir, programName())
	build := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", path, parleyPackage)
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		remove()
		return "", nil, fmt.Errorf("build parley: %w: %s", err, out)
	}
	return path, remove, nil
}
