// What code in the frame cannot do, and what cannot be done to it.

import { beatInFrame, expect, FAST, framesOf, test } from './kit/framed.ts'

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
      serviceWorker: await attempt(() => navigator.serviceWorker.register('/dist/define.js')),
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
  await beatInFrame(wallet, services)
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
  await beatInFrame(wallet, services)
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
