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
	slot, err := h.reads.enter(ctx, false)
	if err != nil {
		return nil, from, err
	}
	defer slot.leave()
	return read(from)
}
