package bench

import (
	"context"
	"errors"
	"fmt"
)

// Suite runs scenarios.
type Suite struct {
	Lab      Lab
	Runs     int
	Progress func(text string) // what goes on now
}

// spareFiles are for all else that a process has open.
const spareFiles = 100

// Run measures a scenario: Parley and what stands beside it in turns, so that
// what else the machine does falls on both.
func (s Suite) Run(ctx context.Context, what Scenario) (r Result, err error) {
	r = Result{Kind: what.Kind, Name: what.Name(), Settings: settingsMap(what.Settings), BesideName: what.Beside}
	if s.Lab.Remote() {
		r.BesideName = ""
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", what.Name(), err)
		}
	}()
	if s.Lab.Files > 0 && what.Files+spareFiles > s.Lab.Files {
		return r, fmt.Errorf("it needs about %d open files, and %d are allowed: raise the hard limit, see ulimit -n", what.Files+spareFiles, s.Lab.Files)
	}
	dir, remove, err := s.data(ctx, what)
	if err != nil {
		return r, err
	}
	defer remove()
	for i := range s.Runs {
		once := func(which Server, called string, to *[]Figures) error {
			s.Progress(fmt.Sprintf("%s: run %d of %d, %s", what.Name(), i+1, s.Runs, called))
			f, err := what.run(ctx, s.Lab, which, dir)
			if err != nil {
				return fmt.Errorf("%s: %w", called, err)
			}
			*to = append(*to, f)
			return nil
		}
		if err := once(Parley, "parley", &r.Parley); err != nil {
			return r, err
		}
		if r.BesideName == "" {
			continue
		}
		if err := once(Beside, r.BesideName, &r.Beside); err != nil {
			return r, err
		}
	}
	return r, nil
}

// data makes the data directory that a scenario's runs share, if it wants one.
func (s Suite) data(ctx context.Context, what Scenario) (dir string, remove func(), err error) {
	if what.prepare == nil {
		return "", func() {}, nil
	}
	if s.Lab.Remote() {
		return "", nil, fmt.Errorf("it needs data of its own: %w", errNotOurs)
	}
	s.Progress(what.Name() + ": filling the data directory")
	dir, remove, err = newDirectory()
	if err != nil {
		return "", nil, err
	}
	if err := what.prepare(ctx, s.Lab, dir); err != nil {
		remove()
		return "", nil, errors.Join(err, ctx.Err())
	}
	return dir, remove, nil
}
