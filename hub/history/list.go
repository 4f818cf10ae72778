package history

import (
	"context"
	"iter"
)

const (
	// PageBytes is about how many bytes of a list are read at a time and held
	// until the reader has taken them, but for one longer item.
	PageBytes = 64 << 10
	// PageItems is about how many events are read at a time for a list.
	PageItems = 64
)

// List yields a list of any length without ever holding it, as fast as its
// reader takes the items. read returns the items from a place on and the place
// to continue from, which stays the same at the end. Each call of read takes a
// slot. List ends with the first error.
func List[P comparable, T any](ctx context.Context, slots Slots, from P, read func(from P) ([]T, P, error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for {
			items, next, err := readPage(ctx, slots, from, read)
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

func readPage[P, T any](ctx context.Context, slots Slots, from P, read func(from P) ([]T, P, error)) (items []T, next P, err error) {
	slot, err := slots.Enter(ctx, false)
	if err != nil {
		return nil, from, err
	}
	defer slot.Leave()
	return read(from)
}
