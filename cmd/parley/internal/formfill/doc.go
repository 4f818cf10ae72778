// Package formfill lets a person fill in a form of the agent in the terminal, field by
// field. A [Form] is what has been filled in so far. Its methods check every value as the
// server does, and describe fields in text that [display] has made safe to print. They
// neither read nor print. A Form is for one goroutine.
package formfill
