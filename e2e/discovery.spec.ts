// A wallet that knows its operator's address alone, and finds relays and aggregator there.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from './kit/fixtures.ts'

const FAST = { 'beat-period': '500ms', 'reconnect-period': '1s' }
const PATH = '/.well-known/fil-heartbeat.json'
const STRANGER = '12D3KooWJWoaqZhDaoEFshF7Rh1bpY9ohihFhzcW6d69Lr2NASuq'

test('a wallet finds its aggregator by the operator’s document, and beats straight to it', async ({
  wallet,
  services
}) => {
  await wallet.embed({ ...FAST, target: services.api + PATH })
  expect(wallet.requests.filter((url) => url.includes(PATH))).toEqual([])
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  expect(wallet.requests.filter((url) => url.includes(PATH))).toHaveLength(1)
})

test('a wallet goes through the relay that the document names', async ({ wallet, services }) => {
  await wallet.embed({ ...FAST, target: services.api + PATH, routes: 'relayed' })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/relayed')
})

test('a wallet takes no other aggregator than the one that it was told to expect', async ({
  wallet,
  services
}) => {
  await wallet.embed({ ...FAST, target: `${services.api}${PATH}#${STRANGER}` })
  await wallet.start()
  await expect.poll(() => wallet.state()).toMatchObject({ phase: 'failing', layer: 'discovery' })
  await wallet.openPanel()
  await expect(wallet.page.getByRole('dialog')).toContainText(`which the wallet expects`)
  expect(wallet.sockets).toEqual([])
  expect(await services.nodes()).toEqual([])
  const { peerId } = await (await fetch(`${services.api}/api/aggregator`)).json()
  await wallet.page.evaluate((target) => {
    const element = document.querySelector('fil-heartbeat')
    element?.setAttribute('target', target)
  }, `${services.api}${PATH}#${peerId}`)
  await expect.poll(() => wallet.way()).toMatch(/^beating/)
})

test('addresses outside the document’s own domain are refused, with that reason', async ({
  wallet,
  services
}) => {
  const document = {
    peer: STRANGER,
    multiaddrs: [`/dns4/aggregator.example/tcp/443/wss/p2p/${STRANGER}`],
    relays: [`/dns4/relay.example/tcp/443/wss/p2p/${STRANGER}`],
    protocols: ['/fil/heartbeat/2.0.0']
  }
  const server = createServer((_, response) => {
    response.setHeader('access-control-allow-origin', '*')
    response.end(JSON.stringify(document))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await wallet.embed({ ...FAST, target: `http://127.0.0.1:${port}${PATH}` })
  await wallet.start()
  await expect.poll(() => wallet.state()).toMatchObject({ phase: 'failing', layer: 'discovery' })
  expect(await wallet.state()).toMatchObject({
    problem: expect.stringContaining('names no address under 127.0.0.1: /dns4/aggregator.example')
  })
  expect(wallet.sockets).toEqual([])
  server.close()
  server.closeAllConnections()
  expect(await services.nodes()).toEqual([])
})

test('a wallet that knew the document goes on while its site is gone', async ({
  wallet,
  services,
  site
}) => {
  let isUp = true
  const server = createServer(async (_, response) => {
    response.setHeader('access-control-allow-origin', '*')
    if (!isUp) return response.destroy()
    const answer = await fetch(services.api + PATH)
    response.end(await answer.text())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await wallet.embed({ ...FAST, target: `http://127.0.0.1:${port}${PATH}` })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  isUp = false
  await services.stopAggregator()
  await expect.poll(() => wallet.way()).not.toMatch(/^beating/)
  await services.restartAggregator(site.origin)
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  server.close()
  server.closeAllConnections()
})
