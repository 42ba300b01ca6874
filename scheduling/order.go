package scheduling

// The beginnings of the ids of orders.
const (
	bookingOrder = "booking/"
	packOrder    = "pack/"
)

// orderOf is what is to be paid for a booking.
func orderOf(m *Meeting, b *Booking) Order {
	return Order{
		ID: bookingOrder + b.ID, Client: b.Client, Guest: b.Guest, Expert: m.Hosts[0], EventType: m.EventType,
		Title: m.Title, Amount: b.Price,
	}
}
