// The network code in a frame of its own. The policy of the wallet's page lets that connect to nothing
// at all.

import { beatInFrame, expect, FAST, framesOf, standing, test } from './kit/framed.ts'
import { LotusNode, SpecChain } from './kit/lotus-node.ts'

/** Long beside what a busy machine may hold a beat up by, in ms. */
const PERIOD = 1_000

/** What a busy machine may hold a beat up by, in ms. */
const MARGIN = 150

test('a wallet beats straight to an aggregator, and its page loads no network code', async ({
  wallet,
  services,
  site
}) => {
  await wallet.embed({ ...FAST, target: services.directAddress })
  await wallet.openPanel()
  await expect(wallet.page.getByRole('dialog')).toContainText('Nothing is sent.')
  expect(wallet.requests.filter((url) => /frame\.|frame-/.test(url))).toEqual([])
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(2)
  const [node] = await services.nodes()
  expect(node).toMatchObject({ nickname: 'Spec', route: 'websocket', malformed: 0 })
  expect(wallet.networkCode).toEqual([])
  expect(wallet.requests).toContain(`${site.origin}/dist/frame.html`)
  expect(
    await wallet.page.evaluate(() => document.querySelector('fil-heartbeat')?.lastBeat)
  ).toMatchObject({ bytes: expect.anything(), height: expect.any(BigInt) })
  const frame = wallet.page.locator('iframe')
  await expect(frame).toHaveAttribute('sandbox', 'allow-scripts')
  await expect(frame).toHaveAttribute('aria-hidden', 'true')
  await expect(frame).toHaveCSS('width', '1px')
})

test('a wallet beats through a relay', async ({ wallet, services }) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ ...FAST, target, relay, routes: 'relayed' })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/relayed')
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(2)
})

test('a wallet beats at once through the relay, then over WebRTC, as often as it would in the page', async ({
  feed,
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ ...FAST, 'beat-period': `${PERIOD}ms`, target, relay })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/webrtc')
  const { beats: moved = 0 } = feed.rows.at(-1) ?? {}
  await expect.poll(() => feed.rows.at(-1)?.beats).toBeGreaterThan(moved + 2)
  expect(feed.routes).toEqual(['relayed', 'webrtc'])
  expect(feed.longestGap).toBeLessThan(1.5 * PERIOD + MARGIN)
  expect(await wallet.peerConnections()).toBe(0)
})

test('a wallet finds its aggregator by the operator’s document', async ({ wallet, services }) => {
  await wallet.embed({ ...FAST, target: `${services.api}/.well-known/fil-heartbeat.json` })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
})

test('a wallet without a head of its own follows a node', async ({ wallet, services }) => {
  const node = await LotusNode.start(new SpecChain('spec'))
  const options = { ...FAST, target: services.directAddress, rpc: node.url }
  await wallet.embedHeadless(options, { ...node.chain })
  await wallet.start()
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh-by-clock')
  const { height = 0n } = (await wallet.view()) ?? {}
  await expect.poll(async () => (await wallet.view())?.height).toBeGreaterThan(height + 1n)
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await node.stop()
})

test('stop() takes the frame away, and the other end sees that all is closed', async ({
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ ...FAST, target, relay })
  for (let round = 0; round < 2; round++) {
    await wallet.start()
    await expect.poll(() => wallet.way()).toBe('beating/webrtc')
    expect(services.relayConnections).toBe(2)
    await wallet.stop()
    expect(await standing(wallet)).toBe(0)
    expect(await wallet.state()).toEqual({ phase: 'idle' })
    await expect.poll(() => services.relayConnections).toBe(1)
    await expect
      .poll(async () => (await services.nodes()).filter(({ connected }) => connected))
      .toEqual([])
    expect(framesOf(wallet)).toEqual([])
  }
})

test('stop() in the middle of a start leaves no frame behind', async ({ wallet, services }) => {
  const held = Promise.withResolvers<void>()
  await wallet.page.route('**/dist/frame.html', async (route) => {
    await held.promise
    await route.abort()
  })
  await wallet.embed({ ...FAST, target: services.directAddress })
  await wallet.start()
  await expect.poll(() => standing(wallet)).toBe(1)
  await wallet.stop()
  expect(await standing(wallet)).toBe(0)
  expect(await wallet.state()).toEqual({ phase: 'idle' })
  held.resolve()
  expect(wallet.sockets).toEqual([])
})

test('an element that is moved keeps its frame and its connection', async ({
  wallet,
  services
}) => {
  await beatInFrame(wallet, services)
  await wallet.page.evaluate(() => {
    const body = document.createElement('body')
    body.append(document.querySelector('fil-heartbeat') ?? '')
    document.body.replaceWith(body)
  })
  const { beats = 0 } = (await services.nodes())[0] ?? {}
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(beats + 2)
  expect(await wallet.way()).toBe('beating/websocket')
  expect(await services.nodes()).toHaveLength(1)
  expect(wallet.sockets).toHaveLength(1)
})

test('of two tabs one has a frame, and when it is closed the other takes over', async ({
  openWallet,
  services
}) => {
  const wallets = [await openWallet(), await openWallet()]
  for (const wallet of wallets) {
    await wallet.embed({ ...FAST, target: services.directAddress })
    await wallet.start()
  }
  const phases = async () =>
    await Promise.all(wallets.map(async (wallet) => (await wallet.state()).phase))
  await expect.poll(async () => (await phases()).toSorted()).toEqual(['beating', 'following'])
  const leads = (await phases()).indexOf('beating')
  const [leader, other] = [wallets[leads], wallets[1 - leads]]
  if (leader === undefined || other === undefined) throw new Error('nobody leads')
  await expect.poll(() => standing(other)).toBe(0)
  await leader.page.close()
  await expect.poll(() => other.way()).toBe('beating/websocket')
  await expect
    .poll(async () => (await services.nodes()).filter(({ connected }) => connected))
    .toHaveLength(1)
})

test('a frame that is not where it should be is named, with what to look at', async ({
  wallet,
  services,
  site
}) => {
  const target = services.directAddress
  await wallet.embed({ ...FAST, 'frame-url': '/dist/no-frame.html', target })
  await wallet.start()
  await expect.poll(() => wallet.state()).toMatchObject({ phase: 'unsupported' })
  expect(await wallet.state()).toMatchObject({
    problem: expect.stringMatching(
      `the frame ${site.origin}/dist/no-frame.html does not answer.*byte for byte.*frame-src.*frame-ancestors.*script-src`
    )
  })
  expect(await standing(wallet)).toBe(0)
  expect(wallet.networkCode).toEqual([])
  await wallet.page.evaluate(() => {
    document.querySelector('fil-heartbeat')?.setAttribute('frame-url', '/dist/frame.html')
  })
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
})

test('a frame that the page takes away is missed, and comes back when it is asked for', async ({
  wallet,
  services
}) => {
  await beatInFrame(wallet, services)
  await wallet.page.evaluate(() => document.querySelector('iframe')?.remove())
  await expect
    .poll(() => wallet.state())
    .toMatchObject({
      phase: 'unsupported',
      problem: 'the network code is not there any more: its frame was taken out of the page'
    })
  await wallet.page.evaluate(() => document.querySelector('fil-heartbeat')?.retry())
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  expect(await standing(wallet)).toBe(1)
})
