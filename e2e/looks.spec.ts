// What a user sees and hears of an element, and that it writes nothing without a reason.

import type { Page } from 'playwright/test'
import { beating, embedFake, FRESH, show } from './kit/fake.ts'
import { expect, test } from './kit/fixtures.ts'

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
  // The panel's own code comes when it is opened.
  await expect(panel(page).getByText('What each report holds')).toBeVisible()
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

declare global {
  interface Window {
    pulses: number
  }
}
