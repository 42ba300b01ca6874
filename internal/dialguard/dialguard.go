// Package dialguard keeps a program that fetches what somebody else has named away from its own
// network.
//
// A [Guard] looks at the address that is about to be connected to, after names were resolved and on
// every connection, those of redirects and retries among them. Looking at a URL beforehand proves
// nothing: a name may lead elsewhere a moment later, and an address has many spellings.
//
// It is a package of its own, and internal, because several adapters need the same guard, none of which may
// import another, and hosts need no second way to configure a dialer. It knows only the standard
// library.
package dialguard

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"syscall"
	"time"
)

// Guard says where connections may lead: to public addresses, on the ports 80 and 443, over TCP. The
// zero Guard is ready to use.
type Guard struct {
	// Addresses may be connected to although they are not public.
	Addresses []netip.Prefix
	// Ports may be connected to beside 80 and 443.
	Ports []uint16
	// Resolver resolves names. Default net.DefaultResolver.
	Resolver *net.Resolver
}

// RefusedError says that a connection was not made. Trying again does not help.
type RefusedError struct {
	Address string // as it was about to be dialled
	Reason  string
}

// Error tells the address and why it is refused.
func (e *RefusedError) Error() string {
	return fmt.Sprintf("the address %s is refused: %s", e.Address, e.Reason)
}

// Control is for [net.Dialer.ControlContext]: it fails with a *[RefusedError] before anything is sent.
func (g *Guard) Control(_ context.Context, network, address string, _ syscall.RawConn) error {
	if err := g.check(network, address); err != "" {
		return &RefusedError{address, err}
	}
	return nil
}

func (g *Guard) check(network, address string) (refusal string) {
	to, err := netip.ParseAddrPort(address)
	switch {
	case err != nil:
		return "it is not an address"
	case network != "tcp4" && network != "tcp6":
		return "it is not for TCP"
	case to.Port() != 80 && to.Port() != 443 && !slices.Contains(g.Ports, to.Port()):
		return "the port is not allowed"
	case !g.allowed(to.Addr()) && !Public(to.Addr()):
		return "it is not public"
	}
	return ""
}

func (g *Guard) allowed(a netip.Addr) bool {
	return slices.ContainsFunc(g.Addresses, func(p netip.Prefix) bool { return p.Contains(a.Unmap()) })
}

// Dialer returns a dialer behind the guard.
func (g *Guard) Dialer() *net.Dialer {
	return &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second, Resolver: g.Resolver, ControlContext: g.Control}
}

// Transport returns a transport all of whose connections are behind the guard. It heeds no
// proxy of the environment, which would connect in its place, and decompresses nothing: what
// comes out are the bytes of the answer.
func (g *Guard) Transport() *http.Transport {
	return &http.Transport{
		DialContext:            g.Dialer().DialContext,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		TLSHandshakeTimeout:    10 * time.Second,
		ResponseHeaderTimeout:  30 * time.Second,
		IdleConnTimeout:        90 * time.Second,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    8,
		MaxResponseHeaderBytes: 64 << 10,
	}
}
