package agent

import (
	"path/filepath"

	"go.uber.org/zap"

	"parley/hub/agent/content"
	"parley/hub/agent/demo"
	"parley/hub/agent/peer"
	"parley/hub/agent/profile"
	"parley/hub/rules"
)

// started is an agent that was started, and what its session needs to know of it.
type started struct {
	peer    peer.Peer
	profile profile.Profile
	cwd     string             // the session's working directory, on the agent's machine
	files   content.FileWriter // for attachments
}

// start starts the agent of a profile, or the one of a connector.
func (l *Launcher) start(spec rules.LaunchSpec, log *zap.Logger) (started, error) {
	if spec.Remote {
		return l.startRemote(spec)
	}
	chosen, ok := l.profile(spec.Profile)
	if !ok {
		return started{}, rules.ErrNoProfile
	}
	s := started{profile: chosen, files: &l.files}
	var err error
	if profile.IsBuiltIn(spec.Profile) {
		s.peer, s.cwd, err = l.startDemo(spec, log)
		return s, err
	}
	if s.cwd, err = chosen.WorkingDir(spec.Cwd); err != nil {
		return s, err
	}
	isolation, err := l.isolation(spec.HostSession.String())
	if err != nil {
		return s, err
	}
	s.peer, err = peer.StartProcess(chosen, s.cwd, isolation, l.records, log)
	return s, err
}

// startRemote starts the agent of a host session's connector. The connector knows its
// command and its directory.
func (l *Launcher) startRemote(spec rules.LaunchSpec) (started, error) {
	if l.opts.Remote == nil {
		return started{}, rules.ErrNoProfile
	}
	p, err := l.opts.Remote.Open(spec.HostSession, spec.Run)
	if err != nil {
		return started{}, err
	}
	return started{p.Peer, profile.Profile{Name: spec.Profile}, p.Dir, p}, nil
}

// startDemo starts the demo agent, and returns it with the session's working directory.
func (l *Launcher) startDemo(spec rules.LaunchSpec, log *zap.Logger) (peer.Peer, string, error) {
	if spec.Cwd != "" && !filepath.IsAbs(spec.Cwd) {
		return nil, "", rules.ErrCwdNotAllowed
	}
	cwd, scratch := spec.Cwd, ""
	if cwd == "" && l.opts.DemoDir != "" {
		dir, err := demo.PrepareScratch(filepath.Join(l.opts.DemoDir, "work", spec.HostSession.String()))
		if err != nil {
			log.Warn("the demo agent has no scratch directory", zap.Error(err))
		} else {
			cwd, scratch = dir, dir
		}
	}
	options := demo.Options{Pace: l.opts.DemoPace, History: l.history, Scratch: scratch, Version: version1}
	if spec.Profile == profile.DemoV2 {
		options.Version = version2
	}
	return peer.StartDemo(options), cwd, nil
}
