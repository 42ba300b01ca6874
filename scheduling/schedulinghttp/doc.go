// Package schedulinghttp has the handlers that a host mounts so that people find a time, book it and
// come back to it, and experts say when they are there.
//
//	mux.Handle("/api/", signedIn(http.StripPrefix("/api", schedulinghttp.NewHandler(agenda, nil))))
//
// Who asks is the actor in the request's context ([frontdesk.WithActor]) and nothing else. What a person
// must not know of is 404, as what does not exist. The handler sets no cookie and keeps no session: protect
// it from forged requests as the rest of the host, as with net/http's CrossOriginProtection.
//
// For everybody, answered alike whoever asks, with an ETag and for Options.MaxAge in every cache:
//
//	GET    /experts/{id}/event-types  what is active
//	GET    /experts/{id}/slots        event_type (id or slug), from, to, zone, duration, seats, limit, cursor:
//	                                  {zone, data: [{start, end, seats}], warnings, next_cursor}
//	GET    /feeds/{token}.ics         text/calendar, where Options.Feed is set; for who knows the address
//
// For people who have signed in and, with scheduling.Options.Secrets, guests. A guest comes back with the token that booking
// gave: ?token=, or "Authorization: Bearer", which counts where nobody has signed in:
//
//	POST   /holds                     {event_type, expert, start, duration, seats, client, guest, location, answers}: 201
//	POST   /meetings                  the same, pack, success_path, cancel_path, override: 201, with token and checkout
//	POST   /series                    the same, repeat {every, interval, count}: 201, all meetings or none
//	GET    /bookings/{id}             the meeting with that booking
//	GET    /bookings/{id}/slots       where it can move to; the parameters of slots
//	POST   /bookings/{id}/take        {guest, location, answers, pack, success_path, cancel_path}: makes a booking of a hold
//	POST   /bookings/{id}/pay         {success_path, cancel_path}: says again where it is paid
//	POST   /bookings/{id}/move        {start, duration, override}
//	POST   /bookings/{id}/cancel      {reason}
//	POST   /bookings/{id}/cancel-series  {reason}: it and what comes after it
//	POST   /waitlist                  {event_type, expert, duration, seats, from, to, client, guest}: 201
//	GET    /waitlist/{id}
//	DELETE /waitlist/{id}             204
//
// For those who have signed in:
//
//	GET    /meetings                  expert, client, event_type, series, status*, from, to, zone, order (asc, desc), limit, cursor
//	GET    /meetings/{id}
//	POST   /meetings/{id}/cancel      {reason}: all of its bookings; 204
//	POST   /meetings/{id}/notes       {notes}: 204
//	POST   /bookings/{id}/confirm     and /decline {reason}, /no-show
//	GET    /waitlist                  event_type, client, status*
//	GET    /packs                     client
//	POST   /packs                     {client, expert, event_types, meetings, price, expires_at, grant, success_path, cancel_path}: 201
//	GET    /packs/{id}
//	POST   /packs/{id}/pay            {success_path, cancel_path}
//	GET    /settings                  expert
//	PUT    /settings                  expert
//	POST   /settings/feed             expert: {token, path} of the feed; DELETE makes all of them void
//	GET    /schedules                 expert
//	POST   /schedules                 201
//	GET    /schedules/{id}            PUT replaces all of it, DELETE
//	GET    /event-types               expert
//	POST   /event-types               201
//	GET    /event-types/{id}          PUT replaces all of it, DELETE
//	GET    /event-types/{id}/explain  start, duration: {reason, text} why it cannot be booked; an empty reason is none
//	POST   /event-types/{id}/activate and /deactivate
//	PUT    /event-types/order         {expert, ids}: 204
//
// Parameters with an asterisk may repeat. Clients and experts need not name themselves. What is booked by
// POST is booked once per Idempotency-Key.
//
// # Records
//
// Times are RFC 3339 in UTC, with the zone in which they are meant beside; durations are minutes, days of the
// week 0, Sunday, to 6, times of day minutes since midnight. A parameter that is a time may also be a
// date in the zone: as from its beginning, as to its end. Without a zone it is the expert's, and in lists of meetings
// UTC. Lists are {data, next_cursor}. What PUT takes is what GET gives; the revision, or If-Match with the ETag, must be that
// of what is replaced, and without either whatever is there is replaced.
//
// # Errors
//
// Errors are problem details (RFC 9457) with our code and the fields that are wrong; those of a key mean the
// Idempotency-Key. A time that cannot be booked is 409 with a reason: one of [scheduling.Reason], or "taken" when
// somebody was faster; a series has {start, reason} of each as conflicts. When something is held, and only where it is paid could
// not be found out, the problem has the ticket, to be paid with /pay. A code has the same status everywhere:
// invalid 400, unauthenticated 401, declined 402, permission_denied 403, not_found 404, already_exists, failed_precondition and
// aborted 409, rate_limited and quota_exceeded 429, unimplemented 501, outcome_unknown 502, unavailable 503,
// deadline_exceeded 504, and 500 for the rest. Besides, a body that is too long is 413, one that comes too slowly 408, and
// aborted 412 where If-Match was sent.
package schedulinghttp
