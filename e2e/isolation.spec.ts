// The network code in a frame of its own. The policy of the wallet's page lets that connect to nothing
// at all, and the frame can reach nothing of the wallet.

import type { Frame } from 'playwright/test'
import { test as base, expect, Wallet } from './kit/fixtures.ts'
import { LotusNode, SpecChain } from './kit/lotus-node.ts'

const FRAMED = { isolation: 'frame', 'frame-url': '/dist/frame.html' }
const FAST = { ...FRAMED, 'beat-period': '500ms', 'reconnect-period': '1s', nickname: 'Spec' }

/** Long beside what a busy machine may hold a beat up by, in ms. */
const PERIOD = 1_000

/** What a busy machine may hold a beat up by, in ms. */
const MARGIN = 150

const test = base.extend<{ openWallet: () => Promise<Wallet> }>({
  openWallet: async ({ context, site }, use) => {
    const wallets: Wallet[] = []
    await use(async () => {
      const wallet = await Wallet.open(await context.newPage(), site, 'framing.html')
      wallets.push(wallet)
      return wallet
    })
    expect(wallets.flatMap(({ complaints }) => complaints)).toEqual([])
  },
  wallet: async ({ openWallet }, use) => {
    await use(await openWallet())
  }
})

/** Frames in a wallet's page. */
const framesOf = ({ page }: Wallet): Frame[] => page.frames().slice(1)

