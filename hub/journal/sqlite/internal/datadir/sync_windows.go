package datadir

// Sync does nothing: Windows cannot sync a directory, and NTFS journals the
// names in it.
func Sync(string) error { return nil }
