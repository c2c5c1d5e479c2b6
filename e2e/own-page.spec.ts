// What a page makes of the element: its language, its words, its style sheets, and its own tag.

import type { Page } from 'playwright/test'
import { beating, embedFake, FRESH, show } from './kit/fake.ts'
import { expect, test } from './kit/fixtures.ts'

const pill = (page: Page) => page.locator('fil-heartbeat .pill')
const panel = (page: Page) => page.getByRole('dialog')

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

test('the tag can be taken in the registry of a part of the page, and nowhere else', async ({
  wallet: { page },
  site
}) => {
  await page.goto(`${site.origin}/e2e/pages/bare.html`)
  const scoping = await page.evaluate(async () => {
    const { FilHeartbeatElement } = await import('/dist/element.js' as string)
    const registry = new CustomElementRegistry()
    registry.define('fil-heartbeat', FilHeartbeatElement)
    const part = document.body.appendChild(document.createElement('div'))
    const shadow = part.attachShadow({ mode: 'open', customElementRegistry: registry })
    const element = document.createElement('fil-heartbeat', { customElementRegistry: registry })
    shadow.append(element)
    document.body.append(document.createElement('fil-heartbeat'))
    return {
      isOurs: element instanceof FilHeartbeatElement,
      isTakenElsewhere: customElements.get('fil-heartbeat') !== undefined
    }
  })
  expect(scoping).toEqual({ isOurs: true, isTakenElsewhere: false })
  await expect(page.locator('div fil-heartbeat .pill')).toContainText('Reports unavailable')
  await expect(page.locator('.pill')).toHaveCount(1)
})

test('the class can be had under another name, beside the tag', async ({ wallet: { page } }) => {
  const isDrawn = await page.evaluate(async () => {
    const { FilHeartbeatElement } = await import('/dist/element.js' as string)
    customElements.define('my-heartbeat', class extends FilHeartbeatElement {})
    document.body.append(document.createElement('my-heartbeat'))
    return customElements.get('fil-heartbeat') !== undefined
  })
  expect(isDrawn).toBe(true)
  await expect(page.locator('my-heartbeat .pill')).toContainText('Reports unavailable')
})
