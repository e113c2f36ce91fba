package api

// What may change here: how copies of documents are sent and fetched.

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"

	"cmc/forms"
)

// maxAttachmentBytes is more than the largest copy (10 MB).
const maxAttachmentBytes = 16 << 20

// Attach sends a copy of a document (a PDF, JPEG or PNG of 10 MB or less) for a plan, and gives its description for the
// answer. The service keeps a picture without place, time and camera, so that size and sum are those of what it keeps. name
// is what people call the file: it goes into the description alone and is not sent. The same copy may be sent again.
func (c *Client) Attach(ctx context.Context, planID, name string, content []byte) (*forms.FileRef, error) {
	raw, err := c.carry(ctx, http.MethodPost, planPath(planID, "attachments"), content)
	if err != nil {
		return nil, err
	}
	out := new(forms.FileRef)
	if err := json.Unmarshal(raw, out); err != nil || len(out.SHA256) != hex.EncodedLen(sha256.Size) {
		return nil, &Unreachable{Hop: HopAnswer, Err: errors.New("the answer is not the expected JSON")}
	}
	out.Name = name
	return out, nil
}

// Attachment fetches a copy by the SHA-256 of its description; every reading is audited. Bytes that do not have that sum are
// refused.
func (c *Client) Attachment(ctx context.Context, planID, sum string) ([]byte, error) {
	raw, err := c.carry(ctx, http.MethodGet, planPath(planID, "attachments/"+url.PathEscape(sum)), nil)
	if err != nil {
		return nil, err
	}
	if is := sha256.Sum256(raw); hex.EncodeToString(is[:]) != strings.ToLower(sum) {
		return nil, &Unreachable{Hop: HopBroken, Err: errors.New("the bytes are not those that were attached")}
	}
	return raw, nil
}

// carry does one call with a large body in one direction, once. It takes as long as something moves.
func (c *Client) carry(ctx context.Context, method, path string, content []byte) ([]byte, error) {
	var body io.Reader
	if method == http.MethodPost {
		body = bytes.NewReader(content)
	}
	request, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return nil, err
	}
	for name, values := range c.rest.Header {
		request.Header[name] = values
	}
	if method == http.MethodPost {
		request.Header.Set("Content-Type", http.DetectContentType(content))
	} else {
		request.Header.Set("Accept", "*/*")
	}
	if token := c.Token(); token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer, err := c.calls.Do(request)
	if err != nil {
		return nil, noAnswer(ctx, err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, maxAttachmentBytes))
	if err != nil {
		return nil, noAnswer(ctx, err)
	}
	if answer.StatusCode >= 300 {
		return nil, readRefusal(answer.StatusCode, answer.Header, raw, c.base)
	}
	return raw, nil
}
