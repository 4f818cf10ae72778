package isolate

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// checkArgv0 is the name by which this program runs as the command of [Plan.Check].
const checkArgv0 = "parley-agent-isolate-check"

func init() {
	if len(os.Args) > 1 && os.Args[0] == checkArgv0 {
		var p Plan
		err := json.Unmarshal([]byte(os.Args[1]), &p)
		if err = errors.Join(err, p.visible()); err != nil {
			_, _ = fmt.Fprintln(os.Stderr, err)
			syscall.Exit(exitFailed)
		}
		syscall.Exit(0)
	}
}

// Check isolates a command that tries to see what is hidden. It returns why commands
// cannot be isolated, or what they can see.
func (p *Plan) Check() error {
	if p == nil {
		return nil
	}
	plan, err := json.Marshal(p)
	if err != nil {
		return err
	}
	attr := &syscall.ProcAttr{Dir: "/", Env: os.Environ(), Sys: new(syscall.SysProcAttr)}
	path, args, err := p.Command(self, []string{checkArgv0, string(plan)}, attr)
	if err != nil {
		return err
	}
	var out strings.Builder
	cmd := &exec.Cmd{Path: path, Args: args, Env: attr.Env, Dir: attr.Dir, SysProcAttr: attr.Sys, Stdout: &out, Stderr: &out}
	if err := cmd.Run(); err != nil {
		if text := strings.TrimSpace(out.String()); text != "" {
			return errors.New(text)
		}
		return err
	}
	return nil
}

// visible returns an error that names what this process can see of what is hidden.
func (p *Plan) visible() error {
	for _, path := range p.Hide {
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, fs.ErrPermission):
			continue
		case err != nil:
			return err
		case !info.IsDir():
			if content, err := os.ReadFile(path); err == nil && len(content) > 0 {
				return fmt.Errorf("%s can be read", path)
			}
			continue
		}
		entries, _ := os.ReadDir(path)
		for _, e := range entries {
			found := filepath.Join(path, e.Name())
			if !slices.ContainsFunc(p.Keep, func(keep string) bool { return keep == found || strings.HasPrefix(keep, found+"/") }) {
				return fmt.Errorf("%s can be seen", found)
			}
		}
	}
	return nil
}
