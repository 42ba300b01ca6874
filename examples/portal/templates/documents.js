// Pages of documents work without this file. With it, a file is sent in parts and goes on where it
// stopped when the connection was lost or the page was left; and what is on its way to where documents
// are kept shows how far it is.

const api = '/portal/api'
const partSize = 4 << 20
const retryAfter = 2000

const wait = time => new Promise(next => setTimeout(next, time))

// ask resolves to the status and the JSON of the answer. Status 0: there was none.
async function ask(path, init) {
  try {
    const answer = await fetch(api + path, init)
    const text = await answer.text()
    return {status: answer.status, body: text ? JSON.parse(text) : {}}
  } catch {
    return {status: 0, body: {}}
  }
}

// put sends a part. fetch does not tell how much of it has left.
function put(path, part, range, onSent, stopped) {
  return new Promise(resolve => {
    const request = new XMLHttpRequest()
    const end = () => {
      stopped.removeEventListener('abort', abort)
      let body = {}
      try { body = JSON.parse(request.responseText || '{}') } catch { /* no answer of ours */ }
      resolve({status: request.status, body})
    }
    const abort = () => request.abort()
    stopped.addEventListener('abort', abort)
    request.upload.onprogress = event => onSent(event.loaded)
    request.onloadend = end
    request.open('PUT', api + path)
    request.setRequestHeader('Content-Range', range)
    request.send(part)
  })
}

function sentence({status, body}) {
  if (status === 401) return 'You are not signed in any more. Sign in, and choose the same file again: it goes on where it stopped.'
  if (body.fields?.length) return body.fields.map(field => `The ${field.name.replaceAll('_', ' ')} ${field.message}.`).join(' ')
  return body.detail || 'The portal has not answered as it should. Please try again.'
}

function size(bytes) {
  for (const unit of ['bytes', 'KB', 'MB']) {
    if (bytes < 1024) return `${bytes} ${unit}`
    bytes = Math.ceil(bytes / 1024)
  }
  return `${bytes} GB`
}

// memory is the upload that this browser has begun with a form and not finished.
function memory(form) {
  const {person, client = '', document = ''} = form.dataset
  const key = ['frontdesk-upload', person, client, document].join(' ')
  return {
    read: () => { try { return JSON.parse(localStorage.getItem(key)) } catch { return null } },
    write: value => { try { localStorage.setItem(key, JSON.stringify(value)) } catch { /* then a reload begins anew */ } },
    forget: () => { try { localStorage.removeItem(key) } catch { /* it was not kept */ } },
  }
}

const same = (begun, file) => begun && begun.name === file.name && begun.size === file.size && begun.modified === file.lastModified

// begin opens an upload, or the one that was begun with the same file.
async function begin(form, file, kept) {
  const begun = kept.read()
  if (same(begun, file)) {
    const there = await ask('/uploads/' + begun.id)
    if (there.status !== 404) return there
  }
  const about = {name: file.name, size: file.size, content_type: file.type, document: form.dataset.document}
  for (const name of ['title', 'client', 'visibility']) about[name] = form.elements[name]?.value
  const opened = await ask('/uploads', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify(about)})
  if (opened.status === 201) kept.write({id: opened.body.id, name: file.name, size: file.size, modified: file.lastModified})
  return opened
}

// passes tells whether the same may fare better a moment later: there was no answer, or a fault, the part came
// too slowly or too soon, or another tab is at it.
const passes = ({status, body}) => status === 0 || status === 408 || status >= 500 ||
  status === 429 && body.code !== 'quota_exceeded' || status === 409 && body.code === 'aborted' && body.id

// send brings the file to the portal and resolves to the answer with the document, or to a refusal.
async function send(form, file, kept, show, stopped) {
  let at = await begin(form, file, kept)
  while (!stopped.aborted) {
    if (passes(at)) {
      show.waits()
      await wait(retryAfter)
      const begun = kept.read()
      at = begun ? await ask('/uploads/' + begun.id) : await begin(form, file, kept)
      continue
    }
    if (at.status >= 300 || at.status === 201 && at.body.sha256) return at
    if (at.body.document) return {status: 201, body: {id: at.body.document}}
    const {id, done} = at.body
    show.sent(done)
    const end = Math.min(done + partSize, file.size)
    const range = `bytes ${end > done ? `${done}-${end - 1}` : '*'}/${file.size}`
    at = await put('/uploads/' + id, file.slice(done, end), range, part => show.sent(done + part), stopped)
  }
  return at
}

