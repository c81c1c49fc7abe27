package config

import "net/url"

// URL is an absolute http or https address, or not set.
type URL struct {
	url *url.URL
}

// UnmarshalText takes an http or https URL that carries neither password nor query.
func (u *URL) UnmarshalText(text []byte) error {
	parsed, err := url.Parse(string(text))
	switch {
	case err != nil:
		return errForm
	case parsed.User != nil:
		return plainError("expected a URL without user and password in it")
	case parsed.RawQuery != "" || parsed.Fragment != "":
		return plainError("expected a URL without ? and #")
	case parsed.Scheme != "http" && parsed.Scheme != "https", parsed.Hostname() == "":
		return errForm
	}
	u.url = parsed
	return nil
}

// IsSet tells whether there is an address at all; the other methods give "" without one.
func (u URL) IsSet() bool { return u.url != nil }

// String gives the address as it was written.
func (u URL) String() string {
	if u.url == nil {
		return ""
	}
	return u.url.String()
}

// Scheme is http or https.
func (u URL) Scheme() string {
	if u.url == nil {
		return ""
	}
	return u.url.Scheme
}

// Path is what follows the host.
func (u URL) Path() string {
	if u.url == nil {
		return ""
	}
	return u.url.Path
}

// Origin is scheme, host and port.
func (u URL) Origin() string {
	if u.url == nil {
		return ""
	}
	return u.url.Scheme + "://" + u.url.Host
}

func (u URL) loopback() bool { return u.url != nil && loopbackHost(u.url.Hostname()) }

// confidential tells whether nobody on the way can read along.
func (u URL) confidential() bool { return u.Scheme() == "https" || u.loopback() }
