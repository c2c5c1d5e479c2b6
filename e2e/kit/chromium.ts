// Finds a Chromium for the end-to-end tests: one that is installed, or else Playwright's own, or
// else Debian's; and says what to do when none of these is to be had.

import { execFileSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { chromium } from 'playwright'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome', 'chrome']
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe'
]

/**
 * The path of a Chromium or Chrome that can be run; `CHROME_PATH` names one outright.
 *
 * @throws when none can be found or installed, with what to do
 */
export async function chromiumPath(): Promise<string> {
  const found = findInstalled()
  if (found !== undefined) return found
  console.log('no Chromium is installed: trying to install one')
  for (const [command, ...args] of installers()) {
    try {
      execFileSync(command ?? '', args, {
        stdio: ['ignore', 'ignore', 'inherit'],
        timeout: 300_000
      })
    } catch {
      continue
    }
    const installed = findInstalled()
    if (installed !== undefined) return installed
  }
  throw new Error(
    'no Chromium was found, and none could be installed. Install Chromium or Chrome ' +
      '(Debian: apt-get install chromium; elsewhere: npx playwright install chromium), ' +
      'or set CHROME_PATH to the program.'
  )
}

function findInstalled(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const candidates = [
    process.env.CHROME_PATH ?? '',
    ...folders.flatMap((folder) => NAMES.map((name) => join(folder, name))),
    ...APPLICATIONS,
    chromium.executablePath()
  ]
  return candidates.find(isRunnable)
}

function installers(): string[][] {
  const playwright = ['npx', 'playwright', 'install', 'chromium']
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return [playwright]
  return [
    playwright,
    ['sh', '-c', 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium']
  ]
}

function isRunnable(path: string): boolean {
  if (path === '') return false
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
