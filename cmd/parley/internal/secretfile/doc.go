// Package secretfile reads and writes small files with secrets, such as keys.
//
// A file that [Write] writes is durable when Write returns. After a crash at any moment
// there is either the earlier file or the new one, whole. Its mode is 0600, and [Read]
// refuses a file that other users can read. Calls for the same path must not run at the
// same time.
package secretfile
