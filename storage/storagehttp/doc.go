// Package storagehttp has the handlers that a host mounts so that browsers bring documents to
// package storage and get them.
//
//	mux.Handle("/api/", signedIn(http.StripPrefix("/api", storagehttp.NewHandler(documents, nil))))
//
// Who asks is the actor in the request's context ([frontdesk.WithActor]) and nothing else; without
// one everything is 401. What a person must not know of is 404, as what does not exist. The handler sets no
// cookie and keeps no session: protect it from forged requests as the rest of the host.
// Do not put it behind middleware that compresses answers or buffers bodies.
//
//	POST   /documents                 a new document of a form or of the body: 201, Location
//	GET    /documents                 client, folder*, status*, state*, visibility, limit, cursor (*: may repeat)
//	GET    /documents/{id}
//	PATCH  /documents/{id}            {title, folder}: one or both
//	DELETE /documents/{id}            204
//	POST   /documents/{id}/share      and /unshare
//	POST   /documents/{id}/approve    {version}
//	POST   /documents/{id}/reject     {version, reason}
//	GET    /documents/{id}/versions
//	POST   /documents/{id}/versions   a new version, as POST /documents: file, sha256
//	GET    /documents/{id}/receipts   cursor
//	GET    /documents/{id}/progress   {state, done, size, version}: how far the newest is on its way to the document store
//	GET    /documents/{id}/content    view=1 shows images, PDF and plain text; version; Range; also HEAD, without a receipt
//	POST   /uploads                   {name, size, content_type, title, folder, client, visibility, key, sha256},
//	                                  or {document, name, size, content_type, sha256} for a version: 201, Location
//	GET    /uploads/{id}              {id, name, size, done, expires_at, document}
//	PUT    /uploads/{id}              a part, Content-Range: bytes 0-99/1000: 200 and Range: bytes=0-99; the last: 201 and the
//	                                  document. Content-Range: bytes */1000 and no body asks, and finishes when all is there
//	DELETE /uploads/{id}              204
//
// A form (multipart/form-data) has the fields title, folder, client, visibility, key and
// sha256, in any order, and then one part "file". A body of any other type is the file; the
// fields are in the query, and its name there or in the Content-Disposition. Clients need not name
// themselves. Lists are {data, next_cursor}.
//
// # Errors
//
// Errors are problem details (RFC 9457) with our code and the fields that are wrong. A code
// has the same status everywhere: invalid 400, unauthenticated 401, permission_denied 403, not_found 404,
// already_exists, failed_precondition and aborted 409, rate_limited and quota_exceeded 429, unimplemented 501,
// outcome_unknown 502, unavailable 503, deadline_exceeded 504, and 500 for the rest. Three
// invalid ones say more: 413 for a content that is too large, 408 for a body that comes too
// slowly, 416 for a range that selects nothing. A problem about an upload in parts has its
// record beside: after a 409 with done, go on from there.
//
// # Uploads that resume
//
// In a browser, where file is a File and api the prefix:
//
//	async function upload(file, about, id) { // id: of an upload that was begun before a reload, if there is one
//	  const ask = async (path, init) => { const r = await fetch(api + path, init); return [r.status, await r.json()] }
//	  let [status, at] = id ? await ask('/uploads/' + id)
//	    : await ask('/uploads', {method: 'POST', body: JSON.stringify({...about, name: file.name, size: file.size})})
//	  if (status >= 300) throw at // a problem
//	  const path = '/uploads/' + at.id
//	  localStorage.setItem('upload', at.id)
//	  for (;;) {
//	    const end = Math.min(at.done + (8 << 20), file.size), part = end > at.done ? `${at.done}-${end - 1}` : '*'
//	    const init = {method: 'PUT', body: file.slice(at.done, end), headers: {'Content-Range': `bytes ${part}/${file.size}`}}
//	    ;[status, at] = await ask(path, init).catch(() => [503])
//	    if (status === 201) return localStorage.removeItem('upload'), at // the document
//	    while (status >= 500 || status === 408 || status === 409 && at.code === 'aborted' && at.id) { // lost, slow, or another tab is at it
//	      await new Promise(next => setTimeout(next, 2000));
//	      [status, at] = await ask(path).catch(() => [503])
//	    }
//	    if (status >= 300) throw at
//	  }
//	}
package storagehttp
