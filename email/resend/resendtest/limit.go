package resendtest

import (
	"net/http"
	"strconv"
	"time"
)

// limit counts a request in its second and tells in the headers what is left of it
// (https://resend.com/docs/api-reference/rate-limit).
func (s *Server) limit(header http.Header) *refusal {
	if s.options.Limit == 0 {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if now.Sub(s.window) >= time.Second {
		s.window, s.used = now, 0
	}
	s.used++
	header.Set("Ratelimit-Limit", strconv.Itoa(s.options.Limit))
	header.Set("Ratelimit-Remaining", strconv.Itoa(max(s.options.Limit-s.used, 0)))
	header.Set("Ratelimit-Reset", "1")
	if s.used <= s.options.Limit {
		return nil
	}
	header.Set("Retry-After", "1")
	return &refusal{http.StatusTooManyRequests, "rate_limit_exceeded",
		"Too many requests. You can only make " + strconv.Itoa(s.options.Limit) + " requests per second. See rate limit response headers for more information."}
}

// quota refuses more recipients than the account has left, today and this month.
func (s *Server) quota(recipients int) *refusal {
	day, month := recipients, recipients
	now := s.now()
	for _, e := range s.emails {
		if e.CreatedAt.Format("2006-01") == now.Format("2006-01") {
			month += e.recipients()
		}
		if e.CreatedAt.Format(time.DateOnly) == now.Format(time.DateOnly) {
			day += e.recipients()
		}
	}
	switch {
	case s.options.DailyQuota > 0 && day > s.options.DailyQuota:
		return &refusal{http.StatusTooManyRequests, "daily_quota_exceeded", "You have reached your daily email sending quota."}
	case s.options.MonthlyQuota > 0 && month > s.options.MonthlyQuota:
		return &refusal{http.StatusTooManyRequests, "monthly_quota_exceeded", "You have reached your monthly email sending quota."}
	}
	return nil
}
