package tunnel

import (
	"net"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
)

// program is a tunnel program.
type program struct {
	name    string
	install string // where to get it
	// args returns the arguments for a port of this machine. host is what the user has named
	// after the program.
	args func(port, host string) []string
	// address returns the public address that a line of output contains, or "".
	address   func(line, host string) string
	needsHost bool
}

// programs are the known tunnel programs, in the order in which they are looked for.
var programs = []program{
	{
		name: "cloudflared", install: "https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads/",
		args: func(port, _ string) []string {
			return []string{"tunnel", "--no-autoupdate", "--url", "http://127.0.0.1:" + port}
		},
		address: firstMatch(`https://[a-z0-9-]+\.trycloudflare\.com\b`),
	},
	{
		name: "tailscale", install: "https://tailscale.com/download",
		args:    func(port, _ string) []string { return []string{"funnel", port} },
		address: firstMatch(`https://[A-Za-z0-9.-]+\.ts\.net(?::\d+)?`),
	},
	{
		name: "ngrok", install: "https://ngrok.com/download",
		args: func(port, _ string) []string {
			return []string{"http", port, "--log", "stdout", "--log-format", "logfmt"}
		},
		address: ngrokAddress,
	},
	{
		name: "ssh", install: "the package of OpenSSH", needsHost: true,
		args: func(port, host string) []string {
			return []string{
				"-N", "-T", "-o", "BatchMode=yes", "-o", "ExitOnForwardFailure=yes", "-o", "ServerAliveInterval=15",
				"-R", "0:127.0.0.1:" + port, "--", host,
			}
		},
		address: sshAddress,
	},
}

// firstMatch returns a function that returns the first match of an expression in a line.
func firstMatch(expression string) func(line, host string) string {
	re := regexp.MustCompile(expression)
	return func(line, _ string) string { return re.FindString(line) }
}

var ngrokStarted = regexp.MustCompile(`msg="started tunnel".* url=(https://[^\s"]+)`)

// ngrokAddress finds the address in the line that reports a started tunnel: others name
// addresses too, such as that of ngrok's own pages.
func ngrokAddress(line, _ string) string {
	if match := ngrokStarted.FindStringSubmatch(line); match != nil {
		return match[1]
	}
	return ""
}

var sshAllocated = regexp.MustCompile(`^Allocated port (\d+) for remote forward`)

// sshAddress is the host with the port that it has allocated. The host must let clients of
// others use it (GatewayPorts in sshd_config).
func sshAddress(line, host string) string {
	match := sshAllocated.FindStringSubmatch(line)
	if match == nil {
		return ""
	}
	_, name, found := strings.Cut(host, "@")
	if !found {
		name = host
	}
	u := url.URL{Scheme: "http", Host: net.JoinHostPort(strings.Trim(name, "[]"), match[1])}
	return u.String()
}

// find returns the program of a name, or the first installed one if the name is empty.
func find(name string) (program, bool) {
	for _, p := range programs {
		if name == "" && !p.needsHost {
			if _, err := exec.LookPath(p.name); err == nil {
				return p, true
			}
		}
		if p.name == name {
			return p, true
		}
	}
	return program{}, false
}
