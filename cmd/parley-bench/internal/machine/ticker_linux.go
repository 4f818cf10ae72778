package machine

import (
	"encoding/binary"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Ticker ticks at an even pace. The timers of Go may be a millisecond late in an
// idle process, which is as long as what is measured; a timerfd(2) is not late.
type Ticker struct{ timer *os.File }

// NewTicker returns a ticker, whose first tick is after one interval.
func NewTicker(interval time.Duration) (*Ticker, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("timerfd_create: %w", err)
	}
	t := &Ticker{os.NewFile(uintptr(fd), "timer")}
	every := unix.NsecToTimespec(int64(interval))
	if err := unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Interval: every, Value: every}, nil); err != nil {
		t.Stop()
		return nil, fmt.Errorf("timerfd_settime: %w", err)
	}
	return t, nil
}

// Wait waits for the next tick and returns the number of ticks since the last call.
func (t *Ticker) Wait() (int, error) {
	var n [8]byte
	if _, err := t.timer.Read(n[:]); err != nil {
		return 0, err
	}
	return int(binary.NativeEndian.Uint64(n[:])), nil
}

// Stop frees the ticker. Wait must not be called after it.
func (t *Ticker) Stop() { _ = t.timer.Close() }
