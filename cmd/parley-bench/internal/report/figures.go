package report

import "slices"

// Figures are the figures of one run, by name. The names contain the units.
type Figures map[string]float64

// The names of figures. A latency is that of a delivery unless its comment names
// something else.
const (
	DeliveriesPerS = "deliveries/s"
	EventsPerS     = "events/s"
	JoinsPerS      = "joins/s"
	PostsPerS      = "posts/s"
	FloodPerS      = "flood/s"               // requests or messages of a client that floods the server, as far as it takes them
	KeptUp         = "kept up %"             // chunks that arrived, of those that were due
	CPUPerMillion  = "CPU-s/M"               // of the server, for a million deliveries
	CPUFurther     = "CPU-s/M each further"  // of the server, for a million deliveries to listeners beyond the first
	CPUAlone       = "CPU µs/event alone"    // of the server, with one listener
	CPUPerJoin     = "CPU µs/join"           // of the server
	CPUPerPost     = "CPU µs/post"           // of the server
	P50            = "p50 µs"                // median latency
	P99            = "p99 µs"                // 99th percentile of the latency
	Longest        = "max µs"                // highest latency
	P50Alone       = "p50 µs alone"          // median latency with one listener: a commit and a round trip
	P50Beyond      = "p50 µs beyond alone"   // difference between P50 and P50Alone
	RSSPerConn     = "RSS bytes/connection"  // resident memory of the server
	HeapPerConn    = "heap bytes/connection" // live objects and stacks of the server
	StartMS        = "start ms"              // from the start of the process until the server is ready
	FirstAnswer    = "first answer ms"       // of a session that was not in memory
	FirstScreen    = "first screen ms"       // welcome with recent events
	ServerCPU      = "server CPU %"
	LoadCPU        = "load CPU %"
	LoadCore       = "load core %" // how busy the core of the load was; at 100 the load is the limit
	RSS            = "RSS MB"      // resident memory of the server
)

// figureOrder is the order in which figures are shown.
var figureOrder = []string{
	DeliveriesPerS, EventsPerS, JoinsPerS, PostsPerS, FloodPerS, KeptUp, CPUPerMillion, CPUFurther, CPUAlone, CPUPerJoin, CPUPerPost, P50, P99, Longest,
	P50Alone, P50Beyond, RSSPerConn, HeapPerConn, StartMS, FirstAnswer, FirstScreen, ServerCPU, LoadCPU, LoadCore, RSS,
}

// names returns the names of the figures that runs have, in order.
func names(runs ...[]Figures) []string {
	return slices.DeleteFunc(slices.Clone(figureOrder), func(name string) bool {
		return !slices.ContainsFunc(slices.Concat(runs...), func(f Figures) bool {
			_, ok := f[name]
			return ok
		})
	})
}
