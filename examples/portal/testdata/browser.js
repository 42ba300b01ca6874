// What of a browser the script of the pages of documents needs. It ends with a line that says how: where
// the script leads to, or what it has kept when the connection was gone.
const [base, kept, patient] = process.argv.slice(1)
const stored = JSON.parse(kept)
globalThis.localStorage = {
  getItem: key => stored[key] ?? null,
  setItem: (key, value) => { stored[key] = value },
  removeItem: key => { delete stored[key] },
}
const end = words => { console.log(words); console.log(JSON.stringify(stored)); process.exit() }

const fetched = fetch
globalThis.fetch = (path, init) => fetched(base + path, {...init, headers: {...init?.headers, 'X-Demo-Actor': 'client:acme'}})
globalThis.XMLHttpRequest = class {
  upload = {}
  headers = {}
  status = 0
  responseText = ''
  open(method, path) { Object.assign(this, {method, path}) }
  setRequestHeader(name, value) { this.headers[name] = value }
  async send(body) {
    try {
      const answer = await fetch(this.path, {method: this.method, headers: this.headers, body})
      this.responseText = await answer.text()
      this.status = answer.status
      this.upload.onprogress({loaded: body.size})
    } catch { /* no answer */ }
    this.onloadend()
  }
}

class Element {
  parts = {}
  hidden = true
  text = ''
  dataset = {person: 'client:acme', max: '100000000'}
  get textContent() { return this.text }
  set textContent(words) {
    this.text = words
    if (words.startsWith('The connection is gone') && !patient) end('gone')
    if (words.startsWith('The upload of')) { console.log(words); choose() }
  }
  querySelector(name) { return this.parts[name] ??= new Element() }
  focus() {}
}
const form = new Element()
form.parentElement = new Element()
form.elements = {title: {value: 'Greeting'}, file: new Element()}
form.elements.file.files = [new File(['Hello, '.repeat(1 << 20)], 'hello.txt', {type: 'text/plain', lastModified: 1})]
let choose
form.addEventListener = (_, submit) => { choose = () => submit({preventDefault() {}}) }
globalThis.document = {querySelectorAll: name => name.startsWith('form') ? [form] : []}
globalThis.location = {assign: path => end(path)}
if (kept === '{}') setTimeout(() => choose())
