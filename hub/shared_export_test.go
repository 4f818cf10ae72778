package hub

func (p *people) Present() int { return p.here }

func (d *doneCommands) Lists() map[string][]commandDone { return d.lists }

func (d *departedCommands) Known() map[string]departedCommand { return d.known }

func newOpenPermission(q question) openPermission { return openPermission{question: q}.named() }

func settingsOf(s *sharedState) *settings { return s.settings }
