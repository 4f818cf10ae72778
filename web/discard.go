package web

import (
	"net/http"
	"time"
)

const (
	discardTimeout = 30 * time.Second // for the whole body
	discardPause   = 5 * time.Second  // for one read
	discardBytes   = 256 << 20
)

// discardBody reads and drops what is left of a request's body after the response,
// within limits. Many clients read the response only after they have sent the whole
// body. Closing a connection on which something still arrives resets it, and the
// client would lose the response that says what was wrong.
//
// After a body was read to its end, or cannot be read, r.Body is [http.NoBody].
func discardBody(w http.ResponseWriter, r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	if _, err := w.Write(nil); err != nil {
		return // the connection was hijacked
	}
	control := http.NewResponseController(w)
	if control.Flush() != nil {
		return
	}
	end := time.Now().Add(discardTimeout)
	var b [16 << 10]byte
	for dropped := 0; dropped < discardBytes; {
		now := time.Now()
		wait := min(discardPause, end.Sub(now))
		if wait <= 0 || control.SetReadDeadline(now.Add(wait)) != nil {
			return
		}
		n, err := r.Body.Read(b[:])
		if err != nil {
			return
		}
		dropped += n
	}
}
