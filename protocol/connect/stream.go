package connect

// Stream is one end's memory of the kept frames in both directions. It outlives
// connections: after a break, [Stream.Connect] continues where the other end stands. The
// zero value is not usable; see [NewStream]. It is for one goroutine at a time.
type Stream struct {
	limit int // immutable, in bytes

	// frames to the other end
	last  uint64          // the number of the newest one
	kept  []Frame         // not acknowledged, in order
	bytes int             // total size of kept
	sent  uint64          // the number of the newest one that this connection has sent, or that the other end had when it began
	held  map[uint64]bool // the numbers of those that must not be sent yet

	// frames from the other end
	taken     uint64 // the number of the newest one
	processed uint64 // the number of the newest one that was processed
	told      uint64 // the number that this connection has acknowledged
	connected bool
}

// NewStream returns a stream without frames that keeps at most a number of bytes for the
// other end.
func NewStream(limit int) *Stream { return &Stream{limit: limit, held: map[uint64]bool{}} }

// RestoreStream returns the stream of an end that has lost its memory. The other end has its
// frames up to the number last, and keeps its own after the number taken.
func RestoreStream(limit int, last, taken uint64) *Stream {
	s := NewStream(limit)
	s.last, s.sent, s.taken, s.processed = last, last, taken, taken
	return s
}

// HasRoom reports whether [Stream.Put] accepts a body of a length. A stream without frames
// to keep accepts any.
func (s *Stream) HasRoom(length int) bool {
	return len(s.kept) == 0 || s.bytes+MaxHeader+length <= s.limit
}

// Put adds a frame for the other end, and returns its number. It keeps body, which the
// caller must not change. Put returns false, and adds nothing, if there is no room.
func (s *Stream) Put(t Type, body []byte) (number uint64, ok bool) {
	if !s.HasRoom(len(body)) {
		return 0, false
	}
	return s.Force(t, body), true
}

// Force is [Stream.Put] without the limit, for small frames that cannot wait.
func (s *Stream) Force(t Type, body []byte) (number uint64) {
	s.last++
	f := Frame{Number: s.last, Type: t, Body: body}
	s.kept = append(s.kept, f)
	s.bytes += f.Size()
	return f.Number
}

// Hold keeps a frame that was put, and those after it, from being sent until [Stream.Free].
func (s *Stream) Hold(number uint64) { s.held[number] = true }

// Free ends a [Stream.Hold].
func (s *Stream) Free(number uint64) { delete(s.held, number) }

// Connect begins a connection on which the other end says which of this end's frames it
// has. It returns an error, and the streams of the two ends do not belong together, if that
// frame does not exist or one after it is no longer kept.
func (s *Stream) Connect(has uint64) error {
	if has > s.last || has < s.Acknowledged() {
		return invalid("the other end has the frames up to %d; they begin after %d and end with %d", has, s.Acknowledged(), s.last)
	}
	s.sent, s.told, s.connected = has, 0, true // an acknowledgement may have been lost
	return nil
}

// Disconnect ends the connection: [Stream.Next] returns nothing until [Stream.Connect].
func (s *Stream) Disconnect() { s.connected = false }

// Acknowledged returns the number of the newest frame that is not kept any more.
func (s *Stream) Acknowledged() uint64 { return s.last - uint64(len(s.kept)) }

// Next returns the next frame to send on this connection. Without a frame to send it
// returns an acknowledgement if one is due.
func (s *Stream) Next() (f Frame, ok bool) {
	if !s.connected {
		return Frame{}, false
	}
	if s.sent < s.last && !s.held[s.sent+1] {
		f = s.kept[max(s.sent, s.Acknowledged())-s.Acknowledged()]
		s.sent = f.Number
	} else if s.told == s.processed {
		return Frame{}, false
	} else {
		f.Type = TypeAck
	}
	return s.Stamp(f), true
}

// Stamp returns a frame with the newest acknowledgement, which counts as sent.
func (s *Stream) Stamp(f Frame) Frame {
	f.Ack, s.told = s.processed, s.processed
	return f
}

// Take receives a frame: it drops what the frame acknowledges, and reports whether the
// frame is a kept one that was not taken before. It returns an error if a frame is missing
// before it, or if it acknowledges one that was never sent.
func (s *Stream) Take(f Frame) (fresh bool, err error) {
	switch {
	case f.Ack > s.sent:
		return false, invalid("frame %d is acknowledged; the newest is %d", f.Ack, s.sent)
	case f.Number > s.taken+1:
		return false, invalid("frame %d follows frame %d", f.Number, s.taken)
	}
	s.drop(f.Ack)
	if f.Number != s.taken+1 {
		return false, nil
	}
	s.taken = f.Number
	return true, nil
}

// drop forgets the frames up to a number.
func (s *Stream) drop(number uint64) {
	if number <= s.Acknowledged() {
		return
	}
	n := int(number - s.Acknowledged())
	for i := range s.kept[:n] {
		s.bytes -= s.kept[i].Size()
	}
	clear(s.kept[:n]) // free the bodies
	s.kept = s.kept[n:]
}

// Taken returns the number of the newest frame that was taken.
func (s *Stream) Taken() uint64 { return s.taken }

// Processed notes that the frames up to a number that were taken are processed, so that
// they are acknowledged.
func (s *Stream) Processed(number uint64) { s.processed = max(s.processed, min(number, s.taken)) }

// HasProcessed returns the number up to which all frames are processed.
func (s *Stream) HasProcessed() uint64 { return s.processed }

// Kept returns how many frames, and how many bytes, wait for an acknowledgement.
func (s *Stream) Kept() (frames, bytes int) { return len(s.kept), s.bytes }
