// The operator's page, before a stand-in for its aggregator that can be brought into any state.

import { peerOf } from './kit/made-up/nodes.ts'
import { DAY, MINUTE } from './kit/made-up/numbers.ts'
import { connection, expect, isTooWide, test, visitors, watched } from './kit/operator-page.ts'

test('an operator sees the network at one glance, and it moves', async ({ page, stand }) => {
  await page.goto(stand.origin)
  await expect(connection(page)).toHaveText('Live')
  const headlines = page.getByRole('region', { name: 'Headlines' })
  await expect(headlines).toContainText('Watched 12 of 12')
  await expect(headlines).toContainText('Nothing is wrong')
  await expect(watched(page).getByRole('row')).toHaveCount(13)
  const row = { ...stand.network.row(3), height: '18446744073709551615' }
  stand.network.give(row)
  stand.tell('node', row)
  await expect(watched(page)).toContainText('18,446,744,073,709,551,615')
  expect(await isTooWide(page)).toBe(false)
})

test('it says that it is lost, dims, and comes back by itself', async ({ page, stand }) => {
  await page.goto(stand.origin)
  await expect(connection(page)).toHaveText('Live')
  const { port } = stand
  await stand.close()
  await expect(connection(page)).toHaveText(/^Lost since \d/)
  await expect(page.getByText('numbers are from then')).toBeVisible()
  await expect(watched(page).getByRole('row')).toHaveCount(13)
  await stand.listen(port)
  await expect(connection(page)).toHaveText('Live')
  await expect(page.getByText('numbers are from then')).toHaveCount(0)
})

test.describe('with a token', () => {
  test.use({ init: { watched: 2, token: 'open sesame' } })

  test('it asks for it, refuses a wrong one, and opens', async ({ page, stand }) => {
    await page.goto(stand.origin)
    await expect(connection(page)).toHaveText('Token needed')
    await page.getByRole('textbox', { name: 'Token' }).fill('wrong')
    await page.getByRole('button', { name: 'Open' }).click()
    await expect(page.getByText('That is not its token.')).toBeVisible()
    await page.getByRole('textbox', { name: 'Token' }).fill('open sesame')
    await page.keyboard.press('Enter')
    await expect(connection(page)).toHaveText('Live')
    await expect(watched(page).getByRole('row')).toHaveCount(3)
  })
})

test('visitors are searched, sorted and paged by the aggregator', async ({ page, stand }) => {
  await page.goto(stand.origin)
  const table = visitors(page)
  await table.scrollIntoViewIfNeeded()
  await expect(table).toContainText('1–50 of 400')
  await table.getByRole('button', { name: 'Next' }).click()
  await expect(table).toContainText('51–100 of 400')
  // It stays on its page while its numbers go on.
  const asked = stand.asked.length
  const more = () =>
    stand.asked.slice(asked).filter((path) => path.startsWith('/api/nodes?')).length
  await expect.poll(more).toBeGreaterThan(1)
  await expect(table).toContainText('51–100 of 400')
  await table.getByRole('button', { name: 'Round trip' }).click()
  await expect(table).toContainText('1–50 of 400')
  await expect(table.getByRole('columnheader', { name: 'Round trip' })).toHaveAttribute(
    'aria-sort',
    'descending'
  )
  expect(stand.asked.some((path) => path.includes('sort=rtt&order=descending'))).toBe(true)
  await table.getByRole('searchbox').fill('wallet b')
  await expect(table.getByRole('row')).not.toHaveCount(51)
  await table.getByRole('searchbox').fill('nobody is called so')
  await expect(table).toContainText('No visitor fits.')
  await table.getByRole('searchbox').fill('')
  await table.getByLabel('Status').selectOption('Asleep')
  await expect(table.getByRole('cell', { name: 'Beating' })).toHaveCount(0)
  await expect(table.getByRole('cell', { name: 'Asleep' })).not.toHaveCount(0)
})

