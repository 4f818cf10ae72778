package share

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"rsc.io/qr"

	"parley/cmd/parley/internal/display"
	"parley/protocol/client"
)

// showLinks prints the links.
func (o Options) showLinks(r record) {
	fmt.Fprintf(o.Out, "Sharing %s in %s\n\nYour own link, for a browser:\n  %s\nThe invite for others:\n  %s\n",
		display.OneLine(r.Agent), display.OneLine(r.Dir), r.Link, r.Invite)
	if l, err := client.ParseLink(r.Invite); err == nil && isLocal(l.Server) {
		fmt.Fprintln(o.Out, "These links work on this machine only. With --lan, --tunnel or --server URL others can join.")
	}
	if o.public != "" && o.Pin != "" {
		fmt.Fprintf(o.Out, "Browsers warn of the certificate. Compare its SHA-256 fingerprint there with this one:\n  %s\n", client.Fingerprint(o.Pin))
	}
	if o.QR {
		if code, err := qrCode(r.Invite); err == nil { // a link that is too long for a code is printed above
			fmt.Fprintf(o.Out, "\n%s", code)
		}
	}
	fmt.Fprintln(o.Out)
}

// isLocal reports whether a URL works on this machine only.
func isLocal(server string) bool {
	u, err := url.Parse(server)
	if err != nil {
		return false
	}
	host := u.Hostname()
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// address returns the host and port of a URL; empty if it has no port.
func address(server string) string {
	u, err := url.Parse(server)
	if err != nil || u.Port() == "" {
		return ""
	}
	return net.JoinHostPort(u.Hostname(), u.Port())
}

// quiet is the margin of a QR code in modules.
const quiet = 2

// qrCode returns a text as a QR code, two modules on each character: black on white,
// whatever the colours of the terminal are.
func qrCode(text string) (string, error) {
	code, err := qr.Encode(text, qr.L)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for y := -quiet; y < code.Size+quiet; y += 2 {
		b.WriteString("\x1b[38;5;16;48;5;231m")
		for x := -quiet; x < code.Size+quiet; x++ {
			b.WriteString(modules[[2]bool{code.Black(x, y), code.Black(x, y+1)}])
		}
		b.WriteString("\x1b[0m\n")
	}
	return b.String(), nil
}

// modules are the characters for an upper and a lower module, of which true is black.
var modules = map[[2]bool]string{
	{false, false}: " ", {true, false}: "▀", {false, true}: "▄", {true, true}: "█",
}
