// What SECURITY.md says of a page that reports, seen from that page.

import { expect, test, type Wallet } from './kit/fixtures.ts'

/** What a page could keep, or be known by. */
interface Traces {
  readonly globals: string[]
  readonly channels: string[]
  readonly locks: string[]
  readonly stored: unknown[]
}

declare global {
  interface Window {
    globalsBefore: string[]
    channels: string[]
  }
}

/** Loads the page anew, with eyes on what its code adds. */
async function watch({ page }: Wallet): Promise<void> {
  await page.addInitScript(() => {
    window.channels = []
    window.BroadcastChannel = class extends BroadcastChannel {
      constructor(name: string) {
        super(name)
        window.channels.push(name)
      }
    }
    window.globalsBefore = []
    window.globalsBefore = Object.getOwnPropertyNames(window)
  })
  await page.reload()
}

async function traces({ page }: Wallet): Promise<Traces> {
  return await page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query()
    const workers = await navigator.serviceWorker.getRegistrations()
    return {
      globals: Object.getOwnPropertyNames(window).filter(
        (name) => !window.globalsBefore.includes(name)
      ),
      channels: window.channels.map((name) => name.split(' ')[0] ?? ''),
      locks: [...held, ...pending].map(({ name }) => name?.split(' ')[0] ?? ''),
      stored: [
        document.cookie,
        ...Object.keys(localStorage),
        ...Object.keys(sessionStorage),
        ...(await indexedDB.databases()),
        ...(await caches.keys()),
        ...workers
      ]
    }
  })
}

/** Lit counts its versions in a page here, and the last holds what decorators would need. */
const LIT = [
  'litElementVersions',
  'litHtmlVersions',
  'litPropertyMetadata',
  'reactiveElementVersions'
]

test('a page that reports has stored nothing, and no global has come but those of Lit', async ({
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await watch(wallet)
  await wallet.embed({ target, relay, 'beat-period': '500ms' })
  await wallet.openPanel()
  await expect(wallet.page.getByRole('dialog')).toContainText('Nothing is sent.')
  const { globals, ...before } = await traces(wallet)
  expect(globals.toSorted()).toEqual(LIT)
  expect(before).toEqual({ channels: [], locks: [], stored: [''] })

  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/webrtc')
  const during = await traces(wallet)
  expect(during.globals.toSorted()).toEqual(LIT)
  expect(during.stored).toEqual([''])
  expect(during.locks).toEqual(['fil-heartbeat'])
  // The second is a lock of js-libp2p's peer store, which no other page has a part in.
  expect(during.channels.toSorted()).toEqual(['fil-heartbeat', 'mortice'])

  await wallet.stop()
  expect((await traces(wallet)).locks).toEqual([])
})

test('a page that reports through a relay connects to its own host and to the relay, and to nobody else', async ({
  wallet,
  services,
  site
}) => {
  const { target, relayAddress: relay } = services
  await wallet.embed({ target, relay, 'beat-period': '500ms' })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/webrtc')
  const hosts = [...wallet.requests, ...wallet.sockets.map((socket) => socket.url())].map(
    (url) => new URL(url).host
  )
  const [, port] = /\/tcp\/(\d+)/.exec(relay) ?? []
  expect(new Set(hosts)).toEqual(new Set([new URL(site.origin).host, `127.0.0.1:${port}`]))
  expect(await wallet.iceServers()).toEqual([])
})

test('markup that others put into a page reports nothing, asks nobody, and runs no script', async ({
  wallet,
  services
}) => {
  const { target, relayAddress: relay } = services
  await wallet.page.evaluate(
    ([target, relay]) => {
      const { trustedTypes } = window as unknown as {
        trustedTypes: {
          createPolicy(name: string, rules: object): { createHTML(html: string): string }
        }
      }
      const policy = trustedTypes.createPolicy('spec', { createHTML: (html: string) => html })
      document.body.innerHTML = policy.createHTML(`<fil-heartbeat autofocus consent start
        onclick="window.ran = true" target="${target}" relay="${relay}" variant="card"
        rpc="http://127.0.0.1:1/rpc/v1" privacy-url="javascript:window.ran = true"
        operator-name="<img src=x onerror='window.ran = true'>"></fil-heartbeat>`)
    },
    [target, relay]
  )
  await expect(wallet.page.locator('fil-heartbeat')).toContainText("onerror='window.ran = true'")
  expect(await wallet.page.locator('fil-heartbeat a').count()).toBe(0)
  expect(await wallet.page.evaluate(() => 'ran' in window)).toBe(false)
  expect(await wallet.state()).toEqual({ phase: 'idle' })
  expect(wallet.networkCode).toEqual([])
  expect(wallet.sockets).toEqual([])
  // The page's policy says that it refused the handler in the markup.
  expect(wallet.complaints.splice(0)).toEqual([expect.stringContaining('inline event handler')])
})
