// What of a browser the script of the pages of meetings needs: pages that the portal really makes, with
// their elements, an address with a history, a memory of the tab and a clock. The test says what people do.
const [base, at, actor, memory = '{}'] = process.argv.slice(1)
const stored = JSON.parse(memory)
const hidden = (name, value) => Object.defineProperty(stored, name, {value})
hidden('getItem', key => stored[key] ?? null)
hidden('setItem', (key, value) => { stored[key] = value })
hidden('removeItem', key => { delete stored[key] })
globalThis.sessionStorage = stored

const unescaped = text => text.replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code)).replace(/&(amp|lt|gt|quot);/g, (_, name) => ({amp: '&', lt: '<', gt: '>', quot: '"'})[name])

// matches knows selectors of a tag, an id and attributes, and the parents that they are in.
function matches(element, selector) {
  const [last, ...outer] = selector.split(' ').reverse()
  const [, tag, id, rest] = last.match(/^(\w*)(?:#(\w+))?(.*)$/)
  const has = [...rest.matchAll(/\[([\w-]+)(?:=(\w+))?\]/g)].every(([, name, value]) => name in element.attributes && (!value || element.attributes[name] === value))
  if (tag && tag !== element.tag || id && id !== element.attributes.id || !has) return false
  return outer.length === 0 || Boolean(element.parent?.closest(outer.reverse().join(' ')))
}

class Element {
  childNodes = []
  listeners = {}
  constructor(tag, attributes = {}) {
    Object.assign(this, {tag, attributes, value: attributes.value ?? '', checked: 'checked' in attributes, said: []})
    this.dataset = Object.fromEntries(Object.keys(attributes).filter(name => name.startsWith('data-')).map(name => [name.slice(5), attributes[name]]))
  }
  get name() { return this.attributes.name }
  get type() { return this.attributes.type }
  get rel() { return this.attributes.rel }
  get href() { return new URL(this.attributes.href, location.href).href }
  get action() { return new URL(this.attributes.action, location.href).href }
  get all() { return this.childNodes.filter(node => node.tag).flatMap(node => [node, ...node.all]) }
  get elements() { return Object.assign(this.all.filter(one => ['input', 'select', 'textarea', 'button'].includes(one.tag)), Object.fromEntries(this.all.filter(one => one.name).map(one => [one.name, one]))) }
  get textContent() { return this.childNodes.map(node => node.text ?? node.textContent).join('') }
  set textContent(words) {
    this.said.push(words)
    this.childNodes = [{text: words}]
  }
  setAttribute(name, value) { this.attributes[name] = value }
  removeAttribute(name) { delete this.attributes[name] }
  matches(selector) { return matches(this, selector) }
  closest(selector) { return this.matches(selector) ? this : this.parent?.closest(selector) ?? null }
  contains(other) { return other === this || this.all.includes(other) }
  querySelectorAll(selector) { return this.all.filter(one => one.matches(selector)) }
  querySelector(selector) { return this.querySelectorAll(selector)[0] ?? null }
  addEventListener(name, listener) { this.listeners[name] = listener }
  focus() { document.activeElement = this }
  replaceChildren(...nodes) {
    if (this.contains(document.activeElement)) document.activeElement = null
    for (const node of nodes) node.parent = this
    this.childNodes = nodes
  }
}

function parsed(html) {
  const root = new Element('html')
  let open = root
  for (const [, end, tag, attributes, text] of html.matchAll(/<(\/?)(\w+)([^>]*)>|<!doctype html>|([^<]+)/g)) {
    if (text) open.childNodes.push({text: unescaped(text)})
    else if (end) open = open.closest(tag)?.parent ?? open
    else if (tag) {
      const found = [...attributes.matchAll(/([\w-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name, unescaped(value ?? '')])
      const one = new Element(tag, Object.fromEntries(found))
      one.parent = open
      open.childNodes.push(one)
      if (!['meta', 'link', 'input', 'br'].includes(tag)) open = one
    }
  }
  return root
}

const ask = url => fetch(url, {headers: actor ? {'X-Demo-Actor': actor} : {}, redirect: 'follow'})
const asked = []
globalThis.XMLHttpRequest = class {
  open(method, url) { this.url = url }
  send() {
    asked.push((async () => {
      const answer = await ask(this.url)
      this.status = line.good ? answer.status : 0
      const text = await answer.text()
      if (this.responseType === 'document') this.response = parsed(text)
      this.onloadend()
    })())
  }
}
globalThis.FormData = class {
  constructor(form) { this.form = form }
  * [Symbol.iterator]() { for (const one of this.form.elements) if (one.name) yield [one.name, one.value] }
}
const line = {good: true}
const went = []
globalThis.location = {href: base + at, assign: url => went.push(url), reload: () => went.push('reload')}
globalThis.history = {
  pushState: (_, __, url) => { went.push('push'); location.href = url },
  replaceState: (_, __, url) => { went.push('replace'); location.href = url },
}
const windowListeners = {}
globalThis.addEventListener = (name, listener) => { windowListeners[name] = listener }
const zoneOfBrowser = zone => { Intl.DateTimeFormat = () => ({resolvedOptions: () => ({timeZone: zone})}) }
zoneOfBrowser('Asia/Tokyo')
let clock = Date.now(), tick
Date.now = () => clock
globalThis.setInterval = each => { tick = each; return 'timer' }
globalThis.clearInterval = () => { tick = null }

globalThis.document = parsed(await (await ask(base + at)).text())
document.activeElement = null

const find = selector => document.querySelector(selector)
const settled = async () => {
  while (asked.length) await asked.shift()
  await new Promise(setImmediate)
}
async function act(element, name, more) {
  const event = {target: element, button: 0, prevented: false, preventDefault() { this.prevented = true }, ...more}
  for (let one = element; one; one = one.parent) one.listeners[name]?.(event)
  await settled()
  return event.prevented
}
const query = name => new URL(location.href).searchParams.get(name)
const say = value => console.log(JSON.stringify(value))
