// Package devicelogin signs the user of a terminal in with an identity provider, by the device
// flow of RFC 8628: it prints an address and a code, which the user opens in a browser on any
// device, and waits until the user has done so.
//
// [Run] polls as slowly as the provider asks, and ends at once when its context does.
package devicelogin
