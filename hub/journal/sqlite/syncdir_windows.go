package sqlite

// syncDir does nothing: Windows cannot sync a directory, and NTFS journals the
// names in it.
func syncDir(string) error { return nil }
