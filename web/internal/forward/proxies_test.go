package forward

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

var proxies = Proxies{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("127.0.0.1/32"), netip.MustParsePrefix("2001:db8::/64")}

// originalTests are requests that arrive from the address from with the headers, as name
// and value in turn.
var originalTests = []struct {
	name    string
	from    string
	headers []string
	client  string // address of the client; empty if it is from
	host    string // empty if it is that of the request
	tls     bool
}{
	{name: "a request of a client itself", from: "192.0.2.1:99"},
	{name: "a client that claims to be another", from: "192.0.2.1:99",
		headers: []string{"X-Forwarded-For", "192.0.2.9", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "evil.example"}},
	{name: "a proxy that says nothing", from: "10.1.1.1:99"},
	{name: "a proxy on this machine", from: "127.0.0.1:99",
		headers: []string{"X-Forwarded-For", "192.0.2.9", "X-Forwarded-Proto", "https", "X-Forwarded-Host", "parley.example"},
		client:  "192.0.2.9", host: "parley.example", tls: true},
	{name: "a proxy that adds to what the client has made up", from: "10.1.1.1:99",
		headers: []string{"X-Forwarded-For", "127.0.0.1, 192.0.2.9", "X-Forwarded-Proto", "http, https"},
		client:  "192.0.2.9", tls: true},
	{name: "a chain of believed proxies", from: "10.1.1.1:99",
		headers: []string{"X-Forwarded-For", "192.0.2.9, 10.2.2.2", "X-Forwarded-Proto", "https"},
		client:  "192.0.2.9", tls: true},
	{name: "a chain whose proxies each add a scheme", from: "10.1.1.1:99",
		headers: []string{"X-Forwarded-For", "192.0.2.9, 10.2.2.2", "X-Forwarded-Proto", "https, http"},
		client:  "192.0.2.9", tls: true},
	{name: "a chain in several lines", from: "10.1.1.1:99",
		headers: []string{"X-Forwarded-For", "192.0.2.7", "X-Forwarded-For", "192.0.2.9"}, client: "192.0.2.9"},
	{name: "believed proxies alone", from: "10.1.1.1:99",
		headers: []string{"X-Forwarded-For", "10.3.3.3, 10.2.2.2"}, client: "10.3.3.3"},
	{name: "an address with a port", from: "10.1.1.1:99", headers: []string{"X-Forwarded-For", "192.0.2.9:4711"}, client: "192.0.2.9"},
	{name: "an IPv6 address", from: "[2001:db8::7]:99", headers: []string{"X-Forwarded-For", "2001:db9::1"}, client: "2001:db9::1"},
	{name: "an IPv6 address in brackets", from: "[2001:db8::7]:99", headers: []string{"X-Forwarded-For", "[2001:db9::1]:80"}, client: "2001:db9::1"},
	{name: "an IPv4 address in IPv6 form", from: "[::ffff:10.1.1.1]:99", headers: []string{"X-Forwarded-For", "::ffff:192.0.2.9"}, client: "192.0.2.9"},
	{name: "what is not an address", from: "10.1.1.1:99", headers: []string{"X-Forwarded-For", "192.0.2.9, unknown"}},
	{name: "a host that is not one", from: "10.1.1.1:99", headers: []string{"X-Forwarded-Host", "a@b/c"}},
	{name: "a scheme that is not one", from: "10.1.1.1:99", headers: []string{"X-Forwarded-Proto", "gopher"}},
	{name: "the standard header", from: "10.1.1.1:99",
		headers: []string{"Forwarded", `for=192.0.2.9;Proto=HTTPS;host="parley.example:8443"`},
		client:  "192.0.2.9", host: "parley.example:8443", tls: true},
	{name: "the standard header, quoted, of a chain", from: "10.1.1.1:99",
		headers: []string{"Forwarded", `for=evil;host=evil.example, for="[2001:db9::1]:47";proto=https;ext=",;\"", for=10.2.2.2;proto=http`},
		client:  "2001:db9::1", tls: true},
	{name: "a proxy that hides its client", from: "10.1.1.1:99", headers: []string{"Forwarded", `for=192.0.2.9, for=_hidden`}},
	{name: "a believed proxy behind one that hides it", from: "10.1.1.1:99",
		headers: []string{"Forwarded", `for=192.0.2.9, for=unknown, for=10.2.2.2`}, client: "10.2.2.2"},
	{name: "both kinds, of which clients can make up the standard one", from: "10.1.1.1:99",
		headers: []string{"Forwarded", "for=192.0.2.1;proto=http", "X-Forwarded-For", "192.0.2.9", "X-Forwarded-Proto", "https"},
		client:  "192.0.2.9", tls: true},
}

func TestProxies_original(t *testing.T) {
	for _, tt := range originalTests {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.Host, r.RemoteAddr = "127.0.0.1:7777", tt.from
			for i := 0; i < len(tt.headers); i += 2 {
				r.Header.Add(tt.headers[i], tt.headers[i+1])
			}
			var got *http.Request
			proxies.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r })).ServeHTTP(nil, r)

			addr, host := tt.from, "127.0.0.1:7777"
			if tt.client != "" {
				addr = netip.AddrPortFrom(netip.MustParseAddr(tt.client), 0).String()
			}
			if tt.host != "" {
				host = tt.host
			}
			require.Equal(t, addr, got.RemoteAddr)
			require.Equal(t, host, got.Host)
			require.Equal(t, tt.tls, IsTLS(got))
			require.Equal(t, proxies.include(addrOf(tt.from)), ByProxy(got))
			require.Equal(t, tt.from, r.RemoteAddr, "the request of the connection is not changed")
		})
	}
}

// FuzzHops checks that no header makes a client appear as a believed proxy's client
// other than by an address, and that hops are bounded.
func FuzzHops(f *testing.F) {
	for _, tt := range originalTests {
		for i := 0; i < len(tt.headers); i += 2 {
			f.Add(tt.headers[i+1])
		}
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, name := range []string{"Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto"} {
			r := httptest.NewRequest("GET", "/", nil)
			r.RemoteAddr = "10.1.1.1:99"
			r.Header[name] = []string{value, value}
			require.LessOrEqual(t, len(hopsOf(r.Header)), maxHops)
			got := proxies.original(r)
			_, err := netip.ParseAddrPort(got.RemoteAddr)
			require.NoError(t, err)
			require.NotContains(t, got.Host, " ")
		}
	})
}
