// Package storage keeps the documents of a host's clients, and tells who may see them.
//
// A host makes one [Service] from a [DocumentStore] (package localdir keeps the bytes in a
// directory) and a [Store], which remembers the rows. [Service.Upload] writes the bytes to
// a [Spool] and the row beside them, checked for size, type and quota, before it returns;
// workers then carry them to the document store ([Service.Process], [Service.Drain]), resume
// where a dead one has stopped, and make no object twice. Until they have arrived they are
// read from the spool.
//
// Each call takes the actor from the context. Clients see what is shared with them and what
// they have uploaded themselves, staff sees everything, and to everybody else a document looks
// like one that does not exist. Who has opened a document stands in its receipts.
//
// Nothing here runs on after its call has returned.
package storage
