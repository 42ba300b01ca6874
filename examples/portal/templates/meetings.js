// Pages of meetings work without this file. With it, other days and zones replace only the times; they
// are first shown in the zone of the browser; a time that is held says how long; and what was typed
// into a booking is there again when the time was taken.

const keptForm = 'frontdesk-form ', keptZone = 'frontdesk-zone'

// session asks the tab's memory. A browser may have none, then nothing is kept.
const session = act => { try { return act(sessionStorage) } catch { return null } }

const tell = words => { document.querySelector('[data-told]').textContent = words }

// pageAt resolves to the page, or to null. The browser parses it while it comes: DOMParser would need a
// string to become HTML, which the pages' policy forbids.
function pageAt(url) {
  return new Promise(resolve => {
    const request = new XMLHttpRequest()
    request.open('GET', url)
    request.responseType = 'document'
    request.onloadend = () => resolve(request.status === 200 ? request.response : null)
    request.send()
  })
}

let turns = 0

// turnTo replaces the times with those of another address, and resolves to whether it did; to null when
// people have gone on meanwhile. Who is in there stays at what is chosen; without that, nobody is disturbed.
async function turnTo(times, url, chosen) {
  const turn = ++turns
  times.setAttribute('aria-busy', 'true')
  const fresh = (await pageAt(url))?.querySelector('[data-times]')
  if (turn !== turns) return null
  times.removeAttribute('aria-busy')
  const inside = times.contains(document.activeElement)
  if (!fresh || inside && !chosen) return false
  times.replaceChildren(...fresh.childNodes)
  tell(times.querySelector('[data-shown]').textContent)
  const heading = times.querySelector('#times')
  heading.tabIndex = -1
  if (inside) (times.querySelector(chosen) ?? heading).focus()
  return true
}

async function follow(times, url, chosen) {
  const turned = await turnTo(times, url, chosen)
  if (turned) history.pushState(null, '', url)
  else if (turned === false) location.assign(url)
  return turned
}

// useZone shows the times in the zone that was chosen before in this tab, or in the browser's.
async function useZone(times) {
  const chosen = session(kept => kept.getItem(keptZone))
  const zone = chosen ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  if (!zone || zone === times.querySelector('form').elements.zone.value) return
  const url = new URL(location.href)
  url.searchParams.set('zone', zone)
  if (!await turnTo(times, url.href)) return
  history.replaceState(null, '', url.href)
  tell(`Times are in ${chosen ? 'the time zone that you chose' : 'the time zone of your browser'}, ${zone}. You can choose another.`)
}

function enhanceTimes(times) {
  times.addEventListener('click', event => {
    const link = event.target.closest('a[data-days]')
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    follow(times, link.href, link.rel ? `[rel=${link.rel}]` : '#times')
  })
  times.addEventListener('submit', async event => {
    const form = event.target, zone = form.elements.zone?.value
    if (!form.matches('form[data-zone]')) return
    event.preventDefault()
    const url = `${form.action}?${new URLSearchParams(new FormData(form))}`
    if (await follow(times, url, 'form[data-zone] button')) session(kept => kept.setItem(keptZone, zone))
  })
  addEventListener('popstate', async () => {
    if (await turnTo(times, location.href, '#times') === false) location.reload()
  })
  if ('guessed' in times.dataset) useZone(times)
}

const counted = (n, what) => `${n} ${what}${n === 1 ? '' : 's'}`

// countDown shows how long a time is held. A screen reader hears of every minute, not of every second.
function countDown(box) {
  const end = Date.now() + 1000 * box.dataset.left
  let minutes = Math.ceil(box.dataset.left / 60)
  const tick = () => {
    const left = Math.max(0, Math.ceil((end - Date.now()) / 1000))
    const clock = `${counted(Math.floor(left / 60), 'minute')} ${counted(left % 60, 'second')} left.`
    box.textContent = left ? clock : 'The time is not held for you any more.'
    if (Math.ceil(left / 60) === minutes) return
    minutes = Math.ceil(left / 60)
    tell(left ? `${counted(minutes, 'minute')} left to pay.` : box.textContent)
    if (!left) clearInterval(timer)
  }
  const timer = setInterval(tick, 1000)
  tick()
}

// keepTyped fills in what was sent with the form before, and keeps what is sent.
function keepTyped(form) {
  const key = keptForm + form.dataset.typed
  const fields = [...form.elements].filter(field => field.name && field.type !== 'hidden')
  const typed = session(kept => JSON.parse(kept.getItem(key)))
  for (const field of fields.filter(field => typed && Object.hasOwn(typed, field.name))) {
    if (field.type === 'radio') field.checked = field.value === typed[field.name]
    else field.value = typed[field.name]
  }
  if (typed) tell('What you typed before is filled in.')
  form.addEventListener('submit', () => {
    const filled = fields.filter(field => field.type !== 'radio' || field.checked).map(field => [field.name, field.value])
    session(kept => kept.setItem(key, JSON.stringify(Object.fromEntries(filled))))
  })
}

const forgetTyped = () => session(kept => Object.keys(kept).filter(key => key.startsWith(keptForm)).forEach(key => kept.removeItem(key)))

document.querySelectorAll('[data-times]').forEach(enhanceTimes)
document.querySelectorAll('[data-left]').forEach(countDown)
document.querySelectorAll('form[data-typed]').forEach(keepTyped)
document.querySelectorAll('[data-booked]').forEach(forgetTyped)
