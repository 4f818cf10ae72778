package supervisor

import "github.com/google/uuid"

// runVariable is in the environment of a command and of all it starts, unless
// they take it out. It tells which run they belong to.
const runVariable = "PARLEY_AGENT_RUN"

// run names one start of a command.
type run string

func newRun() run { return run(uuid.NewString()) }

func (r run) variable() string { return runVariable + "=" + string(r) }
