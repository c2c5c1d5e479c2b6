// Every screen of the operator's page in every look. The pictures are in test-results/dashboard.

import { AxeBuilder } from '@axe-core/playwright'
import { peerOf } from './kit/made-up/nodes.ts'
import { connection, expect, isTooWide, test } from './kit/operator-page.ts'
import type { StandInit } from './kit/operator-stand.ts'

const SCREENS: Record<string, { readonly init: StandInit; readonly hash: string }> = {
  empty: { init: {}, hash: '#/' },
  twelve: { init: { watched: 12, visitors: 60 }, hash: '#/' },
  'ten-thousand': { init: { watched: 12, visitors: 9_988 }, hash: '#/' },
  'too-many-watched': { init: { watched: 200, visitors: 10 }, hash: '#/' },
  trouble: { init: { watched: 12, visitors: 400, trouble: true }, hash: '#/' },
  node: { init: { watched: 12, visitors: 4, trouble: true }, hash: `#/node/${peerOf(7)}` },
  visitor: { init: { watched: 12, visitors: 4 }, hash: `#/node/${peerOf(14)}` },
  alerts: { init: { watched: 12, visitors: 4, trouble: true }, hash: '#/alerts' },
  token: { init: { token: 'x' }, hash: '#/' },
  nobody: { init: {}, hash: '#/node/12D3KooWnobody' }
}
/** Taller than any page, in CSS px: all of it is near to the window. */
const TALL = 14_000
const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1280, height: 860 } },
  dark: { colorScheme: 'dark', viewport: { width: 1280, height: 860 } },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 780 } },
  forced: { forcedColors: 'active', viewport: { width: 1280, height: 860 } }
} as const

/** One of each kind, and the fullest one on a phone; the others are run by `npm run looks`. */
const QUICK = ['ten-thousand light', 'trouble light', 'trouble phone', 'node light', 'token light']

for (const [screen, { init, hash }] of Object.entries(SCREENS)) {
  test.describe(() => {
    test.use({ init })

    for (const [look, options] of Object.entries(LOOKS)) {
      const tag = QUICK.includes(`${screen} ${look}`) ? [] : ['@looks']
      const title = `${screen}, ${look}: can be used by everybody, and fits`
      test(title, { tag }, async ({ browser, stand }) => {
        test.slow()
        const context = await browser.newContext({ ...options, reducedMotion: 'reduce' })
        const page = await context.newPage()
        await page.goto(`${stand.origin}/${hash}`)
        await expect(connection(page)).toHaveText(
          init.token === undefined ? 'Live' : 'Token needed'
        )
        // Charts and tables ask when they are near to the window.
        await page.setViewportSize({ ...options.viewport, height: TALL })
        await expect(page.getByText(/^(Asking|Waiting)/)).toHaveCount(0)
        await expect(page.locator('.charts.waiting')).toHaveCount(0)
        const { violations } = await new AxeBuilder({ page }).analyze()
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
        expect(await isTooWide(page)).toBe(false)
        await page.setViewportSize(options.viewport)
        await page.screenshot({ path: `test-results/dashboard/${screen}-${look}.png` })
        await page.setViewportSize({ ...options.viewport, height: TALL })
        const path = `test-results/dashboard/${screen}-${look}-whole.png`
        await page.locator('hb-dashboard').screenshot({ path })
        await context.close()
      })
    }
  })
}

test('a lost page can be used by everybody, too', async ({ page, stand }) => {
  await page.goto(stand.origin)
  await expect(connection(page)).toHaveText('Live')
  await expect(page.getByRole('img', { name: /^Round trips\. / })).toBeVisible()
  await stand.close()
  await expect(connection(page)).toHaveText(/^Lost since/)
  const { violations } = await new AxeBuilder({ page }).analyze()
  expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
  await page.screenshot({ path: 'test-results/dashboard/lost-light.png' })
})
