// The element in browsers other than Chromium, as far as they are installed here: every way to the
// aggregator, in the page and in a frame, and what a user does. The pictures are in
// test-results/browsers.

import assert from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { cleanup } from 'node-datachannel'
import { nextLook } from '../kit/fault-network.ts'
import { OperatorStand } from '../kit/operator-stand.ts'
import { Services } from '../kit/services.ts'
import { type Site, startSite } from '../kit/site.ts'
import type { Browser } from './browser.ts'
import { firefoxPath, openFirefox } from './firefox.ts'
import { openWebKit, webKitPath } from './webkit.ts'

const PICTURES = 'test-results/browsers'
/** How long anything may take to become so, in ms. */
const PATIENCE = 30_000
/** In bytes: a page of one colour has some 4,000 of these browsers, the pages here 50,000 and more. */
const LEAST_PICTURE = 20_000
const IN_PAGE = { 'beat-period': '500ms', 'reconnect-period': '1s', nickname: 'Spec' }
const IN_FRAME = { ...IN_PAGE, isolation: 'frame', 'frame-url': '/dist/frame.html' }

interface Kind {
  readonly name: string
  readonly path: string | undefined
  readonly install: string
  readonly start: (path: string) => Promise<Browser>
  readonly hasWebRtc: boolean
}

const KINDS: readonly Kind[] = [
  {
    name: 'Firefox',
    path: firefoxPath,
    install: 'firefox-esr',
    start: openFirefox,
    hasWebRtc: true
  },
  {
    name: 'WebKit',
    path: webKitPath,
    install: 'webkit2gtk-driver xvfb',
    start: openWebKit,
    hasWebRtc: false
  }
]

// WebRTC's native part keeps the process alive after a browser that has been killed.
after(() => cleanup())

test('there is a browser to try', () => {
  const packages = KINDS.map(({ install }) => install).join(' ')
  assert.ok(
    KINDS.some(({ path }) => path !== undefined),
    `none is installed; on Debian: apt-get install ${packages}`
  )
})

