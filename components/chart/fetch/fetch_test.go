package fetch_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/megazonecloud/eks-platform/components/catalog"
	"github.com/megazonecloud/eks-platform/components/chart/fetch"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const archive = "the archive"

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// site is a server of paths; HOST in an answer is its own.
type site struct {
	*httptest.Server
	mu     sync.Mutex
	asked  []string
	answer func(w http.ResponseWriter, r *http.Request)
}

func serve(t *testing.T, answer func(w http.ResponseWriter, r *http.Request)) *site {
	t.Helper()
	s := &site{answer: answer}
	s.Server = httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.asked = append(s.asked, r.URL.Path)
		s.mu.Unlock()
		s.answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *site) host() string { return strings.TrimPrefix(s.URL, "https://") }

func (s *site) client(t *testing.T, mirror string) *fetch.Client {
	t.Helper()
	client, err := fetch.New(mirror, fetch.HTTP(s.Client()), fetch.Pause(time.Millisecond))
	require.NoError(t, err)
	return client
}

// repository answers like an HTTP repository with one chart.
func repository(where, sum string) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/charts/index.yaml":
			fmt.Fprintf(w, "apiVersion: v1\nentries:\n  base:\n  - version: 1.0.0\n  - version: 1.2.3\n    digest: %s\n    urls: [%q]\n",
				sum, strings.ReplaceAll(where, "HOST", r.Host))
		case "/charts/base-1.2.3.tgz", "/files/base-1.2.3.tgz":
			fmt.Fprintf(w, "%s", archive)
		default:
			http.NotFound(w, r)
		}
	}
}

// registry answers like a registry with one chart, to those who bring a token.
func registry(content string) func(w http.ResponseWriter, r *http.Request) {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			if r.URL.Query().Get("scope") == "pull" && r.URL.Query().Get("service") == "here" {
				fmt.Fprintf(w, `{"token":"open"}`)
			}
			return
		}
		if r.Header.Get("Authorization") != "Bearer open" {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="https://%s/token",service="here",scope="pull"`, r.Host))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/v2/charts/base/manifests/1.2.3", "/v2/charts/base/manifests/1.2.3_1":
			if strings.Contains(r.Header.Get("Accept"), "oci.image.manifest") {
				fmt.Fprintf(w, `{"layers":[{"mediaType":"text/x","digest":"x"},{"mediaType":"application/vnd.cncf.helm.chart.content.v1.tar+gzip","digest":"sha256:%s"}]}`, digest(archive))
			}
		case "/v2/charts/base/blobs/sha256:" + digest(archive):
			fmt.Fprintf(w, "%s", content)
		case "/v2/charts/image/manifests/1.2.3":
			fmt.Fprintf(w, `{"layers":[]}`)
		default:
			http.NotFound(w, r)
		}
	}
}

func row(repository string) catalog.Chart {
	return catalog.Chart{Name: "istio-base", Upstream: "base", Version: "1.2.3", Repository: repository}
}

func TestDownload(t *testing.T) {
	t.Parallel()
	web := func(where, sum string) func(w http.ResponseWriter, r *http.Request) { return repository(where, sum) }
	for name, test := range map[string]struct {
		answer     func(w http.ResponseWriter, r *http.Request)
		repository string
		version    string
		want       string
	}{
		"relative URL":       {web("base-1.2.3.tgz", digest(archive)), "https://HOST/charts/", "1.2.3", ""},
		"absolute URL":       {web("https://HOST/files/base-1.2.3.tgz", "sha256:"+digest(archive)), "https://HOST/charts", "1.2.3", ""},
		"no digest":          {web("base-1.2.3.tgz", `""`), "https://HOST/charts", "1.2.3", ""},
		"wrong digest":       {web("base-1.2.3.tgz", "abc"), "https://HOST/charts", "1.2.3", "has the digest sha256:" + digest(archive) + ", and the repository says abc"},
		"other version":      {web("base-1.2.3.tgz", "abc"), "https://HOST/charts", "9.9.9", "/charts has no chart base 9.9.9"},
		"no repository":      {web("base-1.2.3.tgz", "abc"), "https://HOST/none", "1.2.3", "/none/index.yaml: 404 Not Found"},
		"gone":               {web("none.tgz", "abc"), "https://HOST/charts", "1.2.3", "/charts/none.tgz: 404 Not Found"},
		"unencrypted file":   {web("http://HOST/base-1.2.3.tgz", "abc"), "https://HOST/charts", "1.2.3", "is not encrypted"},
		"unencrypted":        {web("", ""), "http://HOST/charts", "1.2.3", "is neither https:// nor oci://"},
		"registry":           {registry(archive), "oci://HOST/charts", "1.2.3", ""},
		"build of a version": {registry(archive), "oci://HOST/charts", "1.2.3+1", ""},
		"no such tag":        {registry(archive), "oci://HOST/charts", "9.9.9", "/manifests/9.9.9: 404 Not Found"},
		"wrong content":      {registry("other"), "oci://HOST/charts", "1.2.3", "has the digest sha256:" + digest("other")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, test.answer)
			chart := row(strings.ReplaceAll(test.repository, "HOST", s.host()))
			chart.Version = test.version
			data, err := s.client(t, "").Download(t.Context(), chart)
			if test.want != "" {
				assert.ErrorContains(t, err, test.want)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, archive, string(data))
		})
	}
}

func TestImageIsNoChart(t *testing.T) {
	t.Parallel()
	s := serve(t, registry(archive))
	_, err := s.client(t, "").Download(t.Context(), catalog.Chart{Name: "image", Version: "1.2.3", Repository: "oci://" + s.host() + "/charts"})
	assert.ErrorContains(t, err, "charts/image:1.2.3 is no chart")
}

func TestPrivateRegistry(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="here"`)
		w.WriteHeader(http.StatusUnauthorized)
	})
	_, err := s.client(t, "").Download(t.Context(), row("oci://"+s.host()+"/charts"))
	assert.ErrorContains(t, err, "401 Unauthorized")
	assert.ErrorContains(t, err, "wants a name and a password")
}

