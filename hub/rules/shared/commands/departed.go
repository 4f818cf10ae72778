package commands

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"parley/hub/journal"
)

// Departed holds commands of guests who have left, since a client that has not
// received the answer sends a command again. The commands of a guest are kept for
// [Retention]. The oldest guests are dropped beyond [MaxGuests] guests and [MaxDeparted]
// commands in total. The JSON of Guests is part of a session's snapshot.
type Departed struct {
	Guests []Departure // in the order of leaving

	// derived from the above
	known map[string]leftCommand // by key
}

// The bounds of what is kept of guests who have left.
const (
	Retention   = 10 * time.Minute
	MaxGuests   = 1000
	MaxDeparted = 16 << 10 // commands
)

// Departure holds the commands of one guest who left at a time.
type Departure struct {
	At       time.Time
	Commands []leftCommand
}

// leftCommand is the short form of a command that was carried out.
type leftCommand struct {
	key    string // a digest of its scope and its id
	digest string
	seq    journal.Seq
	isJoin bool
}

func newLeftCommand(c Scoped) leftCommand {
	return leftCommand{key: keyOf(c.Scope, c.ID), digest: c.Digest, seq: c.Seq, isJoin: c.Joined != ""}
}

// keyOf returns the key of a command: a digest of its scope and its id, neither of
// which can hold a zero byte.
func keyOf(scope, id string) string {
	sum := sha256.Sum256([]byte(scope + "\x00" + id))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// MarshalText implements [encoding.TextMarshaler].
func (c leftCommand) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%s %s %d %t", c.key, c.digest, c.seq, c.isJoin), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *leftCommand) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "%s %s %d %t", &c.key, &c.digest, &c.seq, &c.isJoin)
	return err
}

// Index computes the derived fields.
func (d *Departed) Index() {
	d.known = map[string]leftCommand{}
	for _, g := range d.Guests {
		for _, c := range g.Commands {
			d.known[c.key] = c
		}
	}
}

// Add adds the commands of a guest who left at a time. Guests are added in the order of
// leaving.
func (d *Departed) Add(at time.Time, commands []Scoped) {
	if len(commands) == 0 {
		return
	}
	left := make([]leftCommand, len(commands))
	for i, c := range commands {
		left[i] = newLeftCommand(c)
		d.known[left[i].key] = left[i]
	}
	d.Guests = append(d.Guests, Departure{at, left})
	d.Expire(at)
}

// Find returns a command by scope and id. It does not know the participant of a join.
func (d *Departed) Find(scope, id string) (found Done, ok bool) {
	if len(d.known) == 0 {
		return Done{}, false
	}
	c, ok := d.known[keyOf(scope, id)]
	return Done{ID: id, Digest: c.digest, Seq: c.seq}, ok
}

// Expire drops the guests beyond the bounds.
func (d *Departed) Expire(now time.Time) {
	n := 0
	for ; n < len(d.Guests); n++ {
		g := &d.Guests[n]
		if now.Sub(g.At) < Retention && len(d.Guests)-n <= MaxGuests && len(d.known) <= MaxDeparted {
			break
		}
		for _, c := range g.Commands {
			delete(d.known, c.key)
		}
	}
	d.Guests = slices.Delete(d.Guests, 0, n)
}

// ForgetJoins drops the joins, which a new invite makes obsolete.
func (d *Departed) ForgetJoins() {
	for i := range d.Guests {
		g := &d.Guests[i]
		g.Commands = slices.DeleteFunc(g.Commands, func(c leftCommand) bool { return c.isJoin })
	}
	d.Guests = slices.DeleteFunc(d.Guests, func(g Departure) bool { return len(g.Commands) == 0 })
	d.Index()
}
