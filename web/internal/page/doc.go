// Package page serves the web application: its page, which is the same for every
// link, its files, and a page for unknown paths.
//
// A [Site] reads its files at the first request and compresses each at the first
// request that accepts gzip. Its methods are safe for concurrent use and do not
// block.
package page
