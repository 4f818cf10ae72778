package main

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// ballastBytes is how much of the heap counts as live without being used. The
// garbage collector runs when the heap is twice as large as what was live. A
// busy room has a few MB live and makes a hundred MB of garbage a second, which
// would be dozens of collections a second and an eighth of the server's
// processor time. With ballast there are a few, and 32 MB more of garbage lie
// before each. A larger GOGC would do the same, but take several times what is
// live where that is much.
const ballastBytes = 32 << 20

// quietAfter is how long there is no collection until a server gives back the
// memory that its garbage took.
const quietAfter = 10 * time.Second

// ballast makes garbage collections rare while a server is busy. It is memory
// that is never touched, so that it takes addresses alone.
type ballast struct {
	bytes []byte
	quit  chan struct{}
	done  chan struct{}
}

func newBallast() *ballast {
	b := &ballast{bytes: make([]byte, ballastBytes), quit: make(chan struct{}), done: make(chan struct{})}
	go b.giveBack()
	return b
}

// stop ends what newBallast began.
func (b *ballast) stop() {
	close(b.quit)
	<-b.done
}

// giveBack collects what lies once it is quiet, and gives the memory back to the
// system, which Go by itself would do after minutes, and in part.
func (b *ballast) giveBack() {
	defer close(b.done)
	look := time.NewTicker(quietAfter)
	defer look.Stop()
	var given, before heapUse
	for {
		select {
		case <-look.C:
		case <-b.quit:
			return
		}
		now := readHeapUse()
		if now.collections == before.collections && now.allocated-given.allocated > now.live/2 {
			debug.FreeOSMemory()
			given = now
		}
		before = now
	}
}

// heapUse is what the heap has seen since the start, in bytes.
type heapUse struct {
	collections uint64 // but for those that were asked for
	allocated   uint64
	live        uint64 // at the last collection, the ballast included
}

func readHeapUse() heapUse {
	s := []metrics.Sample{{Name: "/gc/cycles/automatic:gc-cycles"}, {Name: "/gc/heap/allocs:bytes"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(s)
	return heapUse{s[0].Value.Uint64(), s[1].Value.Uint64(), s[2].Value.Uint64()}
}
