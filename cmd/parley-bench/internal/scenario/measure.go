package scenario

import (
	"os"
	"time"

	"parley/cmd/parley-bench/internal/machine"
	"parley/cmd/parley-bench/internal/meter"
	"parley/cmd/parley-bench/internal/report"
	"parley/cmd/parley-bench/internal/target"
)

// reading is the state of all clocks and counters at one time.
type reading struct {
	at        time.Time
	server    machine.Usage
	known     bool // whether server is known
	load      machine.Usage
	idle      time.Duration // of the core of the load
	pinned    bool          // whether idle is known
	delivered int64
	complete  int64
}

// read reads all clocks and counters.
func read(t target.Target, of *meter.Tally) reading {
	use, err := t.Use()
	load, _ := machine.UsageOf(os.Getpid())
	idle, notPinned := machine.CoreIdleTime()
	return reading{time.Now(), use, err == nil, load, idle, notPinned == nil, of.Delivered.Load(), of.Complete.Load()}
}

// span is the difference between two readings.
type span struct {
	seconds    float64
	deliveries float64
	events     float64
	cpu        float64 // seconds of the server
	known      bool    // whether cpu is known
	load       float64 // seconds
	core       float64 // seconds that the core of the load was busy; 0 if it has none
	rss        int
}

// between returns the difference between two readings.
func between(a, b reading) span {
	s := span{
		seconds:    b.at.Sub(a.at).Seconds(),
		deliveries: float64(b.delivered - a.delivered),
		events:     float64(b.complete - a.complete),
		cpu:        (b.server.CPU - a.server.CPU).Seconds(),
		known:      a.known && b.known,
		load:       (b.load.CPU - a.load.CPU).Seconds(),
		rss:        b.server.RSS,
	}
	if a.pinned && b.pinned {
		s.core = max(0, s.seconds-(b.idle-a.idle).Seconds())
	}
	return s
}

// figures returns the figures that every scenario with events has.
func (s span) figures(latency *meter.Histogram) report.Figures {
	f := report.Figures{
		report.DeliveriesPerS: s.deliveries / s.seconds,
		report.EventsPerS:     s.events / s.seconds,
		report.P50:            micros(latency.Quantile(0.5)),
		report.P99:            micros(latency.Quantile(0.99)),
		report.Longest:        micros(latency.Max()),
	}
	s.addUse(f)
	if s.known && s.deliveries > 0 {
		f[report.CPUPerMillion] = s.cpu / s.deliveries * 1e6
	}
	return f
}

// closedLoop returns the figures of clients that perform one action after the other.
// perSecond and cpuEach are the names of the figures for the rate of actions and for the
// processor time of each.
func (s span) closedLoop(latency *meter.Histogram, perSecond, cpuEach string) report.Figures {
	f := report.Figures{
		perSecond:      s.events / s.seconds,
		report.P50:     micros(latency.Quantile(0.5)),
		report.P99:     micros(latency.Quantile(0.99)),
		report.Longest: micros(latency.Max()),
	}
	s.addUse(f)
	if s.known && s.events > 0 {
		f[cpuEach] = s.cpu / s.events * 1e6
	}
	return f
}

// addUse adds the utilisation of the server and of the load.
func (s span) addUse(f report.Figures) {
	if s.load > 0 {
		f[report.LoadCPU] = 100 * s.load / s.seconds
	}
	if s.core > 0 {
		f[report.LoadCore] = 100 * s.core / s.seconds
	}
	if s.known {
		f[report.ServerCPU] = 100 * s.cpu / s.seconds
		f[report.RSS] = float64(s.rss) / (1 << 20)
	}
}

// addRSS adds the resident memory of the server, if it is known.
func addRSS(f report.Figures, t target.Target) {
	if use, err := t.Use(); err == nil {
		f[report.RSS] = float64(use.RSS) / (1 << 20)
	}
}

// addFurther adds the cost of an event with one listener, and the cost of each further
// listener.
func (s span) addFurther(f report.Figures, alone span, listeners int) {
	if !s.known || s.events == 0 || alone.events == 0 {
		return
	}
	one := alone.cpu / alone.events
	f[report.CPUAlone] = one * 1e6
	f[report.CPUFurther] = (s.cpu/s.events - one) / float64(listeners-1) * 1e6
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
