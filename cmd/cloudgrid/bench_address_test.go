package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBenchAddressScoresAndWritesOneResultForEachQuery(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return p
	}
	buildings := write("buildings.csv", "bid,gid,city,district,road,number,lon,lat,alias\nb1,g1,济南市,天桥区,中山路,8号,117.0,36.6,\nb2,g2,济南市,天桥区,中山路,10号,117.1,36.6,\n")
	queries := write("queries.jsonl", `{"qid":"q1","text":"中山路８號","kind":"unique","split":"test","truth":["b1"]}
{"qid":"q2","text":"中山路9号","kind":"no_number","split":"test","truth":[]}
`)
	out := filepath.Join(dir, "results.jsonl")
	var stdout bytes.Buffer
	c := &console{out: &stdout, err: &stdout}
	rep, err := benchAddress(context.Background(), c, buildings, queries, out, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	if rep.Rows != 2 || rep.Queries != 2 || rep.Right != 1 || rep.Wrong != 0 {
		t.Errorf("report %+v", rep)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	var first addressResult
	if err := json.Unmarshal([]byte(lines[0]), &first); err != nil || len(lines) != 2 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	if first.QID != "q1" || first.Level != "building" || first.BID != "b1" || first.Conf < rep.Threshold {
		t.Errorf("first result %+v", first)
	}
}

func TestBenchAddressNamesTheFileAndLineItCannotRead(t *testing.T) {
	c := &console{out: &bytes.Buffer{}, err: &bytes.Buffer{}}
	if _, err := benchAddress(context.Background(), c, "", "", "", "", 0); err == nil || !strings.Contains(err.Error(), "--buildings") {
		t.Errorf("got %v", err)
	}
	if _, err := benchAddress(context.Background(), c, "missing.csv", "missing.jsonl", "", "", 0); err == nil || !strings.Contains(err.Error(), "missing.csv") {
		t.Errorf("got %v", err)
	}
}
