// Every state and every view, as a pill and as a card, in every look: drawn without a complaint, usable
// by everybody, inside the window; with the panel closed and open. The pictures are in test-results/gallery.

import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Locator, type Page } from 'playwright/test'
import { withSite } from './kit/fixtures.ts'
import type { Site } from './kit/site.ts'

const test = base.extend<{ site: Site }>({ site: withSite })

const DESKTOP = { viewport: { width: 1480, height: 900 } }
const LOOKS = {
  light: { options: { ...DESKTOP, colorScheme: 'light' }, language: 'en' },
  dark: { options: { ...DESKTOP, colorScheme: 'dark' }, language: 'en' },
  forced: { options: { ...DESKTOP, forcedColors: 'active' }, language: 'en' },
  rtl: { options: { ...DESKTOP, colorScheme: 'light' }, language: 'ar' },
  chinese: { options: { ...DESKTOP, colorScheme: 'light' }, language: 'zh' },
  phone: { options: { viewport: { width: 320, height: 740 } }, language: 'en' },
  // As a window of 1,280 px is at 200%.
  zoomed: {
    options: { viewport: { width: 640, height: 450 }, deviceScaleFactor: 2 },
    language: 'en'
  }
} as const

/** States of reports and, beside them, views of the chain: as many as the element tells apart. */
const SCENES = 36

/** A panel that asks for consent, one that has a route, one that fails, and one of another chain. */
const OPENED = ['Off', 'Direct, WebRTC', 'Relay is silent', 'Different chain']

function complaintsOf(page: Page): string[] {
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text())
  })
  return complaints
}

async function openGallery(page: Page, site: Site, path: string): Promise<void> {
  await page.goto(`${site.origin}${path}#gallery`)
  await expect(page.locator('body[data-ready]')).toBeAttached()
}

/** Those that are laid out each in its own way; the others are run by `npm run looks`. */
const QUICK = ['light', 'rtl', 'phone']

for (const [look, { options, language }] of Object.entries(LOOKS)) {
  const tag = QUICK.includes(look) ? [] : ['@looks']
  const title = `every state and view, ${look}: can be used by everybody, and fits`
  test(title, { tag }, async ({ browser, site }) => {
    test.slow()
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' })
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    await openGallery(page, site, `/demo/playground.html?lang=${language}`)
    await expect(page.locator('.cell')).toHaveCount(SCENES)
    expect(await spills(page)).toEqual([])
    // What follows adds styles of its own, which the policy reports.
    expect(complaints).toEqual([])
    await page.screenshot({ path: `test-results/gallery/${look}.png`, fullPage: true })
    expect(await barriers(new AxeBuilder({ page }).disableRules('landmark-unique'))).toEqual([])
    await keepScenes(page, OPENED)
    for (const scene of OPENED) {
      const element = `[data-scene="${scene}"] fil-heartbeat[variant="pill"]`
      await page.locator(`${element} .pill`).click()
      const panel = page.locator(`${element} #panel`)
      await expect(panel.getByRole('heading').first()).toBeVisible()
      const name = scene.toLowerCase().replaceAll(/\W+/g, '-')
      await page.screenshot({ path: `test-results/gallery/${look}-panel-${name}.png` })
      expect(await isInWindow(panel), scene).toBe(true)
      const dialog = new AxeBuilder({ page }).include({ fromShadowDom: [element, '#panel'] })
      expect(await barriers(dialog), scene).toEqual([])
      await page.keyboard.press('Escape')
      await expect(panel).toBeHidden()
    }
    await context.close()
  })
}

/** What keeps somebody from using what is looked at, and where. */
async function barriers(looking: AxeBuilder): Promise<unknown[]> {
  const { violations } = await looking.analyze()
  return violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])
}

/** Takes the other scenes out of the page, all of which axe would walk through for each panel. */
async function keepScenes(page: Page, kept: readonly string[]): Promise<void> {
  await page.evaluate((kept) => {
    for (const cell of document.querySelectorAll<HTMLElement>('.cell')) {
      if (!kept.includes(cell.dataset.scene ?? '')) cell.remove()
    }
  }, kept)
}

function isInWindow(panel: Locator): Promise<boolean> {
  return panel.evaluate((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect()
    return left >= 0 && right <= innerWidth && top >= 0 && bottom <= innerHeight
  })
}

/** Names of scenes in which something is wider than its place. */
function spills(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('.cell')]
      .filter((cell) => {
        const { left, right } = cell.getBoundingClientRect()
        const parts = [...cell.querySelectorAll('fil-heartbeat')].flatMap((element) => [
          element,
          ...(element.shadowRoot?.querySelectorAll('.pill, .card *:not(path, text, circle)') ?? [])
        ])
        return parts.some((part) => {
          const box = part.getBoundingClientRect()
          return box.width > 0 && (box.left < left - 1 || box.right > right + 1)
        })
      })
      .map((cell) => cell.dataset.scene ?? '')
  )
}

