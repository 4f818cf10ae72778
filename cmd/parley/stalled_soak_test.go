package main

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"parley/cmd/parley/internal/e2e"
)

// How late messages are with and without a client that never reads, in turns.
// It prints and judges nothing: on a machine that is busy with something else
// it would only say so.
func TestServe_beside_a_client_that_never_reads_in_numbers(t *testing.T) {
	if !soak() {
		t.Skip("a measurement, for make soak")
	}
	s := e2e.ServeWith(t, buildParley(t), t.TempDir())
	var with, without []time.Duration
	for range 5 {
		without = append(without, lateness(t, s, false))
		with = append(with, lateness(t, s, true))
	}
	ratio := float64(median(with)) / float64(median(without))
	t.Logf("p99 of %d readers with a client that never reads: %s; without: %s; medians: %.2f times",
		readers, with, without, ratio)
	s.Stop(t)
}

// lateness returns how late the latest hundredth of what is said comes to those
// who read, while there is more for one who does not than the system keeps.
func lateness(t *testing.T, s *e2e.Server, beside bool) time.Duration {
	var mu sync.Mutex
	var late []time.Duration
	a := newAudience(t, s, func(event []byte) {
		if at, is := sentAt(event); is {
			mu.Lock()
			defer mu.Unlock()
			late = append(late, time.Since(at))
		}
	})
	if beside {
		a.stall(t, a.session.Join(t, "stone"))
	}
	const fill, messages, pace = 110, 400, 15 * time.Millisecond
	for i := range fill {
		a.say(t, i, strings.Repeat(".", 30<<10))
	}
	tick := time.NewTicker(pace)
	defer tick.Stop()
	for i := range messages {
		<-tick.C
		a.say(t, fill+i, fmt.Sprintf("%s%d %s", sent, time.Now().UnixNano(), strings.Repeat(".", 1<<10)))
	}
	a.requireHeard(t)
	for _, r := range a.readers {
		r.End()
	}
	require.Len(t, late, messages*readers)
	slices.Sort(late)
	return late[len(late)*99/100]
}

const sent = "sent at "

// sentAt reads when a message was said, if it says so.
func sentAt(event []byte) (time.Time, bool) {
	_, rest, found := bytes.Cut(event, []byte(`"text":"`+sent))
	digits, _, _ := bytes.Cut(rest, []byte(" "))
	nanoseconds, err := strconv.ParseInt(string(digits), 10, 64)
	return time.Unix(0, nanoseconds), found && err == nil
}

func median(of []time.Duration) time.Duration {
	return slices.Sorted(slices.Values(of))[len(of)/2]
}
