// What the specs of the frame get: a wallet whose page may connect to nothing at all by itself.

import type { Frame } from 'playwright/test'
import { test as base, expect, Wallet } from './fixtures.ts'
import type { Services } from './services.ts'

/** Attributes of an element with a frame. */
export const FRAMED = { isolation: 'frame', 'frame-url': '/dist/frame.html' }
/** Likewise, and it beats often. */
export const FAST = {
  ...FRAMED,
  'beat-period': '500ms',
  'reconnect-period': '1s',
  nickname: 'Spec'
}

export const test = base.extend<{ openWallet: () => Promise<Wallet> }>({
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
export const framesOf = ({ page }: Wallet): Frame[] => page.frames().slice(1)

/** Frames that stand in the document itself, which is known at once. */
export const standing = ({ page }: Wallet): Promise<number> => page.locator('iframe').count()

/** Lets a wallet beat straight to the aggregator, by its frame. */
export async function beatInFrame(wallet: Wallet, { directAddress }: Services): Promise<void> {
  await wallet.embed({ ...FAST, target: directAddress })
  await wallet.start()
  await expect.poll(() => wallet.way()).toBe('beating/websocket')
}

export { expect }