// A mirror has all charts, whatever their own repository; an index is read once.
func TestMirror(t *testing.T) {
	t.Parallel()
	s := serve(t, repository("base-1.2.3.tgz", digest(archive)))
	client := s.client(t, s.URL+"/charts/")
	for range 2 {
		data, err := client.Download(t.Context(), row("https://unreachable.invalid"))
		require.NoError(t, err)
		assert.Equal(t, archive, string(data))
	}
	assert.Equal(t, []string{"/charts/index.yaml", "/charts/base-1.2.3.tgz", "/charts/base-1.2.3.tgz"}, s.asked)

	r := serve(t, registry(archive))
	_, err := r.client(t, "oci://"+r.host()+"/charts").Download(t.Context(), row("https://unreachable.invalid"))
	require.NoError(t, err)

	for _, bad := range []string{"charts.example.com", "http://charts.example.com", "https://", "https://me:secret@charts.example.com"} {
		_, err = fetch.New(bad)
		assert.ErrorContains(t, err, "is no URL; write https://host/path or oci://host/path")
		assert.NotContains(t, err.Error(), "secret")
	}
}

// The password of a mirror goes to its host alone, whichever way that asks for it.
func TestPrivateMirror(t *testing.T) {
	t.Setenv(fetch.UserVariable, "AWS")
	t.Setenv(fetch.PasswordVariable, "open sesame")
	open := registry(archive)
	basic := func(inner func(w http.ResponseWriter, r *http.Request), paths string) func(w http.ResponseWriter, r *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			if user, password, _ := r.BasicAuth(); strings.HasPrefix(r.URL.Path, paths) && (user != "AWS" || password != "open sesame") {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			if strings.HasPrefix(r.URL.Path, paths) && paths == "/v2" {
				r.Header.Set("Authorization", "Bearer open")
			}
			inner(w, r)
		}
	}
	for name, answer := range map[string]func(w http.ResponseWriter, r *http.Request){"name and password": basic(open, "/v2"), "token": basic(open, "/token")} {
		s := serve(t, answer)
		data, err := s.client(t, "oci://"+s.host()+"/charts").Download(t.Context(), row(""))
		require.NoError(t, err, name)
		assert.Equal(t, archive, string(data), name)
	}
	web := serve(t, basic(repository("base-1.2.3.tgz", digest(archive)), "/charts"))
	_, err := web.client(t, web.URL+"/charts").Download(t.Context(), row(""))
	require.NoError(t, err)

	other := serve(t, func(w http.ResponseWriter, r *http.Request) {
		assert.Empty(t, r.Header.Get("Authorization"))
		fmt.Fprintf(w, "%s", archive)
	})
	elsewhere := serve(t, basic(repository(other.URL+"/base-1.2.3.tgz", digest(archive)), "/charts"))
	_, err = elsewhere.client(t, elsewhere.URL+"/charts").Download(t.Context(), row(""))
	require.NoError(t, err)
}

func TestBusyServersAreAskedAgain(t *testing.T) {
	t.Parallel()
	answer, fails := repository("base-1.2.3.tgz", digest(archive)), 2
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if fails--; fails >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		answer(w, r)
	})
	_, err := s.client(t, "").Download(t.Context(), row(s.URL+"/charts"))
	require.NoError(t, err)

	down := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	_, err = down.client(t, "").Download(t.Context(), row(down.URL+"/charts"))
	assert.ErrorContains(t, err, "502 Bad Gateway")
	assert.Len(t, down.asked, 3)
}
