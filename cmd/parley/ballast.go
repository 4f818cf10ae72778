package main

// ballastBytes is how much of the heap counts as live without being used. The
// garbage collector runs when the heap is twice as large as what was live. A
// busy room has a few MB live and makes a hundred MB of garbage a second, which
// would be dozens of collections a second and an eighth of the server's
// processor time. With ballast there are a few, and 32 MB more of garbage lie
// before each. A larger GOGC would do the same, but take several times what is
// live where that is much.
const ballastBytes = 32 << 20

// newBallast returns memory that is never touched, so that it takes addresses
// alone. It counts for as long as somebody refers to it.
func newBallast() []byte { return make([]byte, ballastBytes) }
