import { readFileSync } from 'node:fs'
import type { Page } from 'playwright/test'
import { expect, test } from './kit/fixtures.ts'

const hashes: Record<string, string> = JSON.parse(
  readFileSync(new URL('../dist/sri.json', import.meta.url), 'utf8')
)

/** Puts the element and a script into an empty page; resolves with whether the script ran. */
async function load(page: Page, file: string, integrity: string): Promise<boolean> {
  return await page.evaluate(
    async ([src = '', integrity = '']) => {
      const { trustedTypes } = window as unknown as {
        trustedTypes: {
          createPolicy(name: string, rules: object): { createScriptURL(url: string): unknown }
        }
      }
      const rules = { createScriptURL: (each: string) => each }
      const url = trustedTypes.createPolicy('spec', rules).createScriptURL(src)
      document.body.append(document.createElement('fil-heartbeat'))
      const script = document.createElement('script')
      Object.assign(script, { type: 'module', integrity, src: url })
      const ended = new Promise<boolean>((resolve) => {
        script.addEventListener('load', () => resolve(true))
        script.addEventListener('error', () => resolve(false))
      })
      document.head.append(script)
      return await ended
    },
    [`/dist/${file}`, integrity]
  )
}

test('a page without a build loads one file, by its hash, and the rest comes by itself', async ({
  wallet,
  site
}) => {
  const { page } = wallet
  await page.goto(`${site.origin}/e2e/pages/bare.html`)
  const file = 'cdn/fil-heartbeat.js'
  expect(await load(page, file, hashes[file] ?? '')).toBe(true)
  await page.getByRole('button', { name: /^Heartbeat:/ }).click()
  await expect(page.getByRole('dialog')).toContainText('where is the aggregator')
})

test('a file that is not the one of the hash is not run', async ({ wallet, site }) => {
  const { page } = wallet
  await page.goto(`${site.origin}/e2e/pages/bare.html`)
  expect(await load(page, 'cdn/fil-heartbeat.js', hashes['index.js'] ?? '')).toBe(false)
  expect(await page.evaluate(() => customElements.get('fil-heartbeat') === undefined)).toBe(true)
})

test('the readable files do what the small ones do', async ({ wallet, site }) => {
  const { page } = wallet
  await page.goto(`${site.origin}/e2e/pages/bare.html`)
  expect(await load(page, 'readable/define.js', '')).toBe(true)
  await page.getByRole('button', { name: /^Heartbeat:/ }).click()
  await expect(page.getByRole('dialog')).toContainText('where is the aggregator')
})
