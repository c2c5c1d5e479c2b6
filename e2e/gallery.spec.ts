// Every state and every view, as a pill and as a card, in every look: drawn without a complaint, usable
// by everybody, inside the window. The pictures are in test-results/gallery.

import { AxeBuilder } from '@axe-core/playwright'
import { test as base, expect, type Page } from 'playwright/test'
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

/** Reports × views, as many as the client's types tell apart. */
const SCENES = 34

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

for (const [look, { options, language }] of Object.entries(LOOKS)) {
  test(`every state and view, ${look}: can be used by everybody, and fits`, async ({
    browser,
    site
  }) => {
    const context = await browser.newContext({ ...options, reducedMotion: 'reduce' })
    const page = await context.newPage()
    const complaints = complaintsOf(page)
    await openGallery(page, site, `/demo/playground.html?lang=${language}`)
    await expect(page.locator('.cell')).toHaveCount(SCENES)
    expect(await spills(page)).toEqual([])
    // What follows adds styles of its own, which the policy reports.
    expect(complaints).toEqual([])
    await page.screenshot({ path: `test-results/gallery/${look}.png`, fullPage: true })
    const { violations } = await new AxeBuilder({ page }).disableRules('landmark-unique').analyze()
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    await context.close()
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

declare global {
  interface Window {
    reports: string[]
  }
}
