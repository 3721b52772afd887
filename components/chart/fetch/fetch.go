// Package fetch downloads charts from HTTP repositories and from registries. It is
// apart from package chart, so that a program that brings its charts needn't compile it.
package fetch

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/megazonecloud/eks-platform/components/catalog"
)

// The environment variables with the name and the password that a mirror wants. They
// go to the mirror's host and nowhere else. For Amazon ECR the name is AWS and the
// password what `aws ecr get-login-password` prints.
// Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
const (
	UserVariable     = "EKSPLATFORM_MIRROR_USER"
	PasswordVariable = "EKSPLATFORM_MIRROR_PASSWORD"
)

// Client downloads charts.
type Client struct {
	mirror         string
	host           string // of the mirror
	user, password string
	http           *http.Client
	pause          time.Duration

	mu      sync.Mutex
	indexes map[string]func() (index, error)
}

// Option changes how a client downloads.
type Option func(*Client)

// HTTP sets the client of the requests. Default one that waits 2 minutes for each and
// follows redirects to HTTPS only.
func HTTP(client *http.Client) Option { return func(c *Client) { c.http = client } }

// Pause sets how long the client waits before its second attempt; the third waits
// twice as long. Default 1 second.
func Pause(pause time.Duration) Option { return func(c *Client) { c.pause = pause } }

// New makes a client. The mirror is the URL of one repository (https://) or registry
// (oci://) that holds all charts under their own names; empty asks each chart's own.
func New(mirror string, options ...Option) (*Client, error) {
	c := &Client{mirror: mirror, pause: time.Second, indexes: map[string]func() (index, error){}}
	if mirror != "" {
		at, err := url.Parse(mirror)
		if err != nil || at.Host == "" || at.User != nil || at.Scheme != "https" && at.Scheme != "oci" {
			return nil, errors.New("the chart mirror is no URL; write https://host/path or oci://host/path, name and password in " +
				UserVariable + " and " + PasswordVariable)
		}
		c.host, c.user, c.password = at.Host, os.Getenv(UserVariable), os.Getenv(PasswordVariable)
	}
	c.http = &http.Client{Timeout: 2 * time.Minute, CheckRedirect: stayEncrypted}
	for _, option := range options {
		option(c)
	}
	return c, nil
}

// maxRedirects is what Go's own client follows.
const maxRedirects = 10

func stayEncrypted(request *http.Request, via []*http.Request) error {
	if request.URL.Scheme != "https" {
		return fmt.Errorf("redirected to %s, which is not encrypted", request.URL.Redacted())
	}
	if len(via) >= maxRedirects {
		return errors.New("redirected too often")
	}
	return nil
}

// Download gets the archive of a chart, checked against what the repository says of it.
func (c *Client) Download(ctx context.Context, chart catalog.Chart) ([]byte, error) {
	repository := strings.TrimSuffix(chart.Repository, "/")
	if c.mirror != "" {
		repository = strings.TrimSuffix(c.mirror, "/")
	}
	name := chart.Upstream
	if name == "" {
		name = chart.Name
	}
	if registry, is := strings.CutPrefix(repository, "oci://"); is {
		return c.pull(ctx, registry+"/"+name, chart.Version)
	}
	if !strings.HasPrefix(repository, "https://") {
		return nil, fmt.Errorf("repository %q is neither https:// nor oci://", repository)
	}
	return c.get(ctx, repository, name, chart.Version)
}

// attempts is how often a request is tried that may work the next time.
const attempts = 3

// maxSize bounds what is read of an answer: the largest index has some 20 MB.
const maxSize = 100 << 20

// errStatus is an answer other than 200.
type errStatus struct {
	code      int
	challenge string
}

func (e *errStatus) Error() string { return fmt.Sprintf("%d %s", e.code, http.StatusText(e.code)) }

// again says whether another attempt may work.
func again(err error) bool {
	var status *errStatus
	if errors.As(err, &status) {
		return status.code >= http.StatusInternalServerError || status.code == http.StatusTooManyRequests
	}
	return err != nil
}

// read gets what is at a URL, trying again what may work the next time.
func (c *Client) read(ctx context.Context, at string, header http.Header) ([]byte, error) {
	var data []byte
	var err error
	for attempt := range attempts {
		if attempt > 0 {
			select {
			case <-ctx.Done():
				return nil, ctx.Err()
			case <-time.After(c.pause << (attempt - 1)):
			}
		}
		if data, err = c.readOnce(ctx, at, header); !again(err) {
			break
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", at, err)
	}
	return data, nil
}

func (c *Client) readOnce(ctx context.Context, at string, header http.Header) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, at, nil)
	if err != nil {
		return nil, err
	}
	if header != nil {
		request.Header = header
	}
	if c.user != "" && request.URL.Host == c.host && request.Header.Get("Authorization") == "" {
		request.SetBasicAuth(c.user, c.password)
	}
	answer, err := c.http.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, &errStatus{answer.StatusCode, answer.Header.Get("WWW-Authenticate")}
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, maxSize+1))
	if len(data) > maxSize {
		return nil, errors.New("has more than 100 MB")
	}
	return data, err
}

// verify holds data against a digest, with or without "sha256:" before it.
func verify(data []byte, digest string) error {
	sum := sha256.Sum256(data)
	if found := hex.EncodeToString(sum[:]); found != strings.TrimPrefix(digest, "sha256:") {
		return fmt.Errorf("has the digest sha256:%s, and the repository says %s", found, digest)
	}
	return nil
}
