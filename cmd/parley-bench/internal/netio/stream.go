package netio

// Stream is a connection on which the events of a room arrive. Only one goroutine may
// use it, except that any goroutine may call Close.
type Stream interface {
	// Next returns the next bytes that have arrived, valid until the next call.
	// They may begin and end anywhere in an event.
	Next() ([]byte, error)
	Close() error
}
