package billing

// PortalSession is a page at the provider where the client manages their own billing.
type PortalSession struct {
	URL string
}
