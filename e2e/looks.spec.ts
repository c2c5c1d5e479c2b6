// What a user sees and hears of an element, and what it does to the page around it.

import { test as base, expect, type Page } from 'playwright/test'
import { beating, embedFake, show } from './kit/fake.ts'
import { Wallet, withSite } from './kit/fixtures.ts'
import type { Site } from './kit/site.ts'

const test = base.extend<{ site: Site; wallet: Wallet }>({
  site: withSite,
  wallet: async ({ page, site }, use) => {
    const wallet = await Wallet.open(page, site)
    await use(wallet)
    expect(wallet.complaints).toEqual([])
  }
})

const FRESH = { verdict: 'fresh', height: 5_123_456n, witnesses: 3, checkedAt: 0 } as const

const pill = (page: Page) => page.locator('fil-heartbeat .pill')
const panel = (page: Page) => page.getByRole('dialog')

test('a keyboard opens the details, reads them, and comes back to where it was', async ({
  wallet: { page }
}) => {
  await embedFake(page)
  await page.keyboard.press('Tab')
  await expect(pill(page)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(panel(page)).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(panel(page).getByText('What each report holds')).toBeFocused()
  await page.keyboard.press('Tab')
  await expect(panel(page).getByRole('button', { name: 'Turn on' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(panel(page)).toBeHidden()
  await expect(pill(page)).toBeFocused()
})

test('a screen reader is told of transitions that hold, and of no beat', async ({
  wallet: { page }
}) => {
  await page.clock.install()
  await embedFake(page)
  const status = page.locator('fil-heartbeat').getByRole('status')
  await page.clock.runFor(5_000)
  await expect(status).toHaveText('')
  await show(page, { state: beating(), view: FRESH })
  await page.clock.runFor(500)
  await show(page, { state: { phase: 'connecting', attempt: 1 } })
  await page.clock.runFor(500)
  await show(page, { state: beating() })
  await page.clock.runFor(500)
  await expect(status).toHaveText('')
  await page.clock.runFor(500)
  await expect(status).toHaveText('Reporting. Up to date')
  const changes = await page.evaluateHandle(() => {
    const changes: string[] = []
    const said = document.querySelector('fil-heartbeat')?.shadowRoot?.querySelector('[role=status]')
    const observer = new MutationObserver(() => changes.push(said?.textContent ?? ''))
    observer.observe(said as Node, { childList: true, characterData: true, subtree: true })
    return changes
  })
  for (let beat = 1; beat <= 5; beat += 1) {
    await show(page, { state: beating({ rtt: beat }), beatAt: beat })
    await page.clock.runFor(30_000)
  }
  expect(await changes.jsonValue()).toEqual([])
})

test('an element that has nothing new to say writes nothing into the DOM for a minute', async ({
  wallet: { page }
}) => {
  await page.clock.install()
  await embedFake(page)
  await show(page, { state: beating(), view: FRESH, beatAt: 1 })
  await page.clock.runFor(5_000)
  const writes = await page.evaluateHandle(() => {
    const writes: string[] = []
    const element = document.querySelector('fil-heartbeat')
    const observer = new MutationObserver((records) =>
      writes.push(...records.map(({ type, attributeName }) => `${type} ${attributeName}`))
    )
    const all = { attributes: true, childList: true, characterData: true, subtree: true }
    observer.observe(document, all)
    observer.observe(element?.shadowRoot as Node, all)
    return writes
  })
  // The client has said the same a few times over, and a beat was acknowledged.
  for (let time = 0; time < 4; time += 1) {
    await show(page, { state: beating({ delivery: { kind: 'acknowledged', at: 2 } }), view: FRESH })
    await page.clock.runFor(15_000)
  }
  expect(await writes.jsonValue()).toEqual([])
  // What was looked for is there to be found.
  await show(page, { state: { phase: 'asleep', since: 1 } })
  expect(await writes.jsonValue()).not.toEqual([])
})

for (const reducedMotion of ['no-preference', 'reduce'] as const) {
  test(`a dot pulses for a confirmed beat and for nothing else (${reducedMotion})`, async ({
    wallet: { page }
  }) => {
    await page.emulateMedia({ reducedMotion })
    await page.evaluate(() => {
      window.pulses = 0
      const { animate } = Element.prototype
      Element.prototype.animate = function (...args) {
        window.pulses += 1
        return animate.apply(this, args)
      }
    })
    const pulses = () => page.evaluate(() => window.pulses)
    await embedFake(page)
    await show(page, { state: beating({ delivery: { kind: 'unconfirmed' } }), beatAt: 1 })
    await show(page, { state: { phase: 'connecting', attempt: 1 } })
    await show(page, {
      state: beating({ suspect: true, delivery: { kind: 'acknowledged', at: 0 } })
    })
    expect(await pulses()).toBe(0)
    await show(page, { state: beating({ delivery: { kind: 'acknowledged', at: 3 } }), beatAt: 2 })
    expect(await pulses()).toBe(reducedMotion === 'reduce' ? 0 : 1)
  })
}

test('the pill gives up its label, then its number, and never its shape', async ({
  wallet: { page }
}) => {
  await embedFake(page)
  await show(page, { state: beating({ route: 'webrtc' }), view: FRESH })
  await page.evaluate(() => {
    const element = document.querySelector('fil-heartbeat')
    const div = document.body.appendChild(document.createElement('div'))
    div.style.display = 'flex'
    div.append(element as Node)
  })
  /** What of the pill lies within it. */
  const seenAt = async (width: number): Promise<string[]> =>
    await page.evaluate((width) => {
      const element = document.querySelector('fil-heartbeat') as HTMLElement
      if (element.parentElement) element.parentElement.style.inlineSize = `${width}px`
      const box = element.shadowRoot?.querySelector('.pill')?.getBoundingClientRect()
      return ['shape', 'label', 'chain'].filter((part) => {
        const own = element.shadowRoot?.querySelector(`.pill .${part}`)?.getBoundingClientRect()
        if (box === undefined || own === undefined) return false
        return own.top >= box.top && own.bottom <= box.bottom && own.right <= box.right
      })
    }, width)
  expect(await seenAt(400)).toEqual(['shape', 'label', 'chain'])
  expect(await seenAt(170)).toEqual(['shape', 'chain'])
  expect(await seenAt(60)).toEqual(['shape'])
  const narrow = await pill(page).boundingBox()
  expect(narrow?.height).toBe(32)
  expect(narrow?.width).toBeGreaterThanOrEqual(24)
  await expect(pill(page)).toHaveAccessibleName(
    'Heartbeat: Reporting, direct. Up to date, epoch 5,123,456'
  )
})

test('the element speaks the language that it stands in, and changes with it', async ({
  wallet: { page }
}) => {
  await embedFake(page)
  await expect(pill(page)).toContainText('Reports off')
  await page.evaluate(() => document.documentElement.setAttribute('lang', 'zh-CN'))
  await expect(pill(page)).toContainText('报告已关闭')
  await page.evaluate(() => document.querySelector('fil-heartbeat')?.setAttribute('lang', 'ar'))
  await expect(pill(page)).toContainText('التقارير متوقفة')
  const face = page.locator('fil-heartbeat .face')
  await expect(face).toHaveAttribute('dir', 'rtl')
  await page.evaluate(() => document.querySelector('fil-heartbeat')?.setAttribute('lang', 'xx'))
  await expect(pill(page)).toContainText('Reports off')
  await page.evaluate(async () => {
    const { addLanguage } = await import('/dist/element.js' as string)
    addLanguage('xx', async () => ({ 'label-off': 'Ffo stroper' }))
  })
  await expect(pill(page)).toContainText('Ffo stroper')
  await page.evaluate(() => {
    const element = document.querySelector('fil-heartbeat')
    if (element) element.messages = { 'label-off': 'In words of the page' }
  })
  await expect(pill(page)).toContainText('In words of the page')
})

test('a wrong look is told where it was given, and shown as the usual one', async ({
  wallet: { page }
}) => {
  const heard = await page.evaluateHandle(() => {
    const heard: string[] = []
    document.addEventListener('fil-heartbeat-error', (event) =>
      heard.push((event as CustomEvent<{ error: Error }>).detail.error.message)
    )
    return heard
  })
  await embedFake(page, { variant: 'cart', 'privacy-url': 'javascript:alert(1)' })
  expect(await page.evaluate(() => document.querySelector('fil-heartbeat')?.variant)).toBe('pill')
  await pill(page).click()
  await expect(panel(page)).toContainText('variant: "cart" is not one of pill, card')
  await expect(panel(page).getByRole('link')).toHaveCount(0)
  expect(await heard.jsonValue()).toEqual(['variant: "cart" is not one of pill, card'])
})

test('a page styles the element by its states, parts and custom properties', async ({
  wallet: { page }
}) => {
  await embedFake(page)
  await show(page, { state: beating(), view: FRESH })
  const matches = (state: string) =>
    page.locator('fil-heartbeat').evaluate((each, state) => each.matches(`:state(${state})`), state)
  for (const state of ['beating', 'fresh', 'consented']) expect(await matches(state)).toBe(true)
  await show(page, { state: { phase: 'asleep', since: 1 } })
  expect(await matches('beating')).toBe(false)
  expect(await matches('asleep')).toBe(true)
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync(`fil-heartbeat { --fil-heartbeat-fine: rgb(1, 2, 3) }
      fil-heartbeat::part(label) { color: rgb(4, 5, 6) }`)
    document.adoptedStyleSheets = [sheet]
  })
  await expect(page.locator('fil-heartbeat .chain')).toHaveCSS('color', 'rgb(1, 2, 3)')
  await expect(page.locator('fil-heartbeat .label')).toHaveCSS('color', 'rgb(4, 5, 6)')
})

test('a page says in its own words what reports are good for, and adds what it likes', async ({
  wallet: { page }
}) => {
  await embedFake(page)
  await page.evaluate(() => {
    for (const [slot, text] of [
      ['offer', 'Helps us keep this wallet fast.'],
      ['footer', 'Questions? Ask us.']
    ] as const) {
      const own = document.createElement('span')
      Object.assign(own, { slot, textContent: text })
      document.querySelector('fil-heartbeat')?.append(own)
    }
  })
  await pill(page).click()
  await expect(page.getByText('Helps us keep this wallet fast.')).toBeVisible()
  await expect(page.getByText('Questions? Ask us.')).toBeVisible()
  await expect(page.getByText('With each report the operator answers')).toBeHidden()
})

test('the details can be copied, and are shown where the browser lets nobody copy', async ({
  context,
  wallet: { page }
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await embedFake(page)
  await show(page, { state: beating(), view: FRESH })
  await pill(page).click()
  const copy = panel(page).getByRole('button', { name: /Copy details|Copied/ })
  await copy.click()
  await expect(copy).toHaveText('Copied')
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toContain('"phase": "beating"')
  expect(copied).toContain('"height": "5123456"')
  await page.evaluate(() => {
    navigator.clipboard.writeText = async () => {
      throw new DOMException('denied', 'NotAllowedError')
    }
  })
  await copy.click()
  await expect(panel(page)).toContainText('Not copied: the browser does not allow it.')
  await expect(panel(page).locator('pre').last()).toContainText('"phase": "beating"')
})

test('names and problems from outside are text', async ({ wallet: { page } }) => {
  const hostile = '<img src=x onerror="window.owned=1"><script>window.owned=1</script>'
  await embedFake(page, { nickname: hostile, 'operator-name': hostile })
  await pill(page).click()
  await expect(panel(page)).toContainText(hostile)
  await show(page, {
    state: {
      phase: 'failing',
      layer: 'discovery',
      since: 1,
      attempts: 1,
      via: hostile,
      problem: hostile,
      nextTryAt: 1
    }
  })
  await expect(panel(page)).toContainText(`The address list of ${hostile} cannot be used`)
  expect(await page.evaluate(() => 'owned' in window)).toBe(false)
})

test('the tag can be taken in a registry of a part of the page, under another name', async ({
  wallet: { page }
}) => {
  const isDrawn = await page.evaluate(async () => {
    const { FilHeartbeatElement } = await import('/dist/element.js' as string)
    customElements.define('my-heartbeat', class extends FilHeartbeatElement {})
    document.body.append(document.createElement('my-heartbeat'))
    return customElements.get('fil-heartbeat') !== undefined
  })
  expect(isDrawn).toBe(true)
  await expect(page.locator('my-heartbeat .pill')).toContainText('Reports unavailable')
})

declare global {
  interface Window {
    pulses: number
  }
}
