package bench

import (
	"os"
	"slices"
	"time"
)

// Figures are what one run has measured, by name. The names say the units.
type Figures map[string]float64

// The names of figures, in the order in which they are shown.
const (
	deliveriesPerS = "deliveries/s"
	eventsPerS     = "events/s"
	joinsPerS      = "joins/s"
	postsPerS      = "posts/s"
	keptUp         = "kept up %"
	cpuPerMillion  = "CPU-s/M"               // of the server, for a million deliveries
	cpuFurther     = "CPU-s/M each further"  // for a million deliveries to listeners beside the first
	cpuAlone       = "CPU µs/event alone"    // with one listener
	cpuPerJoin     = "CPU µs/join"           //
	cpuPerPost     = "CPU µs/post"           //
	p50            = "p50 µs"                // of a delivery
	p99            = "p99 µs"                //
	longest        = "max µs"                //
	p50Alone       = "p50 µs alone"          // with one listener: a commit and a round trip
	p50Beyond      = "p50 µs beyond alone"   // what the others add
	rssPerConn     = "RSS bytes/connection"  //
	heapPerConn    = "heap bytes/connection" // of live objects and stacks
	startMS        = "start ms"              // until the server is ready
	firstAnswer    = "first answer ms"       // of a session that was asleep
	firstScreen    = "first screen ms"       // of a late joiner
	serverCPU      = "server CPU %"
	loadCPU        = "load CPU %"
	loadCore       = "load core %" // how busy it was, with whatever; at 100 the load is the limit
	rss            = "RSS MB"
)

var figureOrder = []string{
	deliveriesPerS, eventsPerS, joinsPerS, postsPerS, keptUp, cpuPerMillion, cpuFurther, cpuAlone, cpuPerJoin, cpuPerPost, p50, p99, longest,
	p50Alone, p50Beyond, rssPerConn, heapPerConn, startMS, firstAnswer, firstScreen, serverCPU, loadCPU, loadCore, rss,
}

// names returns the names in runs, in order.
func names(runs ...[]Figures) []string {
	return slices.DeleteFunc(slices.Clone(figureOrder), func(name string) bool {
		return !slices.ContainsFunc(slices.Concat(runs...), func(f Figures) bool {
			_, ok := f[name]
			return ok
		})
	})
}

// reading is what clocks and counters showed at one time.
type reading struct {
	at        time.Time
	server    Use
	known     bool // the server's use
	load      Use
	idle      time.Duration // of the load's core
	pinned    bool          // idle is known
	delivered int64
	complete  int64
}

func read(t target, of *tally) reading {
	use, err := t.use()
	load, _ := useOf(os.Getpid())
	idle, notPinned := idleOfOwnCore()
	return reading{time.Now(), use, err == nil, load, idle, notPinned == nil, of.delivered.Load(), of.complete.Load()}
}

// span is what happened between two readings.
type span struct {
	seconds    float64
	deliveries float64
	events     float64
	cpu        float64 // seconds, of the server
	known      bool    // cpu
	load       float64 // seconds
	core       float64 // seconds that the load's core was busy; 0 if it has none
	rss        int
}

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

// figures are those that every scenario with events has.
func (s span) figures(latency *histogram) Figures {
	f := Figures{
		deliveriesPerS: s.deliveries / s.seconds,
		eventsPerS:     s.events / s.seconds,
		p50:            micros(latency.quantile(0.5)),
		p99:            micros(latency.quantile(0.99)),
		longest:        micros(latency.max()),
	}
	s.addUse(f)
	if s.known && s.deliveries > 0 {
		f[cpuPerMillion] = s.cpu / s.deliveries * 1e6
	}
	return f
}

// closedLoop are the figures of clients that do one thing after the other, under
// the names of how many they do in a second and of the processor time of each.
func (s span) closedLoop(latency *histogram, perSecond, cpuEach string) Figures {
	f := Figures{
		perSecond: s.events / s.seconds,
		p50:       micros(latency.quantile(0.5)),
		p99:       micros(latency.quantile(0.99)),
		longest:   micros(latency.max()),
	}
	s.addUse(f)
	if s.known && s.events > 0 {
		f[cpuEach] = s.cpu / s.events * 1e6
	}
	return f
}

// addUse adds how busy both sides were.
func (s span) addUse(f Figures) {
	if s.load > 0 {
		f[loadCPU] = 100 * s.load / s.seconds
	}
	if s.core > 0 {
		f[loadCore] = 100 * s.core / s.seconds
	}
	if s.known {
		f[serverCPU] = 100 * s.cpu / s.seconds
		f[rss] = float64(s.rss) / (1 << 20)
	}
}

// addRSS adds what the server occupies now, where the system tells.
func addRSS(f Figures, t target) {
	if use, err := t.use(); err == nil {
		f[rss] = float64(use.RSS) / (1 << 20)
	}
}

// addFurther adds what an event cost with one listener, and what each further
// one cost beyond that.
func (s span) addFurther(f Figures, alone span, listeners int) {
	if !s.known || s.events == 0 || alone.events == 0 {
		return
	}
	one := alone.cpu / alone.events
	f[cpuAlone] = one * 1e6
	f[cpuFurther] = (s.cpu/s.events - one) / float64(listeners-1) * 1e6
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func millis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