test('hostile names are text, and details open in place', async ({ page, stand }) => {
  await page.goto(stand.origin)
  const table = visitors(page)
  const name = '<img src=x onerror=alert(1)> & "friends"'
  await table.getByRole('searchbox').fill('onerror')
  const button = table.getByRole('button', { name }).first()
  await button.focus()
  await page.keyboard.press('Enter')
  await expect(button).toHaveAttribute('aria-expanded', 'true')
  await expect(table).toContainText('/fil/heartbeat/2.0.0')
  expect(await page.locator('main img').count()).toBe(0)
})

test.describe('in trouble', () => {
  test.use({ init: { watched: 12, visitors: 60, trouble: true } })

  test('what needs somebody stands first, and leads to its page', async ({ page, stand }) => {
    await page.goto(stand.origin)
    await expect(page).toHaveTitle('(3) fil-heartbeat')
    await expect(page.getByText('The observer itself is unwell.')).toBeVisible()
    const first = watched(page).getByRole('row').nth(1)
    await expect(first).toContainText('espoo-1')
    await expect(first).toContainText('Down')
    await first.getByRole('link').focus()
    await page.keyboard.press('Enter')
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('espoo-1')
    await expect(page.getByRole('heading', { level: 1 })).toBeFocused()
    await expect(page.getByRole('img', { name: /^Round trip\. / })).toBeVisible()
    await expect(page.getByRole('img', { name: /Down from/ })).toBeVisible()
    await expect(page.getByRole('region', { name: 'Alerts' })).toContainText('Node is down')
    await page.getByRole('button', { name: '7 d' }).click()
    const week = 7 * DAY
    await expect.poll(() => stand.asked.some((path) => isRange(path, week, 30 * MINUTE))).toBe(true)
    await page.goBack()
    await expect(watched(page)).toBeVisible()
  })

  test('what is counted in whole numbers has whole ticks', async ({ page, stand }) => {
    await page.addInitScript(() => {
      const { fillText } = CanvasRenderingContext2D.prototype
      CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        const name = this.canvas.closest('hb-chart')?.querySelector('h3')?.textContent ?? ''
        window.ticks.push([name, text])
        return fillText.call(this, text, ...place)
      }
      window.ticks = []
    })
    // A node that hardly lags: the range of its axis is smaller than the ticks that there is room for.
    await page.goto(`${stand.origin}/#/node/${peerOf(0)}`)
    await expect(page.getByRole('img', { name: /^Beats\. / })).toBeVisible()
    const ticks = () =>
      page.evaluate(() => window.ticks.filter(([name]) => name === 'Epochs behind'))
    const values = async () =>
      (await ticks()).map(([, text]) => text).filter((text) => !/:/.test(text))
    await expect.poll(values).toContain('1')
    expect((await values()).filter((text) => !/^\d+$/.test(text))).toEqual([])
  })

  test('alerts stand first with their evidence, then those that are over', async ({
    page,
    stand
  }) => {
    await page.goto(`${stand.origin}/#/alerts`)
    await expect(page.getByRole('region', { name: 'Alerts' }).getByRole('listitem')).toHaveCount(3)
    await expect(page.getByRole('region', { name: 'Over' }).getByRole('listitem')).toHaveCount(2)
    const [alert] = stand.network.standing
    if (alert === undefined) throw new Error('nothing is wrong in the made-up network')
    stand.tell('alert', { ...alert, until: Date.now() })
    await expect(page.getByRole('region', { name: 'Alerts' }).getByRole('listitem')).toHaveCount(2)
  })
})

function isRange(path: string, length: number, step: number): boolean {
  const url = new URL(path, 'http://stand')
  const number = (name: string): number => Number(url.searchParams.get(name))
  const fits = number('to') - number('from') === length && number('step') === step
  return fits && url.pathname.endsWith('/history')
}

