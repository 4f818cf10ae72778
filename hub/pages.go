package hub

import (
	"context"
	"iter"
)

const (
	// pageBytes is about how much of a list is read at a time and held until its
	// reader has taken it, but for a longer single item.
	pageBytes = 64 << 10
	// pageItems is about how many events are read for a page.
	pageItems = 64
	// maxReads is how much is read at a time. A read holds more of the journal than
	// the page or the answer that it makes.
	maxReads = 8
)

// inPages yields a list that can be long without ever holding it, as fast as its
// reader takes it. read returns the items from a place on and the place to go on
// from, which stays the same at the end.
func inPages[P comparable, T any](ctx context.Context, h *Hub, from P, read func(from P) ([]T, P, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			items, next, err := readPage(ctx, h, from, read)
			if err != nil {
				yield(*new(T), err)
				return
			}
			for _, item := range items {
				if !yield(item, nil) {
					return
				}
			}
			if next == from {
				return
			}
			from = next
		}
	}
}

func readPage[P, T any](ctx context.Context, h *Hub, from P, read func(from P) ([]T, P, error)) (items []T, next P, err error) {
	if err := h.beginRead(ctx); err != nil {
		return nil, from, err
	}
	defer h.endRead()
	return read(from)
}

// beginRead waits until few enough read from the journal for clients. What they
// read is in memory until it is written, and many can ask at once.
func (h *Hub) beginRead(ctx context.Context) error {
	select {
	case h.reads <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *Hub) endRead() { <-h.reads }
