package main

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"time"

	"cloudgrid/gridmap"
	"cloudgrid/web/feed"
)

// readWebhooks reads the file that lists whom to tell of changes; secrets are in
// files of their own.
func readWebhooks(path string) ([]feed.Webhook, error) {
	if path == "" {
		return nil, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "无法读取 --webhooks %s (cannot read): %w", path, err)
	}
	var listed []struct {
		Name       string   `json:"name"`
		URL        string   `json:"url"`
		SecretFile string   `json:"secret_file"`
		Events     []string `json:"events"`
	}
	if err := json.Unmarshal(text, &listed); err != nil {
		return nil, gridmap.Errorf(gridmap.Invalid, "--webhooks %s 不是所要的 JSON (malformed): %w", path, err)
	}
	seen := map[string]bool{}
	var hooks []feed.Webhook
	for _, l := range listed {
		secret, err := os.ReadFile(l.SecretFile)
		if err != nil {
			return nil, gridmap.Errorf(gridmap.Invalid, "Webhook %s 的密钥文件无法读取 (cannot read its secret): %w", l.Name, err)
		}
		w := feed.Webhook{Name: l.Name, URL: l.URL, Secret: strings.TrimSpace(string(secret)), Events: l.Events}
		if err := w.Check(); err != nil {
			return nil, err
		}
		if seen[w.Name] {
			return nil, gridmap.Errorf(gridmap.Invalid, "Webhook 名称 %s 重复 (name given twice)", w.Name)
		}
		seen[w.Name] = true
		hooks = append(hooks, w)
	}
	return hooks, nil
}

// courierOf tells webhooks. It follows no redirects: what is signed goes where
// the operator said, and nowhere else.
func courierOf(changes *feed.Service, journal gridmap.Journal, log *slog.Logger) feed.Courier {
	return feed.Courier{
		Service: changes, Journal: journal, Now: time.Now, Log: log,
		Client: &http.Client{Timeout: 30 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}
}