test('every state under the strictest policy is drawn without one report', async ({
  page,
  site
}) => {
  const complaints = complaintsOf(page)
  await page.addInitScript(() => {
    window.reports = []
    document.addEventListener('securitypolicyviolation', ({ violatedDirective }) =>
      window.reports.push(violatedDirective)
    )
  })
  await openGallery(page, site, '/e2e/pages/gallery.html')
  await expect(page.locator('.cell')).toHaveCount(SCENES)
  // A panel that floats is placed by script.
  await page.locator('fil-heartbeat .pill').first().click()
  await expect(page.getByRole('dialog')).toBeVisible()
  expect(await page.evaluate(() => window.reports)).toEqual([])
  expect(complaints).toEqual([])
})

test('every attribute has its control, and what is set is shown and can be copied', async ({
  context,
  page,
  site
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const complaints = complaintsOf(page)
  await page.goto(`${site.origin}/demo/playground.html`)
  const controls = page.getByRole('group', { name: 'Attributes' })
  await expect(controls.getByText('target', { exact: true })).toBeVisible()
  const manifest = await (await page.request.get(`${site.origin}/dist/custom-elements.json`)).json()
  const [element] = manifest.modules[0].declarations
  await expect(controls.locator('label')).toHaveCount(element.attributes.length)
  await controls.locator('label', { hasText: 'variant' }).locator('select').selectOption('card')
  const shown = page.locator('.stage fil-heartbeat')
  await expect(shown).toHaveAttribute('variant', 'card')
  await expect(shown.getByRole('region', { name: 'Heartbeat details' })).toBeVisible()
  await page.getByRole('button', { name: 'Copy', exact: true }).click()
  const copied = await page.evaluate(() => navigator.clipboard.readText())
  expect(copied).toContain('variant="card"')
  // The fake client plays what a real one does.
  await shown.getByRole('button', { name: 'Turn on' }).click()
  await expect(shown).toContainText('Reports arrive through a relay')
  await expect(shown).toContainText('Reports arrive directly, in 23 ms')
  await page.getByRole('button', { name: 'Different chain' }).click()
  await expect(shown).toContainText('A second opinion, not proof.')
  await page.getByLabel('Language').selectOption('zh')
  await expect(shown).toContainText('链不一致')
  expect(complaints).toEqual([])
})

for (const [size, viewport] of Object.entries({
  desktop: { width: 1280, height: 900 },
  phone: { width: 360, height: 740 }
})) {
  test(`the playground can be used by everybody, and fits (${size})`, async ({ page, site }) => {
    await page.setViewportSize(viewport)
    await page.goto(`${site.origin}/demo/playground.html`)
    await expect(page.getByRole('group', { name: 'Attributes' })).toBeVisible()
    await expect(page.locator('.stage .pill')).toContainText('Reports off')
    const { scrollWidth, clientWidth } = await page.evaluate(() => document.documentElement)
    expect(scrollWidth).toBe(clientWidth)
    await page.screenshot({ path: `test-results/gallery/playground-${size}.png`, fullPage: true })
    expect(await barriers(new AxeBuilder({ page }))).toEqual([])
  })
}

test('the playground says of a wrong attribute what a real element says', async ({
  page,
  site
}) => {
  await page.goto(`${site.origin}/demo/playground.html`)
  const shown = page.locator('.stage fil-heartbeat')
  await page.getByRole('button', { name: 'Direct, WebRTC' }).click()
  await expect(shown.locator('.pill')).toContainText('Reporting, direct')
  const period = page
    .getByRole('group', { name: 'Attributes' })
    .locator('label', { hasText: 'beat-period' })
    .locator('input')
  await period.fill('often')
  await period.press('Enter')
  await expect(shown.locator('.pill')).toContainText('Reports unavailable')
  await shown.locator('.pill').click()
  await expect(page.getByRole('dialog')).toContainText(
    'beatPeriod: "often" is not a duration such as "3s"'
  )
  await page.keyboard.press('Escape')
  await period.fill('30s')
  await period.press('Enter')
  await expect(shown.locator('.pill')).toContainText('Reporting, direct')
})

test('a chain of the page’s own has no name that the element could say', async ({ page, site }) => {
  await openGallery(page, site, '/demo/playground.html')
  const cell = (scene: string) => page.locator(`[data-scene="${scene}"]`)
  await expect(cell('Not accepted: network')).toContainText('Calibration')
  const own = cell('Not accepted: network of its own')
  await expect(own).not.toContainText('Calibration')
  await expect(cell('Provider fails')).toContainText('5,123,456')
})

test('a copy says that it is made, or that the browser refuses, and can be had again', async ({
  context,
  page,
  site
}) => {
  const complaints = complaintsOf(page)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.goto(`${site.origin}/demo/playground.html`)
  await page.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  await page.evaluate(() => {
    navigator.clipboard.writeText = async () => {
      throw new DOMException('denied', 'NotAllowedError')
    }
  })
  await page.getByRole('button', { name: 'Copy', exact: true }).click()
  await expect(page.getByRole('button', { name: 'Not copied: the browser' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Copy', exact: true })).toBeVisible()
  expect(complaints).toEqual([])
})

declare global {
  interface Window {
    reports: string[]
  }
}
