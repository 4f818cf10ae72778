package web

import (
	"container/list"
	"net/netip"
	"time"
)

// connGroup is connections of unknown clients, of which there may be so many. Its
// owner guards it.
type connGroup struct {
	limit int // immutable
	count int
	from  map[netip.Prefix]*list.List // of *clientConn, oldest first; none is empty
}

// connPlace is where a connection is in its group.
type connPlace = *list.Element

func newConnGroup(limit int) connGroup {
	return connGroup{limit: limit, from: map[netip.Prefix]*list.List{}}
}

// put takes in a connection that is in no group. It returns one that has to go for
// it, which is in none any more.
func (g *connGroup) put(c *clientConn) (evicted *clientConn) {
	of := g.from[c.network]
	if of == nil {
		of = list.New()
		g.from[c.network] = of
	}
	c.group, c.place, c.since = g, of.PushBack(c), time.Now()
	if g.count++; g.count > g.limit {
		return g.evict()
	}
	return nil
}

// remove takes a connection out of the group that it is in.
func (g *connGroup) remove(c *clientConn) {
	of := g.from[c.network]
	of.Remove(c.place)
	if of.Len() == 0 {
		delete(g.from, c.network)
	}
	c.group, c.place = nil, nil
	g.count--
}

// evict removes the oldest connection of the address that has the most, and
// returns it, or nil from an empty group.
func (g *connGroup) evict() *clientConn {
	var victim *clientConn
	most := 0
	for _, of := range g.from {
		oldest := of.Front().Value.(*clientConn)
		if of.Len() > most || of.Len() == most && oldest.since.Before(victim.since) {
			victim, most = oldest, of.Len()
		}
	}
	if victim != nil {
		g.remove(victim)
	}
	return victim
}
