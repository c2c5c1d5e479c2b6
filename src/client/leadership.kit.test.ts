// For tests: tabs that contend for leadership, and remember what they were told. Holds no test itself.

import assert from 'node:assert/strict'
import { Leadership } from './leadership.ts'
import type { HandBrowser, HandTab } from './tabs.kit.test.ts'

export const PERIOD = 30_000
export const PATIENCE = 1.2 * PERIOD

type Told = ['lead'] | ['follow'] | ['denied'] | ['mirror' | 'wish', string]

/** A tab that tells its name whenever it leads, and remembers what it was told. */
export class Contender {
  readonly told: Told[] = []
  readonly tab: HandTab
  readonly leadership: Leadership<string>

  constructor(browser: HandBrowser, label: string, isVisible = false, name = 'wallet') {
    this.tab = browser.open()
    const leadership = new Leadership<string>(
      {
        ...this.tab,
        name,
        period: () => PERIOD,
        onLead: () => {
          this.told.push(['lead'])
          leadership.tell(label)
        },
        onFollow: () => this.told.push(['follow']),
        onDenied: () => this.told.push(['denied']),
        onMirror: (mirror) => this.told.push(['mirror', mirror]),
        onWish: (wish) => this.told.push(['wish', wish])
      },
      isVisible
    )
    this.leadership = leadership
  }

  /** Whether it leads, and was told so. */
  get leads(): boolean {
    const turns = this.told.filter(([what]) => what === 'lead' || what === 'follow')
    assert.equal(turns.at(-1)?.[0] === 'lead', this.leadership.isLeading)
    return this.leadership.isLeading
  }

  count(what: Told[0]): number {
    return this.told.filter(([each]) => each === what).length
  }
}

/** Tabs of one wallet, opened one after another; `v` are seen, `h` are hidden. */
export async function open(browser: HandBrowser, tabs: string): Promise<Contender[]> {
  const contenders: Contender[] = []
  for (const [at, kind] of [...tabs].entries()) {
    contenders.push(new Contender(browser, `tab ${at}`, kind === 'v'))
    await browser.tick(0)
  }
  return contenders
}

export const leaders = (tabs: readonly Contender[]): number[] =>
  tabs.flatMap((tab, at) => (tab.leads ? [at] : []))

export const end = (tabs: readonly Contender[]): void => {
  for (const { leadership } of tabs) leadership.end()
}
