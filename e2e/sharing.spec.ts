// Many elements on one page, of the same options: a pill in the header, say, and a card in the settings.

import { expect, test, type Wallet } from './kit/fixtures.ts'

/** Puts a pill and a card into the page, and hands both the wallet's head. */
async function embedTwo(wallet: Wallet, target: string): Promise<void> {
  const attributes = { target, 'beat-period': '500ms' }
  await wallet.embed({ ...attributes, variant: 'card' })
  await wallet.embed(attributes)
}

const both = (wallet: Wallet) => wallet.page.locator('fil-heartbeat')

/** What each element says of its reports. */
const phases = (wallet: Wallet): Promise<string[]> =>
  both(wallet).evaluateAll((elements) =>
    elements.map((each) => (each as HTMLElementTagNameMap['fil-heartbeat']).state.phase)
  )

test('two elements share one connection, and say the same', async ({ wallet, services }) => {
  await embedTwo(wallet, services.directAddress)
  await both(wallet).first().getByRole('button', { name: 'Turn on' }).click()
  await expect.poll(() => phases(wallet)).toEqual(['beating', 'beating'])
  await expect(both(wallet).last()).toContainText('Reporting, direct')
  expect(wallet.sockets).toHaveLength(1)
  expect(await services.nodes()).toHaveLength(1)
  // One that goes leaves the connection to the other.
  await both(wallet)
    .last()
    .evaluate((element) => element.remove())
  await wallet.painted()
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(3)
  expect(wallet.sockets).toHaveLength(1)
  expect(wallet.sockets[0]?.isClosed()).toBe(false)
  // The switch of one stops both.
  await wallet.embed({ target: services.directAddress, 'beat-period': '500ms' })
  await expect.poll(() => phases(wallet)).toEqual(['beating', 'beating'])
  await both(wallet).first().getByRole('switch', { name: 'Reports' }).click()
  await expect.poll(() => phases(wallet)).toEqual(['idle', 'idle'])
  await expect.poll(() => wallet.sockets.every((socket) => socket.isClosed())).toBe(true)
})

test('what only looks another way needs no connection of its own', async ({ wallet, services }) => {
  await embedTwo(wallet, services.directAddress)
  await wallet.start()
  await expect.poll(() => phases(wallet)).toEqual(['beating', 'beating'])
  await both(wallet)
    .last()
    .evaluate((element) => {
      element.setAttribute('variant', 'card')
      element.setAttribute('operator-name', 'Fathom')
      element.setAttribute('lang', 'zh')
    })
  await expect(both(wallet).last()).toContainText('报告')
  expect(wallet.sockets).toHaveLength(1)
  // Other options on both, one after the other: they meet again, and what was before is closed.
  await both(wallet).evaluateAll((elements) => {
    for (const element of elements) element.setAttribute('nickname', 'Ann')
  })
  const row = async () => (await services.nodes()).find(({ connected }) => connected)
  await expect.poll(async () => (await row())?.nickname).toBe('Ann')
  await expect.poll(() => wallet.sockets.filter((socket) => !socket.isClosed()).length).toBe(1)
  await expect.poll(() => phases(wallet)).toEqual(['beating', 'beating'])
})

test('one element alone takes over another period without a new connection', async ({
  wallet,
  services
}) => {
  await wallet.embed({ target: services.directAddress, 'beat-period': '30s' })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await both(wallet).evaluate((element) => element.setAttribute('beat-period', '300ms'))
  await expect.poll(async () => (await services.nodes())[0]?.beats).toBeGreaterThan(3)
  expect(wallet.sockets).toHaveLength(1)
})

test('the page is told what its user chose, and not what its own script did', async ({
  wallet,
  services
}) => {
  await wallet.page.exposeFunction('tellChoice', (consented: boolean) => choices.push(consented))
  const choices: boolean[] = []
  await wallet.page.evaluate(() => {
    document.addEventListener('fil-heartbeat-consent', (event) => {
      const { consented } = (event as CustomEvent<{ consented: boolean }>).detail
      ;(window as unknown as { tellChoice(consented: boolean): void }).tellChoice(consented)
    })
  })
  await wallet.embed({ target: services.directAddress, 'beat-period': '500ms' })
  await wallet.openPanel()
  const panel = wallet.page.getByRole('dialog')
  await panel.getByRole('button', { name: 'Not now' }).click()
  await expect(panel).toBeHidden()
  expect(await wallet.state()).toEqual({ phase: 'idle' })
  await wallet.openPanel()
  await panel.getByRole('button', { name: 'Turn on' }).click()
  await expect(panel).toContainText('Reports arrive')
  await panel.getByRole('switch', { name: 'Reports' }).click()
  await expect(panel).toContainText('Nothing is sent.')
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
  await wallet.stop()
  expect(choices).toEqual([false, true, false])
})