for (const reducedMotion of ['no-preference', 'reduce'] as const) {
  test(`rows move only when their order changes (${reducedMotion})`, async ({ page, stand }) => {
    await page.emulateMedia({ reducedMotion })
    await page.addInitScript(() => {
      const { animate } = Element.prototype
      Element.prototype.animate = function (...args) {
        if (this.closest('hb-watched') !== null) window.moves = (window.moves ?? 0) + 1
        return animate.apply(this, args)
      }
    })
    const moves = () => page.evaluate(() => window.moves ?? 0)
    await page.goto(stand.origin)
    const rows = watched(page).getByRole('row')
    await expect(rows.nth(1)).toContainText('amsterdam-1')
    const row = { ...stand.network.row(5), rtt: 777 }
    stand.tell('node', row)
    await expect(watched(page)).toContainText('777 ms')
    expect(await moves()).toBe(0)
    const down = { ...row, status: 'down' as const }
    stand.network.give(down)
    stand.tell('node', down)
    await expect(rows.nth(1)).toContainText('Down')
    if (reducedMotion === 'reduce') expect(await moves()).toBe(0)
    else await expect.poll(moves).toBeGreaterThan(0)
  })
}

test('a page that is open for long keeps nothing of what it showed', async ({ page, stand }) => {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  const measure = async () => {
    await devtools.send('HeapProfiler.collectGarbage')
    const { metrics } = await devtools.send('Performance.getMetrics')
    const value = (name: string): number => metrics.find((each) => each.name === name)?.value ?? 0
    return {
      nodes: value('Nodes'),
      listeners: value('JSEventListeners'),
      heap: value('JSHeapUsedSize')
    }
  }
  const goRound = async (): Promise<void> => {
    await page.evaluate(
      (hash) => {
        location.hash = hash
      },
      `#/node/${peerOf(1)}`
    )
    await expect(page.getByRole('img', { name: /^Round trip\. / })).toBeVisible()
    await page.evaluate(() => {
      location.hash = '#/'
    })
    await expect(page.getByRole('img', { name: /^Round trips\. / })).toBeVisible()
  }
  await page.goto(stand.origin)
  for (let times = 0; times < 3; times += 1) await goRound()
  const before = await measure()
  for (let times = 0; times < 12; times += 1) await goRound()
  const after = await measure()
  console.log('before and after twelve rounds', JSON.stringify([before, after]))
  expect(after.listeners).toBeLessThanOrEqual(before.listeners + 4)
  expect(after.nodes).toBeLessThan(before.nodes * 1.15)
})

test.describe('with ten thousand nodes', () => {
  test.use({ init: { watched: 200, visitors: 9_800 } })

  test('the page stays small and smooth', async ({ page, stand }) => {
    await page.addInitScript(() => {
      window.longTasks = []
      new PerformanceObserver((list) => {
        window.longTasks.push(...list.getEntries().map(({ duration }) => Math.round(duration)))
      }).observe({ type: 'longtask', buffered: true })
    })
    await page.goto(stand.origin)
    await visitors(page).scrollIntoViewIfNeeded()
    await expect(visitors(page)).toContainText('1–50 of 9,800')
    await page.getByRole('button', { name: 'Show all 200' }).click()
    await expect(watched(page).getByRole('row')).toHaveCount(201)
    const told = await page.evaluate(async () => {
      const loading = window.longTasks.splice(0)
      const frames: number[] = []
      const begin = performance.now()
      while (performance.now() - begin < 10_000) {
        frames.push(await new Promise<number>((resolve) => requestAnimationFrame(resolve)))
      }
      const gaps = frames.slice(1).map((at, index) => at - (frames[index] ?? at))
      return {
        loading,
        live: window.longTasks,
        frames: frames.length,
        late: gaps.filter((gap) => gap > 25).length,
        longestGap: Math.round(Math.max(...gaps)),
        elements: document.querySelectorAll('*').length
      }
    })
    console.log('ten seconds live with 10,000 nodes', JSON.stringify(told))
    expect(told.elements).toBeLessThan(8_000)
  })
})

declare global {
  interface Window {
    moves?: number
    /** What charts wrote, each with the name of its chart. */
    ticks: [string, string][]
    longTasks: number[]
  }
}
