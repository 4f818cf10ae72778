package main

import "os"

// soak reports whether the tests are to take their time: PARLEY_SOAK=1.
func soak() bool { return os.Getenv("PARLEY_SOAK") == "1" }
