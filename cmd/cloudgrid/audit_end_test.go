package main

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"cloudgrid/gridmap"
	rights "cloudgrid/gridmap/auth"
)

// TestAServerThatEndsWritesTheAuditOfItsLastRequests tells a server to end while
// somebody is still sending a wrong password: the line of that attempt, for which
// nobody waits, is made after the server was told.
func TestAServerThatEndsWritesTheAuditOfItsLastRequests(t *testing.T) {
	s, path := demoStore(t)
	_ = s.Close()
	store := "gpkg:" + path
	keysIn(t, store, 1, gridmap.Grant{Role: rights.Field})
	server := serveProcess(t, store)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	v := &visitor{o: &office{t: t, base: server.url}, client: &http.Client{Jar: jar}}
	form := url.Values{"csrf": {v.csrf("/sign-in")}, "name": {"boss"}, "password": {"not this one"}}.Encode()
	at, err := url.Parse(server.url)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.Dial("tcp", at.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	var head bytes.Buffer
	fmt.Fprintf(&head, "POST /sign-in HTTP/1.1\r\nHost: %s\r\nOrigin: %s\r\nExpect: 100-continue\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n", at.Host, server.url, len(form))
	for _, c := range jar.Cookies(at) {
		fmt.Fprintf(&head, "Cookie: %s=%s\r\n", c.Name, c.Value)
	}
	if _, err := conn.Write(append(head.Bytes(), "\r\n"...)); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(conn)
	if line, err := answers.ReadString('\n'); err != nil || !strings.Contains(line, "100 Continue") { // it reads the body
		t.Fatal(line, err)
	}
	_, _ = answers.ReadString('\n')
	done := make(chan struct{})
	go func() { defer close(done); server.stop(t) }()
	for { // until nobody new is let in
		late, err := net.Dial("tcp", at.Host)
		if err != nil {
			break
		}
		_ = late.Close()
	}
	if _, err := conn.Write([]byte(form)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(answers, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusUnprocessableEntity {
		t.Errorf("the attempt was answered %d", resp.StatusCode)
	}
	<-done
	if n := linesBy(t, store, "sign_in_failed")["public"]; n != 1 {
		t.Errorf("%d lines of the attempt", n)
	}
}