// display shows how far a file is. A screen reader hears of every quarter, not of every step.
function display(box, file) {
  const bar = box.querySelector('progress'), number = box.querySelector('[data-percent]'), text = box.querySelector('[data-sending-text]')
  let said = ''
  const say = words => { if (words !== said) text.textContent = said = words }
  box.querySelector('#sending-name').textContent = `${file.name}, ${size(file.size)}`
  box.hidden = false
  return {
    sent(bytes) {
      const percent = file.size ? Math.floor(100 * bytes / file.size) : 100
      bar.value = percent
      number.textContent = `${percent} %`
      say(percent === 100 ? 'All of it is sent. It is being checked.' : percent < 25 ? 'It is being sent.' : `${percent - percent % 25} % are sent.`)
    },
    waits: () => say('The connection is gone. It goes on by itself when it is back.'),
    end: () => { box.hidden = true },
  }
}

function enhance(form) {
  const [box, resume, problem] = ['[data-sending]', '[data-resume]', '[data-upload-problem]'].map(name => form.parentElement.querySelector(name))
  const kept = memory(form)
  const tell = words => { problem.textContent = words; problem.hidden = !words }

  const giveUp = async () => {
    const begun = kept.read()
    kept.forget()
    if (begun) await ask('/uploads/' + begun.id, {method: 'DELETE'})
  }

  form.addEventListener('submit', async event => {
    const file = form.elements.file.files[0]
    event.preventDefault()
    if (!file) return
    tell('')
    if (file.size > Number(form.dataset.max)) return tell(`The file has ${size(file.size)}, and ${size(Number(form.dataset.max))} is the most that is taken.`)
    const stop = new AbortController(), show = display(box, file), button = box.querySelector('[data-stop]')
    button.onclick = () => stop.abort()
    form.hidden = resume.hidden = true
    button.focus()
    const end = await send(form, file, kept, show, stop.signal)
    if (end.status === 201 && end.body.id && !stop.signal.aborted) {
      kept.forget()
      return location.assign('/portal/documents/' + encodeURIComponent(end.body.id) + '?done=uploaded')
    }
    show.end()
    form.hidden = false
    form.elements.file.focus()
    if (!stop.signal.aborted) tell(sentence(end))
    if (stop.signal.aborted || end.body.code === 'quota_exceeded') return offer(form, resume, kept)
    if (end.status !== 401) giveUp()
  })
  resume.querySelector('[data-forget]').onclick = () => {
    resume.hidden = true
    form.elements.file.focus()
    return giveUp()
  }
  offer(form, resume, kept)
}

// offer says that an upload can go on. A browser lets no page open a file again by itself.
async function offer(form, resume, kept) {
  const begun = kept.read()
  if (!begun) return
  const {status, body} = await ask('/uploads/' + begun.id)
  if (status === 404 || body.document) return kept.forget()
  if (status !== 200) return
  resume.querySelector('[data-resume-text]').textContent =
    `The upload of ${begun.name} stopped after ${size(body.done)} of ${size(body.size)}. Choose the same file again, and it goes on there.`
  resume.hidden = false
}

// watch shows how far a document is stored, until it is.
async function watch(bar) {
  const text = bar.parentElement.querySelector('[role=status]')
  for (let pause = 500; ; pause = Math.min(2 * pause, 5000)) {
    const {status, body} = await ask(`/documents/${encodeURIComponent(bar.dataset.storing)}/progress`)
    if (status === 401 || status === 404) return
    if (status === 200) {
      bar.max = Math.max(body.size, 1)
      bar.value = body.done
      if (body.state === 'stored') {
        bar.hidden = true
        text.textContent = 'It is stored.'
        return
      }
      if (body.state !== 'queued' && body.state !== 'held') return location.reload()
    }
    await wait(pause)
  }
}

document.querySelectorAll('form[data-upload]').forEach(enhance)
document.querySelectorAll('progress[data-storing]').forEach(watch)
