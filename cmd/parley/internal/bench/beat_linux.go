package bench

import (
	"encoding/binary"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// beat strikes at an even pace. Go's own timers may be a millisecond late when
// the process is idle, as late as what is to be measured; a timer that is a
// file is not.
type beat struct{ timer *os.File }

func newBeat(interval time.Duration) (*beat, error) {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("timerfd_create: %w", err)
	}
	b := &beat{os.NewFile(uintptr(fd), "timer")}
	every := unix.NsecToTimespec(int64(interval))
	if err := unix.TimerfdSettime(fd, 0, &unix.ItimerSpec{Interval: every, Value: every}, nil); err != nil {
		b.stop()
		return nil, fmt.Errorf("timerfd_settime: %w", err)
	}
	return b, nil
}

// wait waits for the next beat and returns how many there were since the last
// call.
func (b *beat) wait() (int, error) {
	var n [8]byte
	if _, err := b.timer.Read(n[:]); err != nil {
		return 0, err
	}
	return int(binary.NativeEndian.Uint64(n[:])), nil
}

func (b *beat) stop() { _ = b.timer.Close() }
