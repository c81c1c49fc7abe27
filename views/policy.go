package views

// ContentPolicy is what a browser may do with the pages: they are sent with it as their Content-Security-Policy. No inline code, no
// other origin, no frame around them.
const ContentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
