package server

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.uber.org/zap"

	"parley/cmd/internal/cli"
	"parley/hub/agent/isolate"
)

// Isolate says whether the key of the server is kept from the agents that it starts.
type Isolate string

// The values of --isolate.
const (
	IsolateAuto    Isolate = "auto"    // if the server asks for keys, or others can reach it, and the system can do it
	IsolateRequire Isolate = "require" // or the server does not start
	IsolateOff     Isolate = "off"
)

// Isolation describes what is kept from the agents.
type Isolation struct {
	Plan     *isolate.Plan // nil for nothing
	FilesDir string        // of the attachments that agents read as files
	Report   string        // for people
	Problem  error         // why nothing is kept, although the system should
}

// Isolation returns what is kept from the agents of a server with the configuration. data is
// the absolute path of its directory.
func (c Config) Isolation(data string) (Isolation, error) {
	i := Isolation{FilesDir: filepath.Join(data, "agent-files")}
	if c.AgentUser != "" {
		return c.asUser(data)
	}
	switch {
	case c.Isolate == IsolateOff:
		i.Report = "agents can read the server's key, because of --isolate off"
		return i, nil
	case c.Isolate != IsolateRequire && c.IsLocalOnly() && !c.Web.Protected:
		i.Report = "agents can read the server's key, and its API is open to all programs on this machine; --isolate require changes the first"
		return i, nil
	}
	plan, err := Isolated(data)
	if err != nil {
		i.Problem, i.Report = err, err.Error()
		if c.Isolate == IsolateRequire {
			return i, cli.Usagef("--isolate require: %w", err)
		}
		return i, nil
	}
	i.Plan, i.Report = plan, "agents run in namespaces, in which the server's data and settings are not there"
	return i, nil
}

// Isolated returns a plan that hides a data directory and the user's settings and keys, or
// why this system cannot do that. It also protects the memory of this process.
func Isolated(data string) (*isolate.Plan, error) {
	data, err := filepath.Abs(data)
	if err != nil {
		return nil, err
	}
	plan := &isolate.Plan{Hide: hidden(data)}
	if err := errors.Join(plan.Check(), isolate.Protect()); err != nil {
		return nil, fmt.Errorf("agents can read the keys of Parley on this machine: %w", err)
	}
	return plan, nil
}

// IsLocalOnly reports whether no setting makes the server reachable from other machines.
func (c Config) IsLocalOnly() bool {
	w := c.Web
	w.Listen = c.Listen
	return w.IsLocalOnly()
}

// asUser is [Config.Isolation] for agents of another user. Their files are beside the data,
// where that user may read nothing.
func (c Config) asUser(data string) (Isolation, error) {
	u, err := isolate.LookUp(c.AgentUser)
	if err != nil {
		return Isolation{}, cli.Usagef("--agent-user: %w", err)
	}
	plan := &isolate.Plan{Hide: hidden(data), User: u}
	if err := plan.Check(); err != nil {
		return Isolation{}, cli.Usagef("--agent-user %s: %w", c.AgentUser, err)
	}
	return Isolation{Plan: plan, FilesDir: data + "-agent-files", Report: "agents run as the user " + u.Name}, nil
}

// hidden returns the directories with secrets: the server's data, and the settings and keys
// of the user.
func hidden(data string) []string {
	dirs := []string{data}
	if config, err := os.UserConfigDir(); err == nil {
		dirs = append(dirs, filepath.Join(config, "parley"))
	}
	return dirs
}

// log tells operators what is kept from agents. A server that is open to all programs says
// only that.
func (i Isolation) log(log *zap.Logger) {
	switch {
	case i.Problem != nil:
		log.Warn(i.Report)
	case i.Plan != nil:
		log.Info(i.Report)
	}
}
