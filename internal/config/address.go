package config

import (
	"errors"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// errForm means that a value does not have the form its variable expects; the text
// for people comes from the table.
var errForm = errors.New("unexpected form")

// Address is host:port to listen on; an empty host means every interface.
type Address string

// UnmarshalText takes host:port.
func (a *Address) UnmarshalText(text []byte) error {
	_, port, err := net.SplitHostPort(string(text))
	if err != nil {
		return errForm
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errForm
	}
	*a = Address(text)
	return nil
}

// String gives host:port.
func (a Address) String() string { return string(a) }

// Loopback tells whether only this machine can reach the address.
func (a Address) Loopback() bool {
	host, _, err := net.SplitHostPort(string(a))
	return err == nil && loopbackHost(host)
}

// Reachable is the address to call from this machine: where every interface is
// listened on, the loopback one.
func (a Address) Reachable() string {
	host, port, err := net.SplitHostPort(string(a))
	if err != nil {
		return string(a)
	}
	ip, err := netip.ParseAddr(host)
	switch {
	case host == "", err == nil && ip.IsUnspecified() && ip.Is4():
		return net.JoinHostPort("127.0.0.1", port)
	case err == nil && ip.IsUnspecified():
		return net.JoinHostPort("::1", port)
	default:
		return string(a)
	}
}

func loopbackHost(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Networks are address ranges.
type Networks []netip.Prefix

// UnmarshalText takes ranges such as 10.0.0.0/8, separated by commas.
func (n *Networks) UnmarshalText(text []byte) error {
	for part := range strings.SplitSeq(string(text), ",") {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(part))
		if err != nil {
			return errForm
		}
		*n = append(*n, prefix.Masked())
	}
	return nil
}