/** Frames that stand in the document itself, which is known at once. */
const standing = ({ page }: Wallet): Promise<number> => page.locator('iframe').count()

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
  expect(wallet.requests).toContain(`${site.origin}/dist/frame.js`)
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
  await wallet.page.route('**/dist/frame.js', async (route) => {
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
  await wallet.embed({ ...FAST, target: services.directAddress })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
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
      `the frame ${site.origin}/dist/no-frame.html does not answer.*frame.js.*frame-src.*frame-ancestors`
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
  await wallet.embed({ ...FAST, target: services.directAddress })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
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

test('an option that would weaken the isolation is refused', async ({ wallet, services }) => {
  const wrong: [Record<string, string>, string][] = [
    [{ isolation: 'fraem', 'frame-url': '/dist/frame.html' }, 'isolation'],
    [{ isolation: '', 'frame-url': '/dist/frame.html' }, 'isolation'],
    [{ 'frame-url': '/dist/frame.html' }, 'isolation'],
    [{ isolation: 'frame' }, 'frameUrl'],
    [{ isolation: 'frame', 'frame-url': 'javascript:0' }, 'frameUrl']
  ]
  for (const [attributes, option] of wrong) {
    await wallet.embed({ ...attributes, target: services.directAddress })
    await wallet.start()
    await expect.poll(() => wallet.state()).toMatchObject({ phase: 'misconfigured', option })
    await wallet.page.evaluate(() => document.querySelector('fil-heartbeat')?.remove())
  }
  expect(wallet.networkCode).toEqual([])
  expect(wallet.sockets).toEqual([])
})

test('code in the frame reaches nothing of the wallet', async ({ wallet, services }) => {
  await wallet.embed({ ...FAST, target: services.directAddress })
  await wallet.page.evaluate(() => {
    Object.assign(window, { ethereum: { key: 'secret' } })
    localStorage.setItem('key', 'secret')
  })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  const [frame] = framesOf(wallet)
  const reached = await frame?.evaluate(async () => {
    const attempt = async (run: () => unknown): Promise<string> => {
      try {
        return `reached ${await run()}`
      } catch (error) {
        return (error as Error).name
      }
    }
    const outer = window.top as unknown as Window & { ethereum: unknown }
    return {
      document: await attempt(() => outer.document),
      location: await attempt(() => outer.location.href),
      provider: await attempt(() => outer.ethereum),
      navigation: await attempt(() => {
        outer.location.href = 'about:blank'
      }),
      localStorage: await attempt(() => localStorage.length),
      sessionStorage: await attempt(() => sessionStorage.length),
      cookie: await attempt(() => document.cookie),
      indexedDB: await attempt(() => indexedDB.open('wallet')),
      caches: await attempt(() => caches.keys()),
      locks: await attempt(() => navigator.locks.request('any', () => {})),
      serviceWorker: await attempt(() => navigator.serviceWorker.register('/dist/frame.js')),
      files: await attempt(() => fetch('/e2e/pages/framing.html', { credentials: 'include' }))
    }
  })
  expect(reached).toEqual({
    document: 'SecurityError',
    location: 'SecurityError',
    provider: 'SecurityError',
    navigation: 'SecurityError',
    localStorage: 'SecurityError',
    sessionStorage: 'SecurityError',
    cookie: 'SecurityError',
    indexedDB: 'SecurityError',
    caches: 'SecurityError',
    locks: 'SecurityError',
    serviceWorker: 'SecurityError',
    files: 'TypeError'
  })
  const own = await frame?.evaluate(() => ({
    origin,
    provider: 'ethereum' in window,
    element: window.frameElement,
    popup: window.open('about:blank')
  }))
  expect(own).toEqual({ origin: 'null', provider: false, element: null, popup: null })
  expect(wallet.page.url()).toContain('framing.html')
  expect(await wallet.way()).toBe('beating/websocket')
})

test('the frame’s own policy holds: no text becomes markup, and nothing else is loaded', async ({
  wallet,
  services
}) => {
  await wallet.embed({ ...FAST, target: services.directAddress })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  const refused = await framesOf(wallet)[0]?.evaluate(async () => {
    const attempt = async (run: () => unknown): Promise<string> => {
      try {
        return `did ${await run()}`
      } catch (error) {
        return (error as Error).name
      }
    }
    const load = (element: HTMLImageElement) =>
      new Promise((resolve, reject) => {
        element.onload = resolve
        element.onerror = () => reject(new Error('not loaded'))
        element.src = '/dist/any.png'
      })
    return {
      markup: await attempt(() => {
        document.body.innerHTML = '<p></p>'
      }),
      image: await attempt(() => load(new Image())),
      elsewhere: await attempt(() => fetch('http://192.0.2.1/'))
    }
  })
  expect(refused).toEqual({
    markup: 'TypeError',
    image: 'Error',
    elsewhere: 'TypeError'
  })
  await expect.poll(() => wallet.complaints.join()).toContain('192.0.2.1')
  expect(wallet.complaints.length).toBeGreaterThanOrEqual(3)
  wallet.complaints.length = 0
})

test('the frame serves nobody but its page, and that once', async ({ wallet, services }) => {
  await wallet.embed({ ...FAST, target: services.directAddress })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  const answer = (offer: string) =>
    wallet.page.evaluate(async (offer) => {
      const { port1, port2 } = new MessageChannel()
      const frame = document.querySelector('iframe')?.contentWindow as Window
      const sandbox = document.createElement('iframe')
      if (offer !== 'again') {
        if (offer === 'sandboxed') sandbox.setAttribute('sandbox', 'allow-scripts')
        sandbox.src = '/dist/frame.html'
        document.body.append(sandbox)
        await new Promise((resolve) => sandbox.addEventListener('load', resolve))
      }
      const answered = new Promise((resolve) => {
        port1.onmessage = ({ data }) => resolve(data.type)
        port1.addEventListener('close', () => resolve('closed'))
      })
      const to = offer === 'again' ? frame : (sandbox.contentWindow as Window)
      to.postMessage(null, '*', [port2])
      const silent = new Promise((resolve) => setTimeout(() => resolve('silent'), 500))
      return await Promise.race([answered, silent])
    }, offer)
  expect(await answer('again')).not.toBe('hello')
  expect(await answer('sandboxed')).toBe('hello')
  // As if its host did not say `sandbox`, and whoever embeds it does not either.
  await wallet.page.route('**/dist/frame.html', async (route) => {
    const response = await route.fetch()
    const headers = { ...response.headers(), 'content-security-policy': '' }
    await route.fulfill({ response, headers })
  })
  expect(await answer('unsandboxed')).not.toBe('hello')
})
