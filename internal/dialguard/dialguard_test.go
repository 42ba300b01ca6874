package dialguard_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk/internal/dialguard"
)

func TestPublic(t *testing.T) {
	for address, public := range map[string]bool{
		"1.1.1.1": true, "8.8.8.8": true, "172.15.255.255": true, "172.32.0.1": true, "100.63.255.255": true, "100.128.0.1": true,
		"198.17.255.255": true, "198.20.0.1": true, "223.255.255.255": true, "192.0.1.1": true,
		"0.0.0.0": false, "0.1.2.3": false, "10.0.0.1": false, "10.255.255.255": false, "127.0.0.1": false, "127.255.255.254": false,
		"169.254.169.254": false, "172.16.0.1": false, "172.31.255.255": false, "192.168.0.1": false, "100.64.0.1": false,
		"100.127.255.255": false, "192.0.0.1": false, "192.0.2.1": false, "198.18.0.1": false, "198.19.255.255": false,
		"198.51.100.1": false, "203.0.113.1": false, "192.88.99.1": false, "224.0.0.1": false, "239.255.255.255": false,
		"240.0.0.1": false, "255.255.255.255": false,

		"2606:4700:4700::1111": true, "2a00:1450:4001:80b::200e": true, "2001:4860:4860::8888": true, "2001:200::1": true,
		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "2606:4700:4700::1111%eth0": false,
		"fc00::1": false, "fd12:3456::1": false, "fec0::1": false, "ff02::1": false, "ff0e::1": false,
		"2001:db8::1": false, "3fff::1": false, "2001:2::1": false, "2001:10::1": false, "2001:20::1": false, "100::1": false, "5f00::1": false,

		"::ffff:8.8.8.8": true, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:a9fe:a9fe": false, "::ffff:100.64.0.1": false,
		"::127.0.0.1": false, "::8.8.8.8": false, // IPv4-compatible: nobody's
		"64:ff9b::8.8.8.8": true, "64:ff9b::127.0.0.1": false, "64:ff9b::a00:1": false, "64:ff9b::169.254.169.254": false, "64:ff9b:1::a00:1": false,
		"2002:808:808::1": true, "2002:7f00:1::1": false, "2002:a00:1::": false, "2002:a9fe:a9fe::1": false, "2002:6440:1::": false,
		"2001:0:4136:e378:8000:63bf:3fff:fdd2": false, // Teredo
	} {
		assert.Equal(t, public, dialguard.Public(netip.MustParseAddr(address)), address)
	}
	assert.False(t, dialguard.Public(netip.Addr{}))
}

func TestGuard(t *testing.T) {
	check := func(g *dialguard.Guard, network, address string) error {
		return g.Control(t.Context(), network, address, nil)
	}
	t.Run("The ports 80 and 443 are allowed, and those that are named", func(t *testing.T) {
		g := &dialguard.Guard{Ports: []uint16{8443}}
		for address, allowed := range map[string]bool{
			"1.1.1.1:443": true, "1.1.1.1:80": true, "1.1.1.1:8443": true, "[2606:4700::1]:443": true,
			"1.1.1.1:22": false, "1.1.1.1:25": false, "1.1.1.1:6379": false, "1.1.1.1:0": false, "10.0.0.1:8443": false,
		} {
			assert.Equal(t, allowed, check(g, "tcp4", address) == nil, address)
		}
	})
	t.Run("Only TCP is allowed, and only to addresses", func(t *testing.T) {
		g := &dialguard.Guard{}
		for _, network := range []string{"udp4", "udp6", "unix", "ip4:1"} {
			assert.Error(t, check(g, network, "1.1.1.1:443"), network)
		}
		for _, address := range []string{"", "localhost:443", "1.1.1.1", "0x7f.1:443", "2130706433:443"} {
			assert.Error(t, check(g, "tcp4", address), address)
		}
	})
	t.Run("A prefix that is named is allowed, in its mapped form too", func(t *testing.T) {
		g := &dialguard.Guard{Addresses: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16")}}
		require.NoError(t, check(g, "tcp4", "10.1.2.3:443"))
		require.NoError(t, check(g, "tcp6", "[::ffff:10.1.2.3]:443"))
		require.Error(t, check(g, "tcp4", "10.2.0.1:443"))
	})
	t.Run("A server on this machine is not reached, whatever its address is written like, and gets no connection", func(t *testing.T) {
		server := httptest.NewUnstartedServer(http.NotFoundHandler())
		connections := make(chan net.Addr, 10)
		server.Config.ConnState = func(c net.Conn, _ http.ConnState) { connections <- c.RemoteAddr() }
		server.Start()
		defer server.Close()
		_, port, err := net.SplitHostPort(server.Listener.Addr().String())
		require.NoError(t, err)
		n, err := strconv.ParseUint(port, 10, 16)
		require.NoError(t, err)
		d := (&dialguard.Guard{Ports: []uint16{uint16(n)}}).Dialer()
		for _, host := range []string{"127.0.0.1", "localhost", "::ffff:127.0.0.1", "0.0.0.0", "::1", "::", "0x7f.1", "2130706433", "127.1"} {
			_, err := d.DialContext(t.Context(), "tcp", net.JoinHostPort(host, port))
			require.Error(t, err, host)
		}
		_, err = d.DialContext(t.Context(), "tcp", server.Listener.Addr().String())
		var refused *dialguard.RefusedError
		require.ErrorAs(t, err, &refused)
		assert.Equal(t, server.Listener.Addr().String(), refused.Address)
		assert.Empty(t, connections)
	})
	t.Run("A proxy of the environment is not heeded", func(t *testing.T) {
		assert.Nil(t, (&dialguard.Guard{}).Transport().Proxy)
	})
	t.Run("The transport is behind the guard", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		defer server.Close()
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, server.URL, nil)
		require.NoError(t, err)
		_, err = (&dialguard.Guard{}).Transport().RoundTrip(r)
		var refused *dialguard.RefusedError
		require.True(t, errors.As(err, &refused), err)
	})
}
