// Package settingsfile reads the YAML file with the settings of a server. It reports
// everything that is wrong with the file at once, each fault with its line, and suggests
// the word that was probably meant.
//
// The file is a mapping. Its keys are the names of flags, and agents, which describes
// agents; see package profile for what they mean. Load reads the file once. The package has
// no state and starts no goroutine.
package settingsfile
