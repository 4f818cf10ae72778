package sqlite

import (
	"cmp"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // registers driverName
)

const driverName = "sqlite"

// mode is the purpose of a connection.
type mode int

const (
	writing   mode = iota
	reading        // beside a writing connection of this process
	verifying      // possibly beside a writing connection of another process
)

// dataSource returns the name by which database/sql opens a connection. The
// pragmas are those of https://www.sqlite.org/pragma.html.
func dataSource(path string, m mode, o options) string {
	synchronous := cmp.Or(o.synchronous, "FULL")
	checkpoint := cmp.Or(o.checkpoint, 8000) // pages; 32 MiB, so checkpoints are few and large
	pragmas := []string{
		"busy_timeout(10000)", // milliseconds; even a reader has to wait at times, as during recovery
		"cell_size_check(1)",
	}
	query := url.Values{"mode": {"rw"}}
	switch m {
	case writing:
		pragmas = append(pragmas,
			"synchronous("+synchronous+")",
			"fullfsync(1)", // without it, a sync on macOS does not reach the disk
			fmt.Sprintf("wal_autocheckpoint(%d)", checkpoint),
			"journal_size_limit(67108864)", // bytes
			"cache_size(-4096)",            // KiB, if negative
		)
		if o.maxPages > 0 {
			pragmas = append(pragmas, fmt.Sprintf("max_page_count(%d)", o.maxPages))
		}
	case reading:
		pragmas = append(pragmas, "query_only(1)", "cache_size(-1024)")
	case verifying:
		query.Set("mode", "ro") // otherwise closing the connection would checkpoint the log
		pragmas = append(pragmas, "cache_size(-4096)")
	}
	query["_pragma"] = pragmas
	if o.vfs != "" {
		query.Set("vfs", o.vfs)
	}
	return fileURI(path) + "?" + query.Encode()
}

// fileURI returns the URI of a path as SQLite expects it: absolute, with forward
// slashes, and escaped; see https://www.sqlite.org/uri.html.
func fileURI(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // it begins with a drive letter
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath()
}
