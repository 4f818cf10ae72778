package sqlite

// SyncDir does nothing: Windows cannot sync a directory, and NTFS journals the
// names in it.
func SyncDir(string) error { return nil }
