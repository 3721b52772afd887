package engine

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"time"
)

// readiness is an HTTPS proxy on the loopback interface that answers every
// request with 200 itself. eks.Cluster asks a public API server for /healthz
// until it answers, for up to five minutes; the simulated one answers here.
type readiness struct {
	url    string
	server *http.Server
}

func serveReadiness() (*readiness, error) {
	certificate, err := selfSigned()
	if err != nil {
		return nil, fmt.Errorf("readiness proxy: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("readiness proxy: %w", err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method != http.MethodConnect {
				http.Error(w, "only the simulated API server is behind this proxy", http.StatusForbidden)
				return
			}
			answerReady(w, config)
		}),
	}
	go func() { _ = server.Serve(listener) }()
	return &readiness{url: "http://" + listener.Addr().String(), server: server}, nil
}

// Close stops the proxy.
func (r *readiness) Close() error { return r.server.Close() }

// answerReady plays the API server behind an accepted CONNECT: one request, one
// answer.
func answerReady(w http.ResponseWriter, config *tls.Config) {
	plain, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer func() { _ = plain.Close() }()
	_ = plain.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(plain, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
		return
	}
	secure := tls.Server(plain, config)
	defer func() { _ = secure.Close() }()
	if _, err := http.ReadRequest(bufio.NewReader(secure)); err != nil {
		return
	}
	_, _ = io.WriteString(secure, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok")
}

func selfSigned() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
