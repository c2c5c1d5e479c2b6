// The local network of `npm start`, as a newcomer opens it.

import { test as base, expect } from 'playwright/test'
import { type Demo, startDemo } from './kit/demo.ts'

const test = base.extend<{ demo: Demo }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its pattern
  demo: async ({}, use) => {
    const demo = await startDemo()
    await use(demo)
    await demo.stop()
  }
})

async function firstNode({ config }: Demo): Promise<Record<string, unknown>> {
  const { nodes } = await (await fetch(`${config.api}/nodes?group=visitors`)).json()
  return nodes[0] ?? {}
}

test('a newcomer turns reports on and sees both ends of the same beats', async ({ demo, page }) => {
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(demo.url)
  const pill = page.locator('fil-heartbeat')
  await expect(pill).toContainText('Reports off')
  await pill.getByRole('button').click()
  await page.getByRole('button', { name: 'Turn on' }).click()
  const phase = () =>
    pill.evaluate((element) => (element as HTMLElement & { state: { phase: string } }).state.phase)
  await expect.poll(phase).toBe('beating')
  await expect
    .poll(() => firstNode(demo))
    .toMatchObject({ nickname: 'Demo wallet', route: 'webrtc' })
  const { peer, height } = await firstNode(demo)
  expect(peer).toMatch(/^12D3KooW/)
  await expect
    .poll(async () => Number((await firstNode(demo)).height))
    .toBeGreaterThan(Number(height) + 2)
  await expect(page.getByRole('table')).toContainText('direct (WebRTC)')
  expect(complaints).toEqual([])
})

test('a stalled chain is seen by the clock, and heals', async ({ demo, page }) => {
  await page.goto(demo.url)
  const pill = page.locator('fil-heartbeat')
  const verdict = () =>
    pill.evaluate(
      (element) => (element as HTMLElement & { view: { verdict: string } }).view.verdict
    )
  await expect.poll(verdict).toBe('fresh-by-clock')
  await page.getByRole('button', { name: 'Stall the chain' }).click()
  await expect.poll(verdict).toBe('behind-by-clock')
  await expect(pill).toContainText('old')
  await page.getByRole('button', { name: 'Let the chain go on' }).click()
  await expect.poll(verdict).toBe('fresh-by-clock')
})

test('both ends are cut and brought back with the buttons of the page', async ({ demo, page }) => {
  await page.goto(demo.url)
  const pill = page.locator('fil-heartbeat')
  await pill.getByRole('button').click()
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(pill).toContainText('Reporting')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Cut both' }).click()
  await expect(pill).toContainText('Reports paused')
  await expect(page.getByText('the aggregator does not answer')).toBeVisible()
  await page.getByRole('button', { name: 'Bring both back' }).click()
  await expect(pill).toContainText('Reporting')
  // It hears reports before it answers over HTTP.
  await expect(page.getByText('the aggregator does not answer')).toBeHidden()
  await expect.poll(async () => (await firstNode(demo)).connected).toBe(true)
})
