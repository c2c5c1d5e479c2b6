// What the specs of the operator's page get: a stand-in for its aggregator that can be brought into any
// state, and eyes on what the browser complains of.

import { test as base, expect, type Page } from 'playwright/test'
import { OperatorStand, type StandInit } from './operator-stand.ts'

interface Fixtures {
  readonly init: StandInit
  readonly stand: OperatorStand
  /** Policy violations and uncaught errors: must stay empty. */
  readonly complaints: string[]
}

export const test = base.extend<Fixtures>({
  init: [{ watched: 12, visitors: 400 }, { option: true }],
  stand: async ({ init }, use) => {
    await using stand = await OperatorStand.start(init)
    await use(stand)
  },
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = []
      page.on('pageerror', ({ message }) => complaints.push(message))
      page.on('console', (message) => {
        if (/Content Security Policy|Trusted/.test(message.text())) complaints.push(message.text())
      })
      await use(complaints)
      expect(complaints).toEqual([])
    },
    { auto: true }
  ]
})

/** What the page says of its own connection. */
export const connection = (page: Page) => page.getByRole('status').first()
export const watched = (page: Page) => page.getByRole('region', { name: 'Watched nodes' })
export const visitors = (page: Page) => page.getByRole('region', { name: 'Visitors' })

/** Whether an element that is wider than the window makes the page scroll sideways. */
export async function isTooWide(page: Page): Promise<boolean> {
  return await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth)
}

export { expect }
