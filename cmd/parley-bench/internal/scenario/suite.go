package scenario

import (
	"context"
	"errors"
	"fmt"

	"parley/cmd/parley-bench/internal/machine"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// Suite runs scenarios.
type Suite struct {
	Lab      target.Lab
	Runs     int
	Progress func(text string) // called at each step, with a description
}

// spareFiles is how many files a process has open in addition to those of a scenario.
const spareFiles = 100

// Run measures a scenario. Runs of Parley and of the baseline alternate, so that other work
// of the machine affects both.
func (s Suite) Run(ctx context.Context, what Scenario) (r report.Result, err error) {
	r = report.NewResult(what.Kind, what.Settings, what.Baseline)
	if s.Lab.Remote() {
		r.BaselineName = ""
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", what.Name(), err)
		}
	}()
	if s.Lab.Files > 0 && what.Files+spareFiles > s.Lab.Files {
		return r, fmt.Errorf("the scenario needs about %d open files, and the limit is %d: raise the hard limit, see ulimit -n", what.Files+spareFiles, s.Lab.Files)
	}
	dir, remove, err := s.data(ctx, what)
	if err != nil {
		return r, err
	}
	defer remove()
	for i := range s.Runs {
		once := func(which target.Server, called string, to *[]report.Figures) error {
			s.Progress(fmt.Sprintf("%s: run %d of %d, %s", what.Name(), i+1, s.Runs, called))
			f, err := what.run(ctx, s.Lab, which, dir)
			if err != nil {
				return fmt.Errorf("%s: %w", called, err)
			}
			*to = append(*to, f)
			return nil
		}
		if err := once(target.Parley, "parley", &r.Parley); err != nil {
			return r, err
		}
		if r.BaselineName == "" {
			continue
		}
		if err := once(target.Baseline, r.BaselineName, &r.Baseline); err != nil {
			return r, err
		}
	}
	return r, nil
}

// data creates the data directory that the runs of a scenario share, if it has one.
func (s Suite) data(ctx context.Context, what Scenario) (dir string, remove func(), err error) {
	if what.prepare == nil {
		return "", func() {}, nil
	}
	if s.Lab.Remote() {
		return "", nil, fmt.Errorf("the scenario needs its own data: %w", target.ErrRemote)
	}
	s.Progress(what.Name() + ": filling the data directory")
	dir, remove, err = machine.TempDir()
	if err != nil {
		return "", nil, err
	}
	if err := what.prepare(ctx, s.Lab, dir); err != nil {
		remove()
		return "", nil, errors.Join(err, ctx.Err())
	}
	return dir, remove, nil
}
