package web

import (
	"bytes"
	"fmt"
	"iter"
	"net/http"
	"time"

	"go.uber.org/zap"

	"parley/protocol"
)

// longAnswer is an answer with lists that can be long: they are read as they are
// written, and written as fast as the client reads, so that they never are in memory
// as a whole.
type longAnswer struct {
	lists []longList
	after []byte // the last of them
}

type longList struct {
	before []byte // what stands before its first item
	items  iter.Seq2[[]byte, error]
}

// longPiece is how much of a long answer is written at a time, but for a longer
// single item. An answer that has no more is written like any other.
const longPiece = 32 << 10

// longHeld is about how much a long answer holds beside what is being written: the
// page that it was read in, as it stands in the journal and decoded.
const longHeld = 192 << 10

// newLongAnswer makes an answer of one whose list, the member of that name, is
// null.
func newLongAnswer[T any](around any, list string, items iter.Seq2[T, error]) (*longAnswer, error) {
	whole, err := protocol.Marshal(around)
	if err != nil {
		return nil, err
	}
	return addList(&longAnswer{after: whole}, list, items)
}

// addList makes another member of an answer a long list, one behind the others.
func addList[T any](a *longAnswer, list string, items iter.Seq2[T, error]) (*longAnswer, error) {
	before, after, found := bytes.Cut(a.after, []byte(`"`+list+`":null`))
	if !found {
		return nil, fmt.Errorf("an answer without a list of %s", list)
	}
	a.lists = append(a.lists, longList{fmt.Appendf(before, `"%s":[`, list), encoded(items)})
	a.after = append([]byte("]"), after...)
	return a, nil
}

func encoded[T any](items iter.Seq2[T, error]) iter.Seq2[[]byte, error] {
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

// pieces yields the answer from its beginning to its end.
func (a *longAnswer) pieces() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, l := range a.lists {
			if !yield(l.before, nil) {
				return
			}
			first := true
			for item, err := range l.items {
				if !first && !yield([]byte(","), nil) || !yield(item, err) {
					return
				}
				first = false
			}
		}
		yield(a.after, nil)
	}
}

// writeLong writes a long answer. An error before the first piece is returned, to
// be answered; after that it breaks the connection off, so that the client does
// not take half an answer for a whole one.
func (s *Server) writeLong(w http.ResponseWriter, r *http.Request, status int, a *longAnswer) error {
	begun := false
	held := s.hub.Hold(cutter(w))
	defer held.Release()
	write := func(piece []byte) {
		if !begun {
			begun = true
			w.Header().Set("Content-Type", "application/json")
			w.Header().Set("Cache-Control", "no-store")
			w.WriteHeader(status)
		}
		control := http.NewResponseController(w)
		_ = control.SetWriteDeadline(time.Now().Add(s.o.WriteTimeout)) // each piece has its own
		if !held.Set(longHeld + len(piece)) {
			panic(http.ErrAbortHandler)
		}
		_, err := w.Write(piece)
		if err == nil {
			err = control.Flush()
		}
		if err != nil {
			panic(http.ErrAbortHandler) // the client is gone
		}
	}
	var piece []byte
	for item, err := range a.pieces() {
		if err != nil && !begun {
			return err
		}
		if err != nil {
			s.log.Warn("an answer ends in the middle", zap.String("path", r.URL.Path), zap.Error(err))
			panic(http.ErrAbortHandler)
		}
		if len(piece)+len(item) < longPiece {
			piece = append(piece, item...)
			continue
		}
		write(piece)
		write(item)
		piece = piece[:0]
	}
	if !begun {
		writeJSON(w, status, piece)
		return nil
	}
	write(piece)
	return nil
}
