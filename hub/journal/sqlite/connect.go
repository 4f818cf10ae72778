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

// mode is what a connection is for.
type mode int

const (
	writing   mode = iota
	reading        // beside a writing one of this process
	verifying      // perhaps beside a writing one of another process
)

// dataSource is the name under which database/sql opens a connection.
func dataSource(path string, m mode, o options) string {
	synchronous := cmp.Or(o.synchronous, "FULL")
	checkpoint := cmp.Or(o.checkpoint, 8000) // 32 MiB: few large copies into the database
	pragmas := []string{
		"busy_timeout(10000)", // for the moments in which even a reader has to wait, such as recovery
		"cell_size_check(1)",
	}
	query := url.Values{"mode": {"rw"}}
	switch m {
	case writing:
		pragmas = append(pragmas,
			"synchronous("+synchronous+")",
			"fullfsync(1)", // macOS needs it for a sync to reach the disk
			fmt.Sprintf("wal_autocheckpoint(%d)", checkpoint),
			"journal_size_limit(67108864)",
			"cache_size(-4096)",
		)
		if o.maxPages > 0 {
			pragmas = append(pragmas, fmt.Sprintf("max_page_count(%d)", o.maxPages))
		}
	case reading:
		pragmas = append(pragmas, "query_only(1)", "cache_size(-1024)")
	case verifying:
		query.Set("mode", "ro") // closing it would else move the log into the database
		pragmas = append(pragmas, "cache_size(-4096)")
	}
	query["_pragma"] = pragmas
	if o.vfs != "" {
		query.Set("vfs", o.vfs)
	}
	return fileURI(path) + "?" + query.Encode()
}

// fileURI writes a path as SQLite reads it: absolute, with forward slashes,
// and escaped.
func fileURI(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a drive letter
	}
	return "file://" + (&url.URL{Path: path}).EscapedPath()
}
