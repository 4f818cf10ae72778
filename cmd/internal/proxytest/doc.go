// Package proxytest starts real proxies, nginx and Caddy, in front of a server.
//
// They are configured as docs/operating.md says, terminate TLS and speak HTTP/2 to
// clients. A test is skipped if its proxy is not installed; .tools/need-proxies
// installs both.
package proxytest
