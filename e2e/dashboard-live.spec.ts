// The operator's page as a real aggregator serves it, with real beats.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { expect, test } from 'playwright/test'
import type { HeartbeatClient } from '../src/index.ts'
import { library } from './kit/built.ts'
import { CONSENT, until } from './kit/clients.ts'
import { SPREAD } from './kit/made-up/numbers.ts'
import { POLICY } from './kit/operator-stand.ts'
import { Services } from './kit/services.ts'

const DASHBOARD = join(import.meta.dirname, '../dist/dashboard')
const SEED = new Uint8Array(32).fill(5)
const { createHeartbeatClient } = await library()

async function report(
  target: string,
  nickname: string,
  identity?: Uint8Array
): Promise<HeartbeatClient> {
  const client = createHeartbeatClient({
    target,
    nickname,
    beatPeriod: '500ms',
    routes: 'websocket',
    ...(identity && { identity })
  })
  client.setHead(() => ({ cids: [], height: Math.floor(Date.now() / 1_000) }))
  await client.start(CONSENT)
  await until(client, () => client.state.phase === 'beating')
  return client
}

test('an operator sees nodes come, beat and fail, and the aggregator go and return', async ({
  page
}) => {
  const complaints: string[] = []
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (message) => {
    if (/Content Security Policy|Trusted/.test(message.text())) complaints.push(message.text())
  })
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-dashboard-'))
  const peer = peerIdFromPrivateKey(await generateKeyPairFromSeed('Ed25519', SEED)).toString()
  const services = await Services.start('http://127.0.0.1', {
    watched: [peer],
    dashboard: DASHBOARD,
    store: { file: join(folder, 'history.db') }
  })
  const clients: HeartbeatClient[] = []
  try {
    const connection = page.getByRole('status').first()
    const watched = page.getByRole('region', { name: 'Watched nodes' })
    const response = await page.goto(services.api)
    // What the stand-in of the other tests says, too.
    expect(response?.headers()['content-security-policy']).toBe(POLICY)
    await expect(connection).toHaveText('Live')
    await expect(watched.getByRole('row')).toHaveCount(2)

    const { directAddress } = services
    const node = await report(directAddress, 'hall <1>', SEED)
    clients.push(node, await report(directAddress, 'Ann'), await report(directAddress, 'Ben'))
    await expect(watched.getByRole('link', { name: 'hall <1>' })).toBeVisible()
    await expect(watched.getByRole('row').nth(1)).toContainText('Beating')
    const headlines = page.getByRole('region', { name: 'Headlines' })
    await expect(headlines).toContainText('Watched 1 of 1, visitors 2')
    const network = await (await page.request.get(`${services.api}/api/network`)).json()
    expect(network.spread.map(({ from }: { from: number }) => from)).toEqual(SPREAD)
    const visitors = page.getByRole('region', { name: 'Visitors' })
    await visitors.scrollIntoViewIfNeeded()
    await expect(visitors).toContainText('Ann')
    await expect(visitors).toContainText('1–2 of 2')

    await watched.getByRole('link', { name: 'hall <1>' }).click()
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('hall <1>')
    await expect(page.getByRole('region', { name: 'History' })).toBeVisible()
    await expect(page.getByRole('img', { name: /Beating from/ })).toBeVisible()
    await node.stop()
    await expect(page.getByText('Down', { exact: true })).toBeVisible()
    await expect(page.getByRole('img', { name: /Down from/ })).toBeVisible()
    // Beside this one there may be one of the aggregator itself, on a busy machine.
    await expect(async () => {
      const { standing } = await (await page.request.get(`${services.api}/api/alerts`)).json()
      expect(standing.map(({ kind }: { kind: string }) => kind)).toContain('node-down')
      expect(await page.title()).toBe(`(${standing.length}) fil-heartbeat`)
    }).toPass()
    await page.screenshot({ path: 'test-results/dashboard/real-node.png', fullPage: true })

    await page.goto(`${services.api}/#/`)
    await services.stopAggregator()
    await expect(connection).toHaveText(/^Lost since \d/)
    await services.restartAggregator('http://127.0.0.1')
    await expect(connection).toHaveText('Live')
    await expect(watched.getByRole('row').nth(1)).toContainText('hall <1>')
    await page.screenshot({ path: 'test-results/dashboard/real.png', fullPage: true })
  } finally {
    await Promise.all(clients.map((client) => client.stop()))
    await services.stop()
    await rm(folder, { recursive: true })
  }
  expect(complaints).toEqual([])
})
