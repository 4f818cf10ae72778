package feed

// outbox is what one connection sends separately of a burst, because a line of its
// own stands among the lines for all. It belongs to the fan-out's goroutine.
type outbox struct {
	own     *Burst // not offered yet; includes lines of the burst for all; nil when there is nothing
	settled int    // lines of the burst for all that are in own, were offered, or are not for this connection
	left    bool   // the connection receives nothing more, though its commands are still carried out
}

// shares reports whether the connection can take the burst for all as it is.
func (o *outbox) shares() bool { return o.own == nil && o.settled == 0 }

// skip passes over the lines that the burst for all has so far.
func (o *outbox) skip(all *Burst) { o.settled = len(all.Lines) }

// add takes over the lines that the burst for all has so far, and puts lines of
// the connection's own behind them.
func (o *outbox) add(all *Burst, own ...Line) {
	lines := all.Lines[o.settled:]
	o.settled = len(all.Lines)
	if o.own == nil && len(lines)+len(own) > 0 {
		o.own = new(Burst)
	}
	for _, l := range lines {
		o.own.add(l)
	}
	for _, l := range own {
		o.own.add(l)
	}
}

// empty takes over the lines that the burst for all has so far, and returns
// everything that the connection has to send; nil for nothing.
func (o *outbox) empty(all *Burst) *Burst {
	o.add(all)
	own := o.own
	o.own = nil
	return own
}
