package bench

import (
	"os"
	"time"
)

// Figures are what one run has measured, by name. The names say the units.
type Figures map[string]float64

// reading is what clocks and counters showed at one time.
type reading struct {
	at        time.Time
	server    Use
	known     bool // the server's use
	load      time.Duration
	delivered int64
	events    int64
}

func take(t target, m *meter) reading {
	use, err := t.use()
	own, _ := useOf(os.Getpid())
	return reading{time.Now(), use, err == nil, own.CPU, m.delivered.Load(), m.complete.Load()}
}

func figuresOf(before, after reading, m *meter) Figures {
	elapsed := after.at.Sub(before.at).Seconds()
	deliveries := float64(after.delivered - before.delivered)
	f := Figures{
		"deliveries/s": deliveries / elapsed,
		"events/s":     float64(after.events-before.events) / elapsed,
		"p50 µs":       micros(m.latency.quantile(0.5)),
		"p99 µs":       micros(m.latency.quantile(0.99)),
		"max µs":       micros(m.latency.max()),
		"load CPU %":   100 * (after.load - before.load).Seconds() / elapsed,
	}
	if before.known && after.known {
		cpu := (after.server.CPU - before.server.CPU).Seconds()
		f["CPU-s/M"] = cpu / deliveries * 1e6
		f["server CPU %"] = 100 * cpu / elapsed
		f["RSS MB"] = float64(after.server.RSS) / (1 << 20)
	}
	return f
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }
