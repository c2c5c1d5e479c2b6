// `npm run bench:page`: what an element costs the page that it is in: tasks of the main thread from the
// click that agrees to the first answer, on a processor slowed down four times; memory over a blank
// page; and processor time while it reports. Prints a table. Takes about three minutes.

import { type Browser, type CDPSession, chromium, type Page } from 'playwright'
import { lasts } from '../kit/browser-faults.ts'
import { chromiumPath } from '../kit/chromium.ts'
import { Services } from '../kit/services.ts'
import { startSite } from '../kit/site.ts'

const SLOWED = 4
const MEASURED = 60_000
const WAYS = {
  'in the page': { file: 'wallet.html', attributes: {} },
  'in a frame': {
    file: 'framing.html',
    attributes: { isolation: 'frame', 'frame-url': '/dist/frame.html' }
  }
}
type Way = (typeof WAYS)[keyof typeof WAYS]

const site = await startSite()
const services = await Services.start(site.origin)
while (!services.isReserved) await lasts(100)
const browser = await chromium.launch({
  executablePath: await chromiumPath(),
  args: ['--no-sandbox', '--disable-background-networking']
})

const blank = await heapOf(await (await open(browser)).newCDPSession())
console.log(
  '| | longest task, agree to first answer, ms | tasks over 50 ms | heap over blank, MB | processor while it reports |'
)
console.log('|---|---|---|---|---|')
for (const [name, way] of Object.entries(WAYS)) {
  const slow = await agree(way, SLOWED)
  const tasks = await slow.page.evaluate(() => window.tasks)
  await slow.page.context().close()
  const { page, session } = await agree(way, 1)
  const heap = (await heapOf(session)) - blank
  const before = await busyOf(session)
  await lasts(MEASURED)
  const share = ((await busyOf(session)) - before) / (MEASURED / 1_000)
  await page.context().close()
  const cells = [
    Math.round(Math.max(0, ...tasks)),
    tasks.length,
    (heap / 1e6).toFixed(2),
    `${(100 * share).toFixed(3)}%`
  ]
  console.log(`| ${name} | ${cells.join(' | ')} |`)
}
await browser.close()
await services.stop()
await site.stop()

/** A page, and what looks into it. */
async function open(browser: Browser) {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.addInitScript(() => {
    window.tasks = []
    new PerformanceObserver((list) =>
      window.tasks.push(...list.getEntries().map(({ duration }) => duration))
    ).observe({ type: 'longtask' })
  })
  return { page, newCDPSession: () => context.newCDPSession(page) }
}

/** An element whose user agrees; resolves when the first report is confirmed and all is quiet. */
async function agree(
  { file, attributes }: Way,
  slowed: number
): Promise<{ page: Page; session: CDPSession }> {
  const { page, newCDPSession } = await open(browser)
  const session = await newCDPSession()
  await page.goto(`${site.origin}/e2e/pages/${file}`)
  const given = { ...attributes, target: services.target, relay: services.relayAddress }
  await page.evaluate((given) => {
    const element = document.createElement('fil-heartbeat')
    for (const [name, value] of Object.entries(given)) element.setAttribute(name, value)
    const height = Math.floor((Date.now() / 1_000 - 1_598_306_400) / 30)
    element.head = { cids: [], height }
    document.body.append(element)
  }, given)
  await page.locator('fil-heartbeat .pill').click()
  const turnOn = page.getByRole('button', { name: 'Turn on' })
  await turnOn.waitFor()
  await session.send('Emulation.setCPUThrottlingRate', { rate: slowed })
  await page.evaluate(() => {
    window.tasks = []
  })
  await turnOn.click()
  await page.getByText('Reports arrive').waitFor({ timeout: 120_000 })
  const tasks = await page.evaluate(() => window.tasks)
  await session.send('Emulation.setCPUThrottlingRate', { rate: 1 })
  await page.keyboard.press('Escape')
  // The direct connection is up by then.
  await page.getByText('Reporting, direct').first().waitFor({ state: 'attached', timeout: 60_000 })
  await page.evaluate((tasks) => {
    window.tasks = tasks
  }, tasks)
  return { page, session }
}

/** JavaScript's memory after a collection, in bytes. */
async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}

/** For how long the main thread has worked, in s. */
async function busyOf(session: CDPSession): Promise<number> {
  await session.send('Performance.enable')
  const { metrics } = await session.send('Performance.getMetrics')
  return metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0
}

declare global {
  interface Window {
    tasks: number[]
  }
}
