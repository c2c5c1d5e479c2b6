// The local network of `npm start`, as a newcomer opens it.

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test as base, expect } from 'playwright/test'

interface Demo {
  readonly url: string
  readonly api: string
}

const FREE_PORTS = ['--port', '--relay-port', '--aggregator-port', '--http-port', '--chain-port']

const test = base.extend<{ demo: Demo }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from its pattern
  demo: async ({}, use) => {
    const data = await mkdtemp(join(tmpdir(), 'fil-heartbeat-demo-'))
    const ports = FREE_PORTS.flatMap((flag) => [flag, '0'])
    const args = ['demo/start.ts', ...ports, '--epoch', '1s', '--data', data]
    const child = spawn('node', args, { stdio: ['ignore', 'pipe', 'inherit'] })
    const text = await printed(child, 'Ctrl-C')
    const url = text.match(/Open (\S+)/)?.[1] ?? ''
    const config = await (await fetch(`${url}demo/config.json`)).json()
    await use({ url, api: config.api })
    const ended = new Promise((resolve) => child.on('exit', resolve))
    child.kill('SIGINT')
    await ended
    await rm(data, { recursive: true })
  }
})

async function printed(child: ChildProcess, words: string): Promise<string> {
  let text = ''
  await new Promise<void>((resolve, reject) => {
    child.on('exit', () => reject(new Error(`the demo ended: ${text}`)))
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk
      if (text.includes(words)) resolve()
    })
  })
  return text
}

async function firstNode(demo: Demo): Promise<Record<string, unknown>> {
  const { nodes } = await (await fetch(`${demo.api}/nodes`)).json()
  return nodes[0] ?? {}
}

test('a newcomer turns reports on and sees both ends of the same beats', async ({ demo, page }) => {
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => message.type() === 'error' && complaints.push(message.text()))
  await page.goto(demo.url)
  const pill = page.locator('fil-heartbeat')
  await expect(pill).toContainText('Reports off')
  await pill.click()
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
  await pill.click()
  await page.getByRole('button', { name: 'Turn on' }).click()
  await expect(pill).toContainText('Sent, unconfirmed')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Cut both' }).click()
  await expect(pill).toContainText('Reports paused')
  await expect(page.getByText('the aggregator does not answer')).toBeVisible()
  await page.getByRole('button', { name: 'Bring both back' }).click()
  await expect(pill).toContainText('Sent, unconfirmed')
  await expect.poll(async () => (await firstNode(demo)).connected).toBe(true)
})
