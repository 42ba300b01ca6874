package main

import "net/http"

// meetingRoutes are package schedulinghttp's. Here stands only who may ask.
func (p *portal) meetingRoutes() []route {
	get, post, put, del := http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete
	ok, made, gone := http.StatusOK, http.StatusCreated, http.StatusNoContent
	handler := http.StripPrefix(apiPrefix, p.meetingsHTTP)
	pass := func(*http.Request) (any, error) { return handler, nil }
	var all []route
	for _, rt := range []struct {
		method, path string
		who          roles
		status       int
	}{
		{get, "/experts/{id}/event-types", anybody, ok},
		{get, "/experts/{id}/slots", anybody, ok},
		{get, "/feeds/{file}", anybody, ok},
		{post, "/holds", anybody, made},
		{get, "/meetings", everyone, ok},
		{post, "/meetings", anybody, made},
		{post, "/series", anybody, made},
		{get, "/meetings/{id}", everyone, ok},
		{post, "/meetings/{id}/cancel", payees, gone},
		{post, "/meetings/{id}/notes", payees, gone},
		{get, "/bookings/{id}", anybody, ok},
		{get, "/bookings/{id}/slots", anybody, ok},
		{post, "/bookings/{id}/take", anybody, ok},
		{post, "/bookings/{id}/pay", anybody, ok},
		{post, "/bookings/{id}/move", anybody, ok},
		{post, "/bookings/{id}/cancel", anybody, ok},
		{post, "/bookings/{id}/cancel-series", anybody, ok},
		{post, "/bookings/{id}/confirm", payees, ok},
		{post, "/bookings/{id}/decline", payees, ok},
		{post, "/bookings/{id}/no-show", payees, ok},
		{get, "/waitlist", everyone, ok},
		{post, "/waitlist", anybody, made},
		{get, "/waitlist/{id}", anybody, ok},
		{del, "/waitlist/{id}", anybody, gone},
		{get, "/packs", everyone, ok},
		{post, "/packs", everyone, made},
		{get, "/packs/{id}", everyone, ok},
		{post, "/packs/{id}/pay", everyone, ok},
		{get, "/settings", payees, ok},
		{put, "/settings", payees, ok},
		{post, "/settings/feed", payees, ok},
		{del, "/settings/feed", payees, gone},
		{get, "/schedules", payees, ok},
		{post, "/schedules", payees, made},
		{get, "/schedules/{id}", payees, ok},
		{put, "/schedules/{id}", payees, ok},
		{del, "/schedules/{id}", payees, gone},
		{get, "/event-types", everyone, ok},
		{post, "/event-types", payees, made},
		{put, "/event-types/order", payees, gone},
		{get, "/event-types/{id}", everyone, ok},
		{put, "/event-types/{id}", payees, ok},
		{del, "/event-types/{id}", payees, gone},
		{post, "/event-types/{id}/activate", payees, ok},
		{post, "/event-types/{id}/deactivate", payees, ok},
		{get, "/event-types/{id}/explain", payees, ok},
	} {
		all = append(all, route{rt.method, apiPrefix + rt.path, rt.who, rt.status, pass})
	}
	return all
}
