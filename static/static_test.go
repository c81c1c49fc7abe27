package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

const css = "body{color:red}"

func built(t *testing.T) *Assets {
	t.Helper()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, err := w.Write([]byte(css))
	require.NoError(t, err)
	require.NoError(t, w.Close())
	assets, err := load(fstest.MapFS{
		".keep":       {},
		"desk.css":    {Data: []byte(css)},
		"desk.css.gz": {Data: packed.Bytes()},
		"desk.js":     {Data: []byte("1")},
		"icons.svg":   {Data: []byte("<svg/>")},
		"notes.txt":   {Data: []byte("not served")},
	})
	require.NoError(t, err)
	return assets
}

func get(t *testing.T, a *Assets, method, path, accept string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
	r.Header.Set("Accept-Encoding", accept)
	w := httptest.NewRecorder()
	a.Handler().ServeHTTP(w, r)
	return w
}

func body(t *testing.T, r io.Reader) string {
	t.Helper()
	text, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(text)
}

func TestPathCarriesTheHashOfTheContent(t *testing.T) {
	t.Parallel()
	a := built(t)
	require.Equal(t, "/static/desk.15c42ab7.css", a.Path("desk.css"))
	changed, err := load(fstest.MapFS{"desk.css": {Data: []byte(css + " ")}})
	require.NoError(t, err)
	require.NotEqual(t, a.Path("desk.css"), changed.Path("desk.css"))
}

func TestServesPlainAndPacked(t *testing.T) {
	t.Parallel()
	a := built(t)
	path := a.Path("desk.css")

	plain := get(t, a, http.MethodGet, path, "br")
	require.Equal(t, http.StatusOK, plain.Code)
	require.Equal(t, "public, max-age=31536000, immutable", plain.Header().Get("Cache-Control"))
	require.Equal(t, "text/css; charset=utf-8", plain.Header().Get("Content-Type"))
	require.Equal(t, "Accept-Encoding", plain.Header().Get("Vary"))
	require.Empty(t, plain.Header().Get("Content-Encoding"))
	require.Equal(t, css, body(t, plain.Body))

	packed := get(t, a, http.MethodGet, path, "br, gzip;q=0.8")
	require.Equal(t, "gzip", packed.Header().Get("Content-Encoding"))
	unpacked, err := gzip.NewReader(packed.Body)
	require.NoError(t, err)
	require.Equal(t, css, body(t, unpacked))

	head := get(t, a, http.MethodHead, path, "")
	require.Equal(t, "15", head.Header().Get("Content-Length"))
	require.Empty(t, body(t, head.Body))
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	a := built(t)
	require.Equal(t, "text/javascript; charset=utf-8", get(t, a, http.MethodGet, a.Path("desk.js"), "gzip").Header().Get("Content-Type"))
	require.Equal(t, "image/svg+xml", get(t, a, http.MethodGet, a.Path("icons.svg"), "gzip").Header().Get("Content-Type"))
}

func TestUnknownIsNotFound(t *testing.T) {
	t.Parallel()
	a := built(t)
	for _, path := range []string{
		"/static/desk.css", "/static/desk.00000000.css", "/static/", "/static/.keep", "/static/desk.css.gz",
		a.Path("desk.css") + ".gz", a.Path("notes.txt"), "/static/../static.go",
	} {
		response := get(t, a, http.MethodGet, path, "gzip")
		require.Equal(t, http.StatusNotFound, response.Code, path)
		require.Equal(t, "no-store", response.Header().Get("Cache-Control"), path)
	}
	require.Equal(t, http.StatusMethodNotAllowed, get(t, a, http.MethodPost, a.Path("desk.css"), "").Code)
}

func TestBeforeTheFirstBuild(t *testing.T) {
	t.Parallel()
	a, err := load(fstest.MapFS{".keep": {}})
	require.NoError(t, err)
	require.False(t, a.Built())
	require.Equal(t, "/static/desk.unbuilt.css", a.Path("desk.css"))
	require.Equal(t, http.StatusNotFound, get(t, a, http.MethodGet, a.Path("desk.css"), "").Code)
}

func TestTakesGzip(t *testing.T) {
	t.Parallel()
	for accept, want := range map[string]bool{
		"":                    false,
		"gzip":                true,
		"GZIP":                true,
		"deflate, gzip, br":   true,
		"gzip;q=0":            false,
		"gzip; q=0.000":       false,
		"gzip ; q=1.0":        true,
		"x-gzip":              false,
		"deflate":             false,
		"br;q=1.0, gzip;q=.1": true,
		"gzip;q=much":         false,
	} {
		require.Equal(t, want, takesGzip(accept), accept)
	}
}

func TestEmbeddedFilesLoad(t *testing.T) {
	t.Parallel()
	_, err := New()
	require.NoError(t, err)
}
