package known

import (
	"os/exec"
	"slices"
	"sync"
	"time"
)

// Found is a known agent with the result of looking for it.
type Found struct {
	Agent
	// Run is the command that runs the agent; nil if it is not installed. It uses npx if
	// the vendor's own program is installed but not the adapter for it.
	Run []string
	// WithoutInstalling is a command that runs the agent although it is not installed:
	// npx, which is installed, downloads it. It is nil if there is none.
	WithoutInstalling []string
}

// maxAge is how long a result counts. So an agent that is installed while the server runs
// appears soon, and the disk is searched rarely, however many clients ask.
const maxAge = 3 * time.Second

// Finder finds the known agents that are installed. It is safe for concurrent use.
type Finder struct {
	lookPath func(program string) (string, error) // immutable

	mu sync.Mutex

	// guarded by mu
	found []Found
	at    time.Time // of found; zero before the first search
}

// NewFinder returns a Finder that looks into the directories of PATH. lookPath replaces
// [exec.LookPath] in tests; it is nil otherwise.
func NewFinder(lookPath func(string) (string, error)) *Finder {
	if lookPath == nil {
		lookPath = exec.LookPath
	}
	return &Finder{lookPath: lookPath}
}

// Find returns all known agents, as they were found at most three seconds ago. The caller
// must not change the result. It returns nil on a nil Finder.
func (f *Finder) Find() []Found {
	if f == nil {
		return nil
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.at.IsZero() || time.Since(f.at) >= maxAge {
		f.found, f.at = f.search(), time.Now()
	}
	return f.found
}

// Agent returns one agent as Find does, and whether it is known.
func (f *Finder) Agent(name string) (Found, bool) {
	found := f.Find()
	i := slices.IndexFunc(found, func(a Found) bool { return a.Name == name })
	if i < 0 {
		return Found{}, false
	}
	return found[i], true
}

func (f *Finder) search() []Found {
	npx := f.installed("npx")
	list := []Found{}
	for _, a := range Agents() {
		found := Found{Agent: a}
		switch {
		case f.installed(a.Command[0]):
			found.Run = a.Command
		case npx && a.Product != "" && f.installed(a.Product):
			found.Run = a.npx()
		case npx:
			found.WithoutInstalling = a.npx()
		}
		list = append(list, found)
	}
	return list
}

func (f *Finder) installed(program string) bool {
	_, err := f.lookPath(program)
	return err == nil
}
