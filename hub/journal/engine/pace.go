package engine

import (
	"time"

	"parley/hub/journal"
)

// A batch costs the disk and the processor as much as many events do, so requests
// wait for each other where that makes fewer and larger batches. How long they wait
// depends on what recent batches have cost, and on which senders are likely to send
// again soon. Times are given in multiples of the cost of a batch.
const (
	// patienceCosts is how long a batch waits for the next sender. A sender that takes
	// longer is served sooner by a batch of its own.
	patienceCosts = 2
	// enoughEvents is the number of events that wait for others no longer than a batch
	// takes: they share its cost well enough, and events that arrive while it is
	// written are processed meanwhile.
	enoughEvents = 16
	// intervalCosts is the time between the beginnings of batches without prompt
	// senders, so that they take a third of the time.
	intervalCosts = 3
	// freeBatches is how many such batches may follow each other at once after a
	// pause.
	freeBatches = 32
	// costWeight is the weight of the past in the moving average of the cost.
	costWeight = 8
	// costStep bounds the influence of one batch on that average: its cost counts as
	// differing from the average by a costStep-th at most.
	costStep = 4
)

// sender identifies a sender that waits for its appends to be durable.
type sender struct {
	session journal.SessionID
	name    string // as in journal.Append.Awaited
}

// pace decides when the next batch begins. It reads no clock and never blocks: its
// callers pass it requests, batches and times. It is not safe for concurrent use.
//
// A sender is prompt if it sends its next request within patience of the end of the
// batch that its last request was in, or of another prompt sender's request since
// then. If prompt senders wait, the batch begins as soon as all prompt senders of the
// last batch wait again, since no others are expected.
//
// If none waits, as when many participants chat or agents stream, the next sender
// cannot be predicted, and batches that begin at once would hold one event each. So
// these batches begin an interval apart.
type pace struct {
	limit time.Duration // maximum time that a request waits; immutable

	cost    time.Duration // moving average of a batch's duration; 0 before the first
	full    time.Time     // when freeBatches batches may begin at once
	ended   time.Time     // when the last batch ended
	arrived time.Time     // the same, or when a prompt sender's request arrived since then

	waiting map[sender]arrival // senders of the waiting requests
	writing map[sender]bool    // senders of the current batch; true if prompt
	absent  map[sender]bool    // senders of the last batch without a request since; true if prompt
	prompt  int                // number of prompt senders in waiting
	missing int                // number of prompt senders in absent
}

// arrival describes a sender that waits.
type arrival struct {
	requests int // how many of its requests wait
	prompt   bool
}

func newPace(limit time.Duration) *pace {
	return &pace{limit: limit, waiting: map[sender]arrival{}, writing: map[sender]bool{}, absent: map[sender]bool{}}
}

// arrive records that a request begins to wait.
func (p *pace) arrive(r *Request, now time.Time) {
	for _, name := range r.Append.Awaited {
		s := sender{r.Append.Session, name}
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

// begin records that a batch of waiting requests begins.
func (p *pace) begin(batch []*Request, now time.Time) {
	if p.prompt == 0 {
		p.spend(now)
	}
	for _, r := range batch {
		for _, name := range r.Append.Awaited {
			s := sender{r.Append.Session, name}
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

// spend takes one from the batches that may begin at once. Even if none is left, the
// next batch waits an interval at most.
func (p *pace) spend(now time.Time) {
	if p.full.Before(now) {
		p.full = now
	}
	interval := p.interval()
	p.full = earlier(p.full.Add(interval), now.Add((freeBatches+1)*interval))
}

// end records that the current batch has ended. took is its duration, or 0 if that
// says nothing about other batches.
func (p *pace) end(took time.Duration, now time.Time) {
	if took > 0 {
		p.learn(took)
	}
	p.ended, p.arrived = now, now
	p.absent, p.writing = p.writing, map[sender]bool{}
	p.missing = 0
	for s, wasPrompt := range p.absent {
		v, waits := p.waiting[s]
		switch {
		case !waits && wasPrompt:
			p.missing++
		case waits: // it sent its next request before the batch had ended
			delete(p.absent, s)
			if !v.prompt {
				p.waiting[s] = arrival{v.requests, true}
				p.prompt++
			}
		}
	}
}

// learn adds a batch's duration to the average. Each moves the average by a small
// step at most, so that it stays close to the usual duration if the disk is slow now
// and then.
func (p *pace) learn(took time.Duration) {
	if p.cost == 0 {
		p.cost = took
	}
	step := p.cost / costStep
	p.cost += min(max(took-p.cost, -step), step) / costWeight
}

func (p *pace) patience() time.Duration { return min(patienceCosts*p.cost, p.limit) }
func (p *pace) interval() time.Duration { return min(intervalCosts*p.cost, p.limit) }

// next returns when the next batch begins if nothing happens before, given its number
// of events and since when the oldest of them waits. A time in the past means now.
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
