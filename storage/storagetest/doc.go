// Package storagetest is for tests of what uses or implements storage.
//
// [NewStore] returns a storage.DocumentStore in memory, which fails when it is told to:
//
//	documents := storagetest.NewStore()
//	documents.LoseNext()      // stored, but the caller gets OutcomeUnknown
//	documents.SetFull(true)   // QuotaExceeded, until there is room again
//
// [NewRows] returns a storage.Store in memory. [TestDocumentStore] and [TestStore] are the
// suites that every implementation of the two passes, these among them.
package storagetest
