// A tab that ends without a word.

import { expect, test, Wallet } from './kit/fixtures.ts'

const FAST = { 'beat-period': '500ms', 'reconnect-period': '1s' }

const ends = [
  ['is closed', (wallet: Wallet) => wallet.page.close({ runBeforeUnload: false })],
  ['crashes', crash]
] as const

for (const [what, end] of ends) {
  for (const way of ['websocket', 'relayed'] as const) {
    test(`the aggregator sees that a tab ${what}, and another one goes on (${way})`, async ({
      wallet,
      services,
      site,
      browser
    }) => {
      const { target, directAddress, relayAddress: relay } = services
      const attributes =
        way === 'websocket' ? { target: directAddress } : { target, relay, routes: way }
      const row = async (name: string) =>
        (await services.nodes()).find(({ nickname }) => nickname === name)
      const other = await Wallet.open(await browser.newPage(), site)
      for (const [nickname, each] of Object.entries({ Other: other, Ended: wallet })) {
        await each.embed({ ...FAST, ...attributes, nickname })
        await each.start()
        await expect.poll(() => row(nickname)).toMatchObject({ route: way, connected: true })
      }
      await end(wallet)
      await expect.poll(() => row('Ended')).toMatchObject({ connected: false, streams: 0 })
      const { beats = 0 } = (await row('Other')) ?? {}
      await expect.poll(async () => (await row('Other'))?.beats).toBeGreaterThan(beats + 2)
      expect(await other.way()).toBe(`beating/${way}`)
      expect(await services.nodes()).toHaveLength(2)
      expect(other.complaints).toEqual([])
      await other.page.close()
    })
  }
}

async function crash({ page }: Wallet): Promise<void> {
  const crashed = page.waitForEvent('crash')
  // It is never answered.
  page.goto('chrome://crash').catch(() => {})
  await crashed
}
