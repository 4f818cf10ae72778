package connect

// Seat is the place of the connector of one host session on a server. A newer connector
// takes it from an older one for good. It is for one goroutine at a time.
type Seat struct {
	Epoch       uint64
	Incarnation string // empty before the first connector
}

// Admission is what a [Seat] says to a connector.
type Admission string

// The admissions.
const (
	Admitted Admission = "new"    // it is newer than the one before, whose streams are void
	Returned Admission = "ok"     // it is the one that was here before
	Fenced   Admission = "fenced" // a newer connector was here
)

// Admit decides on a connector, which then has the seat unless it is fenced. An epoch
// belongs to the connector that was there with it first.
func (s *Seat) Admit(epoch uint64, incarnation string) Admission {
	switch {
	case s.Incarnation == "" || epoch > s.Epoch:
		s.Epoch, s.Incarnation = epoch, incarnation
		return Admitted
	case epoch == s.Epoch && incarnation == s.Incarnation:
		return Returned
	}
	return Fenced
}
