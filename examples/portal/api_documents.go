package main

import (
	"net/http"
	"time"
)

const (
	apiPrefix     = "/portal/api"
	documentsPath = apiPrefix + "/documents"
	uploadsPath   = apiPrefix + "/uploads"
)

// documentRoutes are package storagehttp's. Here stands only who may ask.
func (p *portal) documentRoutes() []route {
	get, post, put, ok := http.MethodGet, http.MethodPost, http.MethodPut, http.StatusOK
	one, upload := documentsPath+"/{id}", uploadsPath+"/{id}"
	handler := http.StripPrefix(apiPrefix, unhurried(p.docsHTTP))
	pass := func(*http.Request) (any, error) { return handler, nil }
	return []route{
		{get, documentsPath, owners, ok, pass},
		{post, documentsPath, owners, http.StatusCreated, pass},
		{get, one, owners, ok, pass},
		{http.MethodPatch, one, owners, ok, pass},
		{http.MethodDelete, one, owners, http.StatusNoContent, pass},
		{get, one + "/content", owners, ok, pass},
		{get, one + "/progress", owners, ok, pass},
		{get, one + "/versions", owners, ok, pass},
		{post, one + "/versions", owners, http.StatusCreated, pass},
		{get, one + "/receipts", owners, ok, pass},
		{post, one + "/share", admins, ok, pass},
		{post, one + "/unshare", admins, ok, pass},
		{post, one + "/approve", admins, ok, pass},
		{post, one + "/reject", admins, ok, pass},
		{post, uploadsPath, owners, http.StatusCreated, pass},
		{get, upload, owners, ok, pass},
		{put, upload, owners, ok, pass},
		{http.MethodDelete, upload, owners, http.StatusNoContent, pass},
	}
}

// unhurried lets a body take longer than the server lets a whole request take, because the handler has
// limits of its own for how slow it may be: without this, the answer to a long upload would be lost.
func unhurried(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost || r.Method == http.MethodPut {
			// A server without write deadlines has none to lift.
			_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
		}
		next.ServeHTTP(w, r)
	})
}
