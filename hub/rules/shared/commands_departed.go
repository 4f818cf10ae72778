package shared

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"parley/hub/journal"
)

// departedCommands holds commands of guests who have left, since a client that has not
// received the answer sends a command again. The commands of a guest are kept for
// departedRetention. The oldest guests are dropped beyond maxDepartedGuests guests and
// maxDepartedCommands commands in total.
type departedCommands struct {
	Guests []departure // in the order of leaving

	// derived from the above
	known map[string]departedCommand // by key
}

const (
	departedRetention   = 10 * time.Minute
	maxDepartedGuests   = 1000
	maxDepartedCommands = 16 << 10
)

// departure holds the commands of one guest who left at a time.
type departure struct {
	At       time.Time
	Commands []departedCommand
}

// departedCommand is the short form of a command that was carried out.
type departedCommand struct {
	key    string // a digest of its scope and its id
	digest string
	seq    journal.Seq
	isJoin bool
}

func newDepartedCommand(scope string, c completedCommand) departedCommand {
	return departedCommand{key: departedKey(scope, c.ID), digest: c.Digest, seq: c.Seq, isJoin: c.Joined != ""}
}

// departedKey returns the key of a command: a digest of its scope and its id, neither of
// which can hold a zero byte.
func departedKey(scope, id string) string {
	sum := sha256.Sum256([]byte(scope + "\x00" + id))
	return base64.RawURLEncoding.EncodeToString(sum[:12])
}

// MarshalText implements [encoding.TextMarshaler].
func (c departedCommand) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%s %s %d %t", c.key, c.digest, c.seq, c.isJoin), nil
}

// UnmarshalText implements [encoding.TextUnmarshaler].
func (c *departedCommand) UnmarshalText(text []byte) error {
	_, err := fmt.Sscanf(string(text), "%s %s %d %t", &c.key, &c.digest, &c.seq, &c.isJoin)
	return err
}

// index computes the derived fields.
func (d *departedCommands) index() {
	d.known = map[string]departedCommand{}
	for _, g := range d.Guests {
		for _, c := range g.Commands {
			d.known[c.key] = c
		}
	}
}

// add adds the commands of a guest who left at a time. Guests are added in the order of
// leaving.
func (d *departedCommands) add(at time.Time, commands []departedCommand) {
	if len(commands) == 0 {
		return
	}
	d.Guests = append(d.Guests, departure{at, commands})
	for _, c := range commands {
		d.known[c.key] = c
	}
	d.expire(at)
}

// find returns a command by scope and id. It does not know the participant of a join.
func (d *departedCommands) find(scope, id string) (found completedCommand, ok bool) {
	if len(d.known) == 0 {
		return completedCommand{}, false
	}
	c, ok := d.known[departedKey(scope, id)]
	return completedCommand{ID: id, Digest: c.digest, Seq: c.seq}, ok
}

// expire drops the guests beyond the bounds.
func (d *departedCommands) expire(now time.Time) {
	n := 0
	for ; n < len(d.Guests); n++ {
		g := &d.Guests[n]
		if now.Sub(g.At) < departedRetention && len(d.Guests)-n <= maxDepartedGuests && len(d.known) <= maxDepartedCommands {
			break
		}
		for _, c := range g.Commands {
			delete(d.known, c.key)
		}
	}
	d.Guests = slices.Delete(d.Guests, 0, n)
}

// forgetJoins drops the joins, which a new invite makes obsolete.
func (d *departedCommands) forgetJoins() {
	for i := range d.Guests {
		g := &d.Guests[i]
		g.Commands = slices.DeleteFunc(g.Commands, func(c departedCommand) bool { return c.isJoin })
	}
	d.Guests = slices.DeleteFunc(d.Guests, func(g departure) bool { return len(g.Commands) == 0 })
	d.index()
}
