package isolate

import (
	"errors"
	"fmt"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"unicode/utf8"
)

// Plan says how a command is isolated. It is immutable and encodes as JSON. A nil Plan
// isolates nothing.
type Plan struct {
	Hide []string // directories and files, absolute; those that do not exist are left out
	Keep []string // directories below hidden ones that stay visible, absolute
	User *User    // runs the command; nil for namespaces
}

// User is a user of this system.
type User struct {
	Name   string
	Home   string
	UID    uint32
	GID    uint32
	Groups []uint32
}

// LookUp returns the user of a name.
func LookUp(name string) (*User, error) {
	u, err := user.Lookup(name)
	if err != nil {
		return nil, err
	}
	groups, err := u.GroupIds()
	if err != nil {
		return nil, fmt.Errorf("the groups of %s: %w", name, err)
	}
	found := &User{Name: u.Username, Home: u.HomeDir}
	var errs [2]error
	found.UID, errs[0] = parseID(u.Uid)
	found.GID, errs[1] = parseID(u.Gid)
	for _, g := range groups {
		id, err := parseID(g)
		if err != nil {
			return nil, err
		}
		found.Groups = append(found.Groups, id)
	}
	return found, errors.Join(errs[:]...)
}

func parseID(text string) (uint32, error) {
	id, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is not the number of a user or group", text)
	}
	return uint32(id), nil
}

// Runner returns the user who runs commands, or nil if it is this process's own.
func (p *Plan) Runner() *User {
	if p == nil {
		return nil
	}
	return p.User
}

// With returns the plan with further directories that stay visible.
func (p *Plan) With(keep ...string) *Plan {
	if p == nil {
		return nil
	}
	more := *p
	more.Keep = append(slices.Clone(p.Keep), keep...)
	return &more
}

// check reports a plan that cannot work.
func (p *Plan) check() error {
	for _, path := range slices.Concat(p.Hide, p.Keep) {
		if !filepath.IsAbs(path) || !utf8.ValidString(path) {
			return fmt.Errorf("isolate: %q is not an absolute path in UTF-8", path)
		}
	}
	return nil
}
