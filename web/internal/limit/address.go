package limit

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"

	"parley/protocol"
)

const (
	// maxJoining is how many joins from one address may be in progress.
	maxJoining = 64
	// minPatience is how many refused requests are answered at once.
	minPatience = 20
	// maxRetryAfter is the longest time after which a client is asked to retry.
	maxRetryAfter = time.Minute
)

// address has the limits of one address. All fields are immutable.
type address struct {
	joins    *rate.Limiter // that succeeded
	failures *rate.Limiter // of credentials
	reads    *rate.Limiter // without credentials

	// retries and readRetries assign the refused clients times to retry, one after
	// the other, so that each finds room when its time has come.
	retries     *rate.Limiter
	readRetries *rate.Limiter

	// patience allows refusals that are answered at once. The answers to a client that
	// exhausts it are delayed, for longer with each refusal.
	patience     *rate.Limiter
	readPatience *rate.Limiter

	// joining holds one value for each join in progress; join sends and receives,
	// and nothing closes it. Its capacity is the number of joins that may succeed at
	// once, so that joins in progress exceed the limit by no more than that. A further
	// join waits until one of them has ended.
	joining chan struct{}
}

func newAddress(joins, reads float64) *address {
	limiter := func(perSecond float64, burst int) *rate.Limiter { return rate.NewLimiter(rate.Limit(perSecond), burst) }
	burst := max(1, int(joins))
	return &address{
		joins:       limiter(joins, burst),
		failures:    limiter(joins, burst),
		reads:       limiter(reads, max(1, int(reads))),
		retries:     limiter(joins, 1),
		readRetries: limiter(reads, 1),

		patience:     limiter(joins, max(minPatience, 2*burst)),
		readPatience: limiter(reads, max(minPatience, int(reads))),

		joining: make(chan struct{}, min(burst, maxJoining)),
	}
}

// join calls do if the limit leaves room for a join that succeeds.
func (a *address) join(ctx context.Context, do func() error) error {
	select {
	case a.joining <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-a.joining }()
	if a.joins.Tokens() < 1 {
		return rateLimited(a.retries, a.patience, protocol.LimitJoins, "too many participants have joined from your address; wait a little")
	}
	err := do()
	if err == nil {
		a.joins.Allow()
	}
	return a.check(err)
}

// check counts err if it means wrong credentials. It returns err, or a RATE_LIMITED
// error if there were too many.
func (a *address) check(err error) error {
	if !isBadCredentials(err) || a.failures.Allow() {
		return err
	}
	return rateLimited(a.retries, a.patience, protocol.LimitCredentials, "too many wrong credentials from your address; wait a little")
}

// read counts a read without credentials.
func (a *address) read() error {
	if a.reads.Allow() {
		return nil
	}
	return rateLimited(a.readRetries, a.readPatience, protocol.LimitReads,
		"too many reads without credentials from your address; wait a little, or send a participant's credentials")
}

// isBadCredentials reports whether err means that credentials were wrong.
func isBadCredentials(err error) bool {
	e, ok := errors.AsType[*protocol.Error](err)
	if !ok {
		return false
	}
	switch e.Code {
	case protocol.CodeInvalidInviteToken, protocol.CodeInvalidParticipantToken, protocol.CodeInvalidOperatorKey, protocol.CodeInvalidIdentity, protocol.CodeParticipantNotFound:
		return true
	}
	return false
}

// rateLimited returns a RATE_LIMITED error with the next free time of retries. It is a [Slow]
// if patience is exhausted.
func rateLimited(retries, patience *rate.Limiter, by protocol.Limit, message string) error {
	now := time.Now()
	r := retries.ReserveN(now, 1)
	wait := r.DelayFrom(now) + time.Duration(float64(time.Second)/float64(retries.Limit()))
	if wait > maxRetryAfter {
		r.CancelAt(now)
		wait = maxRetryAfter
	}
	e := protocol.Errorf(protocol.CodeRateLimited, "%s", message).By(by)
	e.RetryAfter = wait
	if patience.AllowN(now, 1) {
		return e
	}
	return &Slow{e, min(wait, maxDelay)}
}

func (a *address) idle() bool {
	for _, l := range []*rate.Limiter{a.joins, a.failures, a.reads, a.retries, a.readRetries, a.patience, a.readPatience} {
		if !full(l) {
			return false
		}
	}
	return true
}
