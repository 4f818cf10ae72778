package limit

import "sync"

// Owned bounds how many things exist at a time, in all and of one owner.
type Owned struct {
	most, ofOne int // immutable

	// guarded by mu
	mu    sync.Mutex
	taken int
	owned map[string]int // how many an owner has; no entry for none
}

// NewOwned returns slots for at most so many things, and so many of one owner.
func NewOwned(most, ofOne int) *Owned {
	return &Owned{most: most, ofOne: ofOne, owned: map[string]int{}}
}

// Take takes a slot for an owner; things without an owner, an empty string, count in all
// alone. It returns false if none is left. The caller calls release when the thing no longer
// exists; any goroutine may call it, and further calls do nothing.
func (o *Owned) Take(owner string) (release func(), ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if all, own := o.full(owner); all || own {
		return nil, false
	}
	o.taken++
	if owner != "" {
		o.owned[owner]++
	}
	return sync.OnceFunc(func() { o.release(owner) }), true
}

func (o *Owned) release(owner string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.taken--
	if owner == "" {
		return
	}
	if o.owned[owner]--; o.owned[owner] == 0 {
		delete(o.owned, owner)
	}
}

// Taken returns how many slots are taken.
func (o *Owned) Taken() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.taken
}

// Full reports whether no slot is left in all, and whether none is left for an owner.
func (o *Owned) Full(owner string) (all, own bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.full(owner)
}

func (o *Owned) full(owner string) (all, own bool) {
	return o.taken >= o.most, owner != "" && o.owned[owner] >= o.ofOne
}
