// Package brief makes short forms of what participants decide on. A welcome has a bounded size,
// so it shows only the beginning of a long prompt or question, marked as such; the command
// item returns the whole. The package also says how many bytes texts and items take in JSON,
// on which the bounds rest.
//
// Its functions are pure: tests need no fake.
package brief
