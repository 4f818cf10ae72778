// Command parley shares one AI coding agent between several people. It has a server, a
// demo of it, a chat client for the terminal, and commands for operators.
//
// This package is the command line: it turns flags, environment variables and the
// settings file into options, and passes them to the packages below internal:
//
//   - server: wires the journal, agents, hub and HTTP interface together
//   - certs: where the certificate of the server comes from
//   - secretfile: reads and writes small files with secrets
//   - settingsfile: reads the settings file, and finds what is wrong with it
//   - share: shares an agent of this machine, by a connector
//   - connector: runs an agent and carries its lines to a server
//   - join: the terminal client
//   - console: the input line of the terminal client
//   - command: parses the lines that people type in it
//   - display: prepares text of other people and of agents for a terminal
//   - toolcall: decodes the tool calls of agents for the terminal client
//
// # Exit codes
//
// The exit code is 0 on success, 1 on failure, 2 if the command was called incorrectly,
// and 130 if a second signal ended it. An error is one line on standard error that says
// what to do; everything that is wrong with a settings file is reported at once, on a line
// each. Results go to standard output, logs to standard error.
//
// # Testing
//
// The scripts in testdata run the program with all kinds of arguments and settings. Tests
// that need several processes, signals or a real agent run the test binary, which
// TestMain puts into PATH as parley; package cmd/internal/e2e starts the processes and
// clients.
package main
