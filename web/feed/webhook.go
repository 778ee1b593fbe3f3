package feed

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"cloudgrid/gridmap"
)

// Webhook is an address that is told of changes. It comes from a file of the
// server's operator, never over HTTP, so that nobody else can make the server
// call an address.
type Webhook struct {
	Name   string   // names the deliveries in the journal; unique
	URL    string   // http or https
	Secret string   // signs what is sent
	Events []string // of Change.Touched, or actions; none is all
}

// Check complains about a webhook that could never work.
func (w Webhook) Check() error {
	u, err := http.NewRequest(http.MethodPost, w.URL, nil)
	switch {
	case w.Name == "":
		return gridmap.Errorf(gridmap.Invalid, "Webhook 没有名称 (webhook without a name)")
	case err != nil || u.URL.Scheme != "http" && u.URL.Scheme != "https" || u.URL.Host == "":
		return gridmap.Errorf(gridmap.Invalid, "Webhook %s 的地址无效 (bad address)", w.Name)
	case len(w.Secret) < 16:
		return gridmap.Errorf(gridmap.Invalid, "Webhook %s 的密钥少于 16 个字符 (secret too short)", w.Name)
	}
	return nil
}

// wants tells whether the webhook is to be told of a change.
func (w Webhook) wants(c Change) bool {
	return len(w.Events) == 0 || slices.Contains(w.Events, c.Action) || slices.ContainsFunc(c.Touched, func(t string) bool { return slices.Contains(w.Events, t) })
}

// Sign returns the signature header of a body sent at a time: t=UNIX,v1=HEX of
// HMAC-SHA256 over "UNIX.BODY", so that an old message cannot be sent again.
func Sign(secret string, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = fmt.Fprintf(mac, "%d.", at.Unix())
	_, _ = mac.Write(body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// DeliveryEvent is the kind of the event that keeps how far a webhook was told;
// its key is the webhook's name.
const DeliveryEvent = "delivery"

// Courier tells webhooks of changes, each in order, none twice unless the
// receiver's answer was lost, again and again until it answers 2xx.
type Courier struct {
	Service *Service
	Journal gridmap.Journal
	Client  *http.Client
	Now     func() time.Time
	Log     *slog.Logger
	// Least and Most bound the pause between attempts, which doubles; 1 s and 15 min when 0.
	Least, Most time.Duration
}

// Run tells one webhook until ctx ends, from where it was left; one that was
// never told begins with what comes from now on.
func (k Courier) Run(ctx context.Context, w Webhook) {
	since, err := k.left(ctx, w)
	for err != nil && ctx.Err() == nil {
		k.Log.Warn("a webhook's place cannot be read", "webhook", w.Name, "error", err)
		k.pause(ctx, k.least())
		since, err = k.left(ctx, w)
	}
	for ctx.Err() == nil {
		k.Service.Hub.After(ctx, since)
		list, _, err := k.Service.After(ctx, since)
		if err != nil {
			k.pause(ctx, k.least())
			continue
		}
		for _, c := range list {
			if w.wants(c) && !k.deliver(ctx, w, c) {
				return
			}
			since = gridmap.Seq(c.Seq)
			k.note(ctx, w, since)
		}
		if _, _, ended := k.Service.Hub.waiting(); ended {
			return
		}
	}
}

func (k Courier) least() time.Duration {
	if k.Least > 0 {
		return k.Least
	}
	return time.Second
}

func (k Courier) most() time.Duration {
	if k.Most > 0 {
		return k.Most
	}
	return 15 * time.Minute
}

func (k Courier) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// left is the last change that a webhook was told of.
func (k Courier) left(ctx context.Context, w Webhook) (gridmap.Seq, error) {
	var last string
	for e, err := range k.Journal.Events(ctx, gridmap.EventQuery{Kind: DeliveryEvent, Key: w.Name}) {
		if err != nil {
			return 0, err
		}
		var body struct{ Seq string }
		if err := json.Unmarshal(e.Body, &body); err == nil {
			last = body.Seq
		}
	}
	if seq, err := strconv.ParseInt(last, 10, 64); err == nil {
		return gridmap.Seq(seq), nil
	}
	_, head, err := k.Service.After(ctx, 1<<62)
	if err == nil {
		k.note(ctx, w, head.Seq)
	}
	return head.Seq, err
}

// note keeps how far a webhook was told. When it cannot, the worst is that the
// last change is told twice.
func (k Courier) note(ctx context.Context, w Webhook, seq gridmap.Seq) {
	body, err := json.Marshal(map[string]string{"seq": strconv.FormatInt(int64(seq), 10)})
	if err == nil {
		_, err = k.Journal.AppendEvents(ctx, gridmap.Event{At: k.Now(), Kind: DeliveryEvent, Key: w.Name, Body: body})
	}
	if err != nil && ctx.Err() == nil {
		k.Log.Warn("a delivery was not noted", "webhook", w.Name, "error", err)
	}
}

// deliver sends one change until it is taken; false when ctx ended first.
func (k Courier) deliver(ctx context.Context, w Webhook, c Change) bool {
	for wait := k.least(); ctx.Err() == nil; wait = min(2*wait, k.most()) {
		err := k.post(ctx, w, c)
		if err == nil {
			return true
		}
		if ctx.Err() == nil {
			k.Log.Warn("a webhook was not told; trying again", "webhook", w.Name, "seq", c.Seq, "in", wait, "error", err)
		}
		k.pause(ctx, wait)
	}
	return false
}

func (k Courier) post(ctx context.Context, w Webhook, c Change) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.URL, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "CloudGrid")
	req.Header.Set("X-CloudGrid-Event", c.Action)
	req.Header.Set("X-CloudGrid-Delivery", strconv.FormatInt(c.Seq, 10))
	req.Header.Set("X-CloudGrid-Signature", Sign(w.Secret, k.Now(), body))
	resp, err := k.Client.Do(req)
	if err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	if err := resp.Body.Close(); err != nil {
		return err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("the receiver answered %d", resp.StatusCode)
	}
	return nil
}
