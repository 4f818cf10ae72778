package limit

import (
	"container/list"
	"net/netip"
	"time"
)

// group is a bounded set of connections of unknown clients. Its owner's lock guards
// it.
type group struct {
	limit    int // immutable
	count    int
	networks map[netip.Prefix]*list.List // of *Connection, oldest first; none is empty
}

// element is the place of a connection in its group.
type element = *list.Element

func newGroup(limit int) group {
	return group{limit: limit, networks: map[netip.Prefix]*list.List{}}
}

// add adds a connection that is in no group. If the group is full it returns the
// connection that was evicted, which may be the new one.
func (g *group) add(c *Connection) (evicted *Connection) {
	of := g.networks[c.network]
	if of == nil {
		of = list.New()
		g.networks[c.network] = of
	}
	c.group, c.element, c.joined = g, of.PushBack(c), time.Now()
	if g.count++; g.count > g.limit {
		return g.evict()
	}
	return nil
}

// remove removes a connection of the group.
func (g *group) remove(c *Connection) {
	of := g.networks[c.network]
	of.Remove(c.element)
	if of.Len() == 0 {
		delete(g.networks, c.network)
	}
	c.group, c.element = nil, nil
	g.count--
}

// evict removes the oldest connection of the network that has the most, and
// returns it. It returns nil if the group is empty.
func (g *group) evict() *Connection {
	var victim *Connection
	most := 0
	for _, of := range g.networks {
		oldest := of.Front().Value.(*Connection)
		if of.Len() > most || of.Len() == most && oldest.joined.Before(victim.joined) {
			victim, most = oldest, of.Len()
		}
	}
	if victim != nil {
		g.remove(victim)
	}
	return victim
}
