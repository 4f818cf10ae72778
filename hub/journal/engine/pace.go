package engine

import (
	"time"

	"parley/hub/journal"
)

// A batch costs the disk and the processor as much as many events do, so requests
// wait for each other where that makes fewer and larger batches. How long they
// wait follows what a batch has cost lately and which sources are about to send
// more.
const (
	// patienceCosts is how long the next source is waited for, in costs of a
	// batch. One that takes longer is served sooner by a batch of its own.
	patienceCosts = 2
	// enoughEvents is how many events wait for more no longer than a batch takes:
	// they share its cost well enough, and events that come while it is written
	// are worked on meanwhile.
	enoughEvents = 16
	// intervalCosts is how far apart batches begin which no prompt source waits
	// for, in costs of a batch: a third of the time goes into them.
	intervalCosts = 3
	// freeBatches is how many of them may follow each other at once after a pause.
	freeBatches = 32
	// costWeight is the weight of the past in the moving average of the cost.
	costWeight = 8
	// costStep bounds by which part of the average a batch may differ from it.
	costStep = 4
)

// source sends the next request when the one before is durable.
type source struct {
	session journal.SessionID
	name    string // as in journal.Append.Awaited
}

// pace decides when the next batch begins. It knows the requests, batches and
// times that it is told of, reads no clock, and waits for nothing. Its methods
// must not be called at the same time.
//
// A source is prompt when it sends its next request within patience of the end of
// the batch that it was in, or of another prompt source's request since. Where
// prompt sources wait, the batch begins as soon as all of the last batch wait
// again, since no others are about to come.
//
// Where none waits, as when many participants talk now and then or agents stream,
// there is no telling who comes next, and each event would get a batch of its own
// if batches began at once. These begin an interval apart.
type pace struct {
	limit time.Duration // how long a request waits at most; immutable

	cost    time.Duration // moving average of what a batch takes; 0 before the first
	full    time.Time     // when freeBatches may begin at once
	ended   time.Time     // when the last batch ended
	arrived time.Time     // the same, or when the last prompt source has come since

	waiting map[source]visit // sources of the requests that wait
	writing map[source]bool  // sources of the batch under way: whether they were prompt
	absent  map[source]bool  // sources of the last batch that have not come since: whether they were prompt
	prompt  int              // sources in waiting that are prompt
	missing int              // sources in absent that were prompt
}

// visit is a source that waits.
type visit struct {
	requests int
	prompt   bool
}

func newPace(limit time.Duration) *pace {
	return &pace{limit: limit, waiting: map[source]visit{}, writing: map[source]bool{}, absent: map[source]bool{}}
}

// arrives notes that a request begins to wait.
func (p *pace) arrives(r *Request, now time.Time) {
	for _, name := range r.Append.Awaited {
		s := source{r.Append.Session, name}
		v := p.waiting[s]
		v.requests++
		if wasPrompt, ok := p.absent[s]; ok {
			delete(p.absent, s)
			if wasPrompt {
				p.missing--
			}
			if now.Sub(p.arrived) <= p.patience() {
				v.prompt = true
				p.prompt++
				p.arrived = now
			}
		}
		p.waiting[s] = v
	}
}

// begins notes that a batch begins, of requests that have waited.
func (p *pace) begins(batch []*Request, now time.Time) {
	if p.prompt == 0 {
		p.spend(now)
	}
	for _, r := range batch {
		for _, name := range r.Append.Awaited {
			s := source{r.Append.Session, name}
			v := p.waiting[s]
			p.writing[s] = p.writing[s] || v.prompt
			if v.requests--; v.requests > 0 {
				p.waiting[s] = v
				continue
			}
			delete(p.waiting, s)
			if v.prompt {
				p.prompt--
			}
		}
	}
}

// spend takes a batch from those that may begin at once. However many did, the
// next wait is an interval at most.
func (p *pace) spend(now time.Time) {
	if p.full.Before(now) {
		p.full = now
	}
	interval := p.interval()
	p.full = earlier(p.full.Add(interval), now.Add((freeBatches+1)*interval))
}

// ends notes that the batch under way has ended, and how long it took; 0 where
// that says nothing about the next.
func (p *pace) ends(took time.Duration, now time.Time) {
	if took > 0 {
		p.learn(took)
	}
	p.ended, p.arrived = now, now
	p.absent, p.writing = p.writing, map[source]bool{}
	p.missing = 0
	for s, wasPrompt := range p.absent {
		v, waits := p.waiting[s]
		switch {
		case !waits && wasPrompt:
			p.missing++
		case waits: // it did not even wait for the batch
			delete(p.absent, s)
			if !v.prompt {
				p.waiting[s] = visit{v.requests, true}
				p.prompt++
			}
		}
	}
}

// learn takes into the average what a batch took. It moves by a small step at
// most, so that it stays near what most batches take where a disk is slow now and
// then.
func (p *pace) learn(took time.Duration) {
	if p.cost == 0 {
		p.cost = took
	}
	step := p.cost / costStep
	p.cost += min(max(took-p.cost, -step), step) / costWeight
}

func (p *pace) patience() time.Duration { return min(patienceCosts*p.cost, p.limit) }
func (p *pace) interval() time.Duration { return min(intervalCosts*p.cost, p.limit) }

// next is when the next batch begins unless something comes before: it is one of
// so many events, whose oldest has waited since a time. A time that has passed
// means now.
func (p *pace) next(events int, since time.Time) time.Time {
	var at time.Time
	if p.missing > 0 {
		at = p.arrived.Add(p.patience())
		if events >= enoughEvents {
			at = earlier(at, p.ended.Add(p.cost))
		}
	}
	if p.prompt == 0 {
		at = later(at, p.full.Add(-freeBatches*p.interval()))
	}
	return earlier(at, since.Add(p.limit))
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
