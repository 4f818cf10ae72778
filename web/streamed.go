package web

import (
	"iter"
	"net/http"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
)

// streamedAnswer is a JSON object that is encoded while it is written. Its lists can
// be long: they are read as fast as the client receives them, so that they are never
// in memory as a whole.
type streamedAnswer []streamedMember

// streamedMember is a member of a [streamedAnswer].
type streamedMember struct {
	name   string
	isList bool
	values iter.Seq2[[]byte, error] // the encoded items of a list, or the one value
}

// member returns a member with this value.
func member[T any](name string, value T) streamedMember {
	one := func(yield func(T, error) bool) { yield(value, nil) }
	return streamedMember{name: name, values: encodeAll(one)}
}

// listMember returns a member that is a list.
func listMember[T any](name string, items iter.Seq2[T, error]) streamedMember {
	return streamedMember{name: name, isList: true, values: encodeAll(items)}
}

func encodeAll[T any](items iter.Seq2[T, error]) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for item, err := range items {
			var b []byte
			if err == nil {
				b, err = protocol.Marshal(item)
			}
			if !yield(b, err) || err != nil {
				return
			}
		}
	}
}

// pieces yields the encoded answer. An error is the last that it yields.
func (a streamedAnswer) pieces() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		separator := "{"
		for _, m := range a {
			if !yield([]byte(separator+`"`+m.name+`":`), nil) || !m.yield(yield) {
				return
			}
			separator = ","
		}
		yield([]byte("}"), nil)
	}
}

// yield yields the value of a member. It returns false when nothing may follow.
func (m streamedMember) yield(yield func([]byte, error) bool) bool {
	if m.isList && !yield([]byte("["), nil) {
		return false
	}
	first := true
	for value, err := range m.values {
		if !first && !yield([]byte(","), nil) {
			return false
		}
		if !yield(value, err) || err != nil {
			return false
		}
		first = false
	}
	return !m.isList || yield([]byte("]"), nil)
}

const (
	// pieceBytes is how much of a long answer is written at once, but for a single item
	// that is longer. A shorter answer is written as a whole.
	pieceBytes = 32 << 10
	// heldBytes estimates what a streamed answer holds beside the piece that is being
	// written: a page of the journal, encoded and decoded.
	heldBytes = 192 << 10
)

// writeStreamed writes an answer. It returns an error that precedes the first write,
// so that it can be answered. A later error closes the connection, so that the client
// does not take a part of the answer for the whole.
func (s *Server) writeStreamed(w http.ResponseWriter, r *http.Request, a streamedAnswer) error {
	held := s.hub.Hold(cutter(w))
	defer held.Release()
	begun := false
	write := func(piece []byte) {
		if !begun {
			begun = true
			setJSONHeader(w)
			w.WriteHeader(http.StatusOK)
		}
		if !held.Set(heldBytes+len(piece)) || !s.writePiece(w, piece) {
			panic(http.ErrAbortHandler)
		}
	}
	var piece []byte
	for next, err := range a.pieces() {
		switch {
		case err != nil && !begun:
			return err
		case err != nil:
			s.log.Warn("response was cut off", zap.String("path", r.URL.Path), zap.Error(err))
			panic(http.ErrAbortHandler)
		case len(piece)+len(next) < pieceBytes:
			piece = append(piece, next...)
		default:
			write(piece)
			write(next)
			piece = piece[:0]
		}
	}
	if !begun {
		writeJSON(w, http.StatusOK, piece)
		return nil
	}
	write(piece)
	return nil
}

// writePiece writes a piece of a response, with a time-out of its own. It returns
// false if the client does not receive it.
func (s *Server) writePiece(w http.ResponseWriter, piece []byte) bool {
	control := http.NewResponseController(w)
	_ = control.SetWriteDeadline(time.Now().Add(s.options.WriteTimeout))
	if _, err := w.Write(piece); err != nil {
		return false
	}
	return control.Flush() == nil
}