for (const { name, path, install, start, hasWebRtc } of KINDS) {
  describe(name, { skip: path === undefined && `not installed: ${install}` }, () => {
    const started = new AsyncDisposableStack()
    let browser: Browser
    let site: Site
    let services: Services

    before(async () => {
      await mkdir(PICTURES, { recursive: true })
      site = await startSite()
      started.defer(() => site.stop())
      services = await Services.start(site.origin)
      started.defer(() => services.stop())
      await until(() => services.isReserved)
      browser = started.use(await start(path ?? ''))
      console.log(browser.name)
    })

    after(() => started.disposeAsync())

    /**
     * Opens a wallet's page, with an element that has these attributes. Of what the page complains of,
     * it learns from then on.
     */
    async function embed(attributes: Record<string, string>): Promise<void> {
      const page = 'isolation' in attributes ? 'framing' : 'wallet'
      await browser.open(`${site.origin}/e2e/pages/${page}.html`)
      await browser.evaluate(async (attributes) => {
        const complaints: string[] = []
        Object.assign(window, { complaints })
        addEventListener('error', ({ message }) => complaints.push(message))
        addEventListener('unhandledrejection', ({ reason }) => complaints.push(String(reason)))
        addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
          if (!blockedURI.endsWith('favicon.ico')) complaints.push(violatedDirective + blockedURI)
        })
        await customElements.whenDefined('fil-heartbeat')
        const element = document.createElement('fil-heartbeat')
        for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
        element.head = () => ({
          cids: ['bafy2bzacecnamqgqmifpluoeldx7zzglxcljo6oja4vrmtj7432rphldpdmm2'],
          height: Math.floor((Date.now() / 1_000 - 1_598_306_400) / 30)
        })
        document.body.append(element)
      }, attributes)
    }

    /** `beating/webrtc/acknowledged`, say, or the phase alone. */
    const way = (): Promise<string> =>
      browser.evaluate(() => {
        const state = document.querySelector('fil-heartbeat')?.state
        if (state?.phase !== 'beating') return state?.phase ?? 'idle'
        return `beating/${state.route}/${state.delivery.kind}`
      })

    async function beatsOver(route: string): Promise<void> {
      await until(async () => (await way()) === `beating/${route}/acknowledged`)
      await until(async () =>
        (await services.nodes()).some(
          (node) => node.nickname === 'Spec' && node.connected && node.route === route
        )
      )
    }

    async function end(): Promise<void> {
      await browser.evaluate(async () => await document.querySelector('fil-heartbeat')?.stop())
      await until(async () => (await services.nodes()).every(({ connected }) => !connected))
      assert.deepEqual(
        await browser.evaluate(() => (window as unknown as { complaints: unknown }).complaints),
        []
      )
    }

    for (const [where, attributes] of Object.entries({ page: IN_PAGE, frame: IN_FRAME })) {
      const agree = (): Promise<void> =>
        browser.evaluate(
          () => void document.querySelector('fil-heartbeat')?.start({ consent: true })
        )

      test(`in a ${where}, it beats straight to an aggregator`, async () => {
        await embed({ ...attributes, target: services.directAddress })
        await agree()
        await beatsOver('websocket')
        await end()
      })

      test(`in a ${where}, it beats through a relay, which goes and returns`, async () => {
        const { target, relayAddress } = services
        await embed({ ...attributes, target, relay: relayAddress, routes: 'relayed' })
        await agree()
        await beatsOver('relayed')
        await services.stopRelay()
        await until(async () => (await way()) === 'failing')
        await services.restartRelay()
        await beatsOver('relayed')
        await end()
      })

      const title = hasWebRtc ? 'climbs to WebRTC' : 'stays with the relay, for want of WebRTC'
      test(`in a ${where}, it ${title}`, async () => {
        await embed({ ...attributes, target: services.target, relay: services.relayAddress })
        assert.equal(
          await browser.evaluate(() => typeof RTCPeerConnection !== 'undefined'),
          hasWebRtc
        )
        await agree()
        await beatsOver(hasWebRtc ? 'webrtc' : 'relayed')
        await end()
      })
    }

    test('a user reads what would be sent, agrees, and stops', async () => {
      await embed({ ...IN_PAGE, target: services.directAddress })
      await click('.pill')
      await until(async () => (await text()).includes('Nothing is sent.'))
      await shoot('asked')
      await click('.choice button', 'Turn on')
      await beatsOver('websocket')
      await shoot('reporting')
      await end()
      await until(async () => (await text()).includes('Reports off'))
    })

    test('every state and view is drawn', async () => {
      await browser.open(`${site.origin}/demo/playground.html?lang=en#gallery`)
      await until(() => browser.evaluate(() => document.body.dataset.ready !== undefined))
      const drawn = await browser.evaluate(() =>
        [...document.querySelectorAll('.cell fil-heartbeat')].map(({ shadowRoot }) =>
          Boolean(shadowRoot?.textContent?.trim())
        )
      )
      assert.ok(drawn.length > 0 && drawn.every(Boolean))
      // While dots pulse, and after.
      for (const moment of ['first', 'second', 'third']) {
        const picture = await shoot('gallery')
        assert.ok(picture.byteLength > LEAST_PICTURE, `the ${moment} picture is of one colour`)
      }
    })

    test('the operator’s page follows the aggregator, and is drawn', async () => {
      await using stand = await OperatorStand.start({ watched: 12, visitors: 400, trouble: true })
      await browser.open(stand.origin)
      const pageText = (): Promise<string> => browser.evaluate(() => document.body.textContent)
      await until(async () => /\bLive\b/.test(await pageText()))
      // Charts and tables wait until they are near to the window.
      await until(() =>
        browser.evaluate(() => {
          document.querySelector('.charts')?.scrollIntoView()
          return document.querySelector('.charts canvas') !== null
        })
      )
      await until(async () => /1–\d+ of \d{3}/.test(await pageText()))
      const picture = await shoot('dashboard')
      assert.ok(picture.byteLength > LEAST_PICTURE, 'the page is of one colour')
      await stand.close()
      await until(async () => /Lost since \d/.test(await pageText()))
    })

    const text = (): Promise<string> =>
      browser.evaluate(() => document.querySelector('fil-heartbeat')?.shadowRoot?.textContent ?? '')

    async function click(selector: string, name = ''): Promise<void> {
      await until(() =>
        browser.evaluate(
          (selector, name) => {
            const shadow = document.querySelector('fil-heartbeat')?.shadowRoot
            const found = [...(shadow?.querySelectorAll<HTMLElement>(selector) ?? [])]
            const button = found.find(({ textContent }) => textContent?.includes(name))
            button?.click()
            return button !== undefined
          },
          selector,
          name
        )
      )
    }

    async function shoot(of: string): Promise<Buffer> {
      const picture = await browser.screenshot()
      await writeFile(`${PICTURES}/${name}-${of}.png`.toLowerCase(), picture)
      return picture
    }
  })
}

/** @throws {Error} where it does not become so in time */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`it never became so: ${isSo}`)
    await nextLook()
  }
}
