package schedulinghttp

// forEverybody are the routes that answer everybody alike.
func (h *handler) forEverybody() map[string]serve {
	return map[string]serve{
		"GET /experts/{id}/event-types": h.offers,
		"GET /experts/{id}/slots":       h.slots,
		"GET /feeds/{file}":             h.feed,
	}
}

// forGuests are those of people who have signed in, and of guests.
func (h *handler) forGuests() map[string]serve {
	return map[string]serve{
		"POST /holds":                       h.hold,
		"POST /meetings":                    h.book,
		"GET /bookings/{id}":                h.booking,
		"GET /bookings/{id}/slots":          h.movingSlots,
		"POST /bookings/{id}/take":          h.take,
		"POST /bookings/{id}/pay":           h.pay,
		"POST /bookings/{id}/move":          h.move,
		"POST /bookings/{id}/cancel":        h.cancel,
		"POST /series":                      h.bookSeries,
		"POST /bookings/{id}/cancel-series": h.cancelSeries,
		"POST /waitlist":                    h.wait,
		"GET /waitlist/{id}":                h.waits,
		"DELETE /waitlist/{id}":             h.leave,
	}
}

// forMeetings are those of people who have signed in, about what is booked.
func (h *handler) forMeetings() map[string]serve {
	return map[string]serve{
		"GET /meetings":               h.meetings,
		"GET /meetings/{id}":          h.meeting,
		"POST /meetings/{id}/cancel":  h.cancelMeeting,
		"POST /meetings/{id}/notes":   h.annotate,
		"POST /bookings/{id}/confirm": h.confirm,
		"POST /bookings/{id}/decline": h.decline,
		"POST /bookings/{id}/no-show": h.noShow,
		"GET /waitlist":               h.waitlist,
		"GET /packs":                  h.packs,
		"POST /packs":                 h.addPack,
		"GET /packs/{id}":             h.pack,
		"POST /packs/{id}/pay":        h.payPack,
	}
}

// forExperts are those about what can be booked.
func (h *handler) forExperts() map[string]serve {
	return map[string]serve{
		"GET /settings":                     h.settings,
		"PUT /settings":                     h.putSettings,
		"POST /settings/feed":               h.feedLink,
		"DELETE /settings/feed":             h.revokeFeed,
		"GET /schedules":                    h.schedules,
		"POST /schedules":                   h.addSchedule,
		"GET /schedules/{id}":               h.schedule,
		"PUT /schedules/{id}":               h.putSchedule,
		"DELETE /schedules/{id}":            h.deleteSchedule,
		"GET /event-types":                  h.eventTypes,
		"POST /event-types":                 h.addEventType,
		"PUT /event-types/order":            h.orderEventTypes,
		"GET /event-types/{id}":             h.eventType,
		"PUT /event-types/{id}":             h.putEventType,
		"DELETE /event-types/{id}":          h.deleteEventType,
		"POST /event-types/{id}/activate":   h.activated(true),
		"POST /event-types/{id}/deactivate": h.activated(false),
		"GET /event-types/{id}/explain":     h.explain,
	}
}
