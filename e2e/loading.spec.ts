// An element whose code comes late or not at all, and one that comes and goes meanwhile.

import { expect, test, type Wallet } from './kit/fixtures.ts'

const pill = ({ page }: Wallet) => page.locator('fil-heartbeat .pill')

/** Lets the chunks of one name fail, and counts how often they are asked for, until it is told to end. */
async function failing({ page }: Wallet, name: string) {
  const asked = { times: 0 }
  const pattern = `**/chunks/${name}-*.js`
  await page.route(pattern, async (route) => {
    asked.times += 1
    await route.abort()
  })
  return { asked, end: () => page.unroute(pattern) }
}

/** Errors that the element tells its page of. */
async function errors({ page }: Wallet) {
  return await page.evaluateHandle(() => {
    const errors: string[] = []
    document.addEventListener('fil-heartbeat-error', (event) =>
      errors.push((event as CustomEvent<{ error: Error }>).detail.error.message)
    )
    return errors
  })
}

test('details that cannot be fetched are told once, and are there when they are asked for again', async ({
  wallet,
  services
}) => {
  const told = await errors(wallet)
  const { asked, end } = await failing(wallet, 'panel')
  await wallet.embed({ target: services.directAddress, variant: 'card' })
  const card = wallet.page.locator('fil-heartbeat .card')
  await expect(card).toContainText('dynamically imported module')
  for (let time = 0; time < 3; time += 1) await wallet.painted()
  expect(asked.times).toBe(1)
  expect(await told.jsonValue()).toHaveLength(1)
  await end()
  await wallet.page.evaluate(() => {
    const element = document.querySelector('fil-heartbeat') as HTMLElement
    element.replaceWith(element)
    document.body.append(element)
  })
  await expect(card.getByRole('button', { name: 'Turn on' })).toBeVisible()
})

test('words that cannot be fetched are said in English', async ({ wallet, services }) => {
  const { asked } = await failing(wallet, 'zh')
  await wallet.page.evaluate(() => document.documentElement.setAttribute('lang', 'zh'))
  await wallet.embed({ target: services.directAddress })
  await expect(pill(wallet)).toContainText('Reports off')
  expect(asked.times).toBe(1)
})

test('a client that could not be fetched is fetched by whoever starts it, and is listened to', async ({
  wallet,
  services
}) => {
  const told = await errors(wallet)
  const { end } = await failing(wallet, 'client')
  await wallet.embed({ target: services.directAddress, 'beat-period': '500ms' })
  await expect.poll(async () => (await told.jsonValue()).length).toBe(1)
  await end()
  await wallet.start()
  await expect(pill(wallet)).toContainText('Reporting, direct')
  await wallet.openPanel()
  await expect(wallet.page.getByRole('dialog')).not.toContainText('imported module')
})

test('an element that is in no page yet starts when it is, and one that left does not', async ({
  wallet,
  services
}) => {
  const { directAddress: target } = services
  await wallet.page.evaluate((target) => {
    const element = document.createElement('fil-heartbeat')
    Object.assign(element, { target, beatPeriod: '500ms', head: { cids: [], height: 1 } })
    void element.start({ consent: true })
    Object.assign(window, { kept: element })
  }, target)
  await wallet.painted()
  expect(wallet.sockets).toEqual([])
  await wallet.page.evaluate(() => document.body.append(window.kept))
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  // What a framework does when a part of the page goes: remove it, then stop what it started.
  await wallet.page.evaluate(async () => {
    window.kept.remove()
    await window.kept.stop()
    await window.kept.retry()
  })
  await expect.poll(() => wallet.sockets.every((socket) => socket.isClosed())).toBe(true)
  // Another of the same options shares nothing with the one that is gone.
  await wallet.page.evaluate(() => window.kept.removeAttribute('nickname'))
  await wallet.embed({ target, 'beat-period': '500ms' })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await wallet.page.evaluate(() => document.querySelector('fil-heartbeat')?.remove())
  await expect.poll(() => wallet.sockets.every((socket) => socket.isClosed())).toBe(true)
})

test('an element that comes, goes and comes again while its code loads is one', async ({
  wallet,
  services
}) => {
  const told = await errors(wallet)
  await wallet.page.evaluate((target) => {
    const element = document.createElement('fil-heartbeat')
    element.setAttribute('target', target)
    for (let time = 0; time < 3; time += 1) {
      document.body.append(element)
      element.remove()
    }
    document.body.append(element)
  }, services.directAddress)
  await expect(pill(wallet)).toContainText('Reports off')
  await wallet.openPanel()
  await wallet.page.getByRole('button', { name: 'Turn on' }).click()
  await expect(pill(wallet)).toContainText(/Connecting reports|Reporting/)
  expect(await told.jsonValue()).toEqual([])
})

test('the focus stays in the details when the button that had it goes', async ({
  wallet,
  services
}) => {
  await wallet.embed({ target: services.directAddress, 'beat-period': '500ms' })
  await wallet.openPanel()
  const panel = wallet.page.getByRole('dialog')
  await panel.getByRole('button', { name: 'Turn on' }).focus()
  await wallet.page.keyboard.press('Enter')
  await expect(panel).toContainText('Reports arrive')
  await expect(panel).toBeFocused()
  await panel.getByRole('switch', { name: 'Reports' }).focus()
  await wallet.page.keyboard.press('Space')
  await expect(panel).toContainText('Nothing is sent.')
  await expect(panel).toBeFocused()
  await wallet.page.keyboard.press('Escape')
  await expect(pill(wallet)).toBeFocused()
})

test('a card has a width by itself, also when a framework sets the property', async ({
  wallet,
  services
}) => {
  await wallet.embed({ target: services.directAddress })
  await wallet.page.evaluate(() => {
    const element = document.querySelector(
      'fil-heartbeat'
    ) as HTMLElementTagNameMap['fil-heartbeat']
    const row = document.body.appendChild(document.createElement('div'))
    row.style.display = 'flex'
    row.append(element)
    element.variant = 'card'
  })
  const card = wallet.page.locator('fil-heartbeat .card')
  await expect(card.getByRole('button', { name: 'Turn on' })).toBeVisible()
  expect((await card.boundingBox())?.width).toBeGreaterThanOrEqual(320)
  await expect(wallet.page.locator('fil-heartbeat')).toHaveCSS('display', 'block')
})

test('options that are of no kind at all are told, and never thrown', async ({ wallet }) => {
  const told = await errors(wallet)
  await wallet.page.evaluate(() => {
    const element = document.body.appendChild(document.createElement('fil-heartbeat'))
    Object.assign(element, { target: 5, chain: { genesisTimestamp: 1n, epochPeriod: 1 } })
  })
  await expect(pill(wallet)).toContainText('Reports unavailable')
  await expect.poll(async () => (await told.jsonValue()).length).toBeGreaterThan(0)
  await wallet.page.evaluate(() => {
    Object.assign(document.querySelector('fil-heartbeat') as object, {
      messages: { 'turn-on': undefined, 'label-unavailable': 'Not now' }
    })
  })
  await expect(pill(wallet)).toContainText('Not now')
  expect((await told.jsonValue()).at(-1)).toBe('messages: "turn-on" is no message')
})

declare global {
  interface Window {
    kept: HTMLElementTagNameMap['fil-heartbeat']
  }
}
