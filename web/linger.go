package web

import (
	"net/http"
	"time"
)

const (
	// lingerTime is how long the server goes on taking a body that it has no use
	// for, and lingerPause how long the client may pause meanwhile.
	lingerTime  = 30 * time.Second
	lingerPause = 5 * time.Second
	// lingerBytes is how much of it the server takes.
	lingerBytes = 256 << 20
)

// linger takes in what is left of a request's body after the answer, up to a
// bound, and drops it. Many clients read the answer only when they have sent
// everything. A connection that is closed while something arrives is reset, and
// the reset would make the client lose the answer that says what was wrong.
//
// A body that was read to its end, or cannot be, is http.NoBody by then.
func linger(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	if _, err := w.Write(nil); err != nil {
		return // the connection was taken over
	}
	c := http.NewResponseController(w)
	if c.Flush() != nil {
		return
	}
	end := time.Now().Add(lingerTime)
	var b [16 << 10]byte
	for taken := 0; taken < lingerBytes; {
		now := time.Now()
		wait := min(lingerPause, end.Sub(now))
		if wait <= 0 || c.SetReadDeadline(now.Add(wait)) != nil {
			return
		}
		n, err := r.Body.Read(b[:])
		if err != nil {
			return
		}
		taken += n
	}
}
