package billing

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/frontdesk-go/frontdesk"
)

func TestPayoutSchedules(t *testing.T) {
	for _, test := range []struct {
		rule   string
		of     PayoutSchedule
		fields []string
	}{
		{"daily with the least delay is fine", PayoutSchedule{Interval: PayoutDaily}, nil},
		{"daily with the greatest delay is fine", PayoutSchedule{Interval: PayoutDaily, DelayDays: 31}, nil},
		{"weekly on its first day is fine", PayoutSchedule{Interval: PayoutWeekly, Weekday: "monday"}, nil},
		{"weekly on its last day is fine", PayoutSchedule{Interval: PayoutWeekly, Weekday: "sunday", DelayDays: 7}, nil},
		{"monthly on the first is fine", PayoutSchedule{Interval: PayoutMonthly, MonthDay: 1}, nil},
		{"monthly on the 31st is fine", PayoutSchedule{Interval: PayoutMonthly, MonthDay: 31, DelayDays: 14}, nil},
		{"manual is fine", PayoutSchedule{Interval: PayoutManual}, nil},
		{"no interval is refused", PayoutSchedule{}, []string{"interval"}},
		{"an unknown interval is refused", PayoutSchedule{Interval: "hourly"}, []string{"interval"}},
		{"an interval in capitals is refused", PayoutSchedule{Interval: "Daily"}, []string{"interval"}},
		{"weekly without a day is refused", PayoutSchedule{Interval: PayoutWeekly}, []string{"weekday"}},
		{"weekly on a day in capitals is refused", PayoutSchedule{Interval: PayoutWeekly, Weekday: "Monday"}, []string{"weekday"}},
		{"weekly on an abbreviated day is refused", PayoutSchedule{Interval: PayoutWeekly, Weekday: "mon"}, []string{"weekday"}},
		{"a day of the week without weekly is refused", PayoutSchedule{Interval: PayoutDaily, Weekday: "monday"}, []string{"weekday"}},
		{"nonsense for a day without weekly is refused", PayoutSchedule{Interval: PayoutDaily, Weekday: "mon"}, []string{"weekday"}},
		{"monthly without a day is refused", PayoutSchedule{Interval: PayoutMonthly}, []string{"month_day"}},
		{"monthly on the 32nd is refused", PayoutSchedule{Interval: PayoutMonthly, MonthDay: 32}, []string{"month_day"}},
		{"monthly before the first is refused", PayoutSchedule{Interval: PayoutMonthly, MonthDay: -1}, []string{"month_day"}},
		{"a day of the month without monthly is refused", PayoutSchedule{Interval: PayoutManual, MonthDay: 1}, []string{"month_day"}},
		{"a delay below zero is refused", PayoutSchedule{Interval: PayoutDaily, DelayDays: -1}, []string{"delay_days"}},
		{"a delay of more than 31 days is refused", PayoutSchedule{Interval: PayoutDaily, DelayDays: 32}, []string{"delay_days"}},
		{"a delay of manual payouts is refused", PayoutSchedule{Interval: PayoutManual, DelayDays: 7}, []string{"delay_days"}},
		{
			"all that is wrong is named at once",
			PayoutSchedule{Interval: "yearly", Weekday: "monday", MonthDay: 1, DelayDays: 32},
			[]string{"interval", "weekday", "month_day", "delay_days"},
		},
	} {
		t.Run(test.rule, func(t *testing.T) {
			err := test.of.validate()
			var fields []string
			for _, f := range frontdesk.Fields(err) {
				fields = append(fields, f.Name)
			}
			require.Equal(t, test.fields, fields)
			if test.fields == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, frontdesk.Invalid)
			}
		})
	}
}
