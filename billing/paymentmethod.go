package billing

// PaymentMethod is a stored way to pay, described well enough to be recognised.
type PaymentMethod struct {
	Ref
	Customer string
	Type     string // card, sepa_debit, ...
	Brand    string // cards: visa, mastercard, ...
	Last4    string
	ExpMonth int64
	ExpYear  int64
}
