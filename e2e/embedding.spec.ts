import { expect, test } from './kit/fixtures.ts'

test('a head that is set before the element is defined is not lost', async ({ wallet, site }) => {
  const { page } = wallet
  await page.goto(`${site.origin}/e2e/pages/bare.html`)
  await page.evaluate(async () => {
    const element = document.body.appendChild(document.createElement('fil-heartbeat'))
    const height = Math.floor((Date.now() / 1_000 - 1_598_306_400) / 30)
    Object.assign(element, { head: { cids: [], height } })
    const script = document.createElement('script')
    script.type = 'module'
    Object.assign(script, { src: trusted('/dist/define.js') })
    document.head.append(script)

    // The one policy that the page allows is taken by the element's own code only later.
    function trusted(url: string): unknown {
      const { trustedTypes } = window as unknown as {
        trustedTypes: {
          createPolicy(name: string, rules: object): { createScriptURL(url: string): unknown }
        }
      }
      return trustedTypes
        .createPolicy('spec', { createScriptURL: (each: string) => each })
        .createScriptURL(url)
    }
  })
  await expect.poll(async () => (await wallet.view())?.verdict).toBe('fresh-by-clock')
})

test('an element that is removed while its code still loads does not beat', async ({
  wallet,
  services
}) => {
  const { page } = wallet
  const { directAddress: target } = services
  const held = Promise.withResolvers<void>()
  await page.route('**/chunks/client-*.js', async (route) => {
    await held.promise
    await route.continue()
  })
  await page.evaluate(async (target) => {
    const element = document.createElement('fil-heartbeat')
    element.setAttribute('target', target)
    document.body.append(element)
    void element.start({ consent: true })
    element.remove()
    Object.assign(window, { removed: element })
  }, target)
  held.resolve()
  // It is put back and asked, which takes longer than a beat that was under way would have.
  await page.evaluate(async () => {
    const { removed } = window as unknown as { removed: HTMLElementTagNameMap['fil-heartbeat'] }
    await removed.stop()
  })
  expect(wallet.sockets.filter((socket) => !socket.isClosed())).toEqual([])
  expect(await services.nodes()).toEqual([])
})

test('the panel opens under its pill, inside the window, each time', async ({
  wallet,
  services
}) => {
  await wallet.embed({ target: services.directAddress })
  const pill = wallet.page.locator('fil-heartbeat')
  const panel = wallet.page.getByRole('dialog')
  for (let time = 0; time < 3; time++) {
    await wallet.openPanel()
    await expect(panel).toContainText('Nothing is sent.')
    const [above, below] = [await pill.boundingBox(), await panel.boundingBox()]
    expect(below?.y).toBeGreaterThan((above?.y ?? 0) + (above?.height ?? 0))
    expect(below?.x).toBeGreaterThanOrEqual(0)
    expect((below?.x ?? 0) + (below?.width ?? 0)).toBeLessThanOrEqual(1280)
    await wallet.page.keyboard.press('Escape')
    await expect(panel).toBeHidden()
  }
})

test('details that were read to the end begin with the state when they are opened again', async ({
  wallet,
  services
}) => {
  await wallet.page.setViewportSize({ width: 1280, height: 400 })
  await wallet.embed({ target: services.directAddress })
  const panel = wallet.page.getByRole('dialog')
  const scrolled = () => panel.evaluate((element) => element.scrollTop)
  await wallet.openPanel()
  await panel.getByText('No account, balance or key is sent.').scrollIntoViewIfNeeded()
  expect(await scrolled()).toBeGreaterThan(0)
  await wallet.page.keyboard.press('Escape')
  await wallet.openPanel()
  await expect.poll(scrolled).toBe(0)
})
