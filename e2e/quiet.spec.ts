// What a real element does while nothing is new: it leaves the page alone, and the network too.

import { expect, test, type Wallet } from './kit/fixtures.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const CID = 'bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'

/** Puts an element into a page whose time can be led: its chain has a head that is new for half a day. */
async function embedQuiet({ page }: Wallet, target: string): Promise<void> {
  await page.clock.install()
  await page.reload()
  await page.evaluate(
    ([target, cid]) => {
      const epochPeriod = 86_400_000
      const element = document.createElement('fil-heartbeat')
      const genesisTimestamp = Math.floor((Date.now() - 1.5 * epochPeriod) / 1_000)
      const chain = { genesisTimestamp, epochPeriod }
      Object.assign(element, { target, chain, beatPeriod: '10m' })
      element.head = { cids: [cid], height: 1n }
      document.body.append(element)
    },
    [target, CID] as const
  )
  await expect(page.locator('fil-heartbeat .pill')).toBeVisible()
}

/** Lets a minute pass, by steps in which the network has its own time to answer. */
async function passMinute({ page }: Wallet): Promise<void> {
  const before = await page.evaluate(() => performance.now())
  for (let passed = 0; passed < MINUTE; passed += SECOND) await page.clock.runFor(SECOND)
  expect((await page.evaluate(() => performance.now())) - before).toBeGreaterThanOrEqual(MINUTE)
}

/** Everything that is written into the page or into the element from now on. */
async function writesIn({ page }: Wallet): Promise<() => Promise<string[]>> {
  const writes = await page.evaluateHandle(() => {
    const writes: string[] = []
    const observer = new MutationObserver((records) =>
      writes.push(...records.map(({ type, attributeName }) => `${type} ${attributeName}`))
    )
    const all = { attributes: true, childList: true, characterData: true, subtree: true }
    observer.observe(document, all)
    observer.observe(document.querySelector('fil-heartbeat')?.shadowRoot as Node, all)
    return writes
  })
  return () => writes.jsonValue()
}

/** Hosts that the page has asked for anything. */
function hostsOf({ requests, sockets }: Wallet): string[] {
  const urls = [...requests, ...sockets.map((socket) => socket.url())]
  return [...new Set(urls.map((url) => new URL(url).host))].toSorted()
}

test('an element that reports writes nothing into the page for a minute in which nothing is new', async ({
  wallet,
  services
}) => {
  await embedQuiet(wallet, services.directAddress)
  await wallet.start()
  await expect(wallet.page.locator('fil-heartbeat .pill')).toContainText('Reporting, direct')
  await expect
    .poll(() => wallet.state())
    .toMatchObject({ phase: 'beating', delivery: { kind: 'acknowledged' } })
  // By then a screen reader has been told.
  await wallet.page.clock.runFor(10 * SECOND)
  await expect(wallet.page.locator('fil-heartbeat').getByRole('status')).not.toBeEmpty()
  const writes = await writesIn(wallet)
  await passMinute(wallet)
  expect(await writes()).toEqual([])
  expect(await wallet.way()).toBe('beating/websocket')
  expect(wallet.sockets).toHaveLength(1)
  // What was looked for is there to be found.
  await wallet.stop()
  await expect.poll(writes).not.toEqual([])
})

test('a page asks for the element’s own files alone until its user agrees, and then for the hosts that it names', async ({
  wallet,
  services,
  site
}) => {
  await embedQuiet(wallet, services.directAddress)
  await passMinute(wallet)
  const { origin } = new URL(site.origin)
  const others = wallet.requests.filter(
    (url) => !url.startsWith(`${origin}/dist/`) && url !== `${origin}/e2e/pages/wallet.html`
  )
  console.log(
    `before consent: ${wallet.requests.length} requests, ${others.length} of them for anything but ` +
      `the page and the element's files; ${wallet.sockets.length} WebSockets`
  )
  expect(wallet.requests.length).toBeGreaterThan(3)
  expect(others).toEqual([])
  expect(wallet.networkCode).toEqual([])
  expect(wallet.sockets).toHaveLength(0)
  expect(await wallet.peerConnections()).toBe(0)

  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await passMinute(wallet)
  const [, port] = /\/tcp\/(\d+)/.exec(services.directAddress) ?? []
  expect(hostsOf(wallet)).toEqual([new URL(origin).host, `127.0.0.1:${port}`].toSorted())
  expect(await wallet.peerConnections()).toBe(0)
})
