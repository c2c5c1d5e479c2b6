import { defineConfig } from 'playwright/test'
import { GENTLE_SWITCHES } from './kit/browser-faults.ts'
import { chromiumPath } from './kit/chromium.ts'

export default defineConfig({
  testDir: 'faults',
  testMatch: '*.spec.ts',
  timeout: 120_000,
  expect: { timeout: 20_000 },
  // Most of a cell is the time that its fault lasts, in which a machine has nothing to do.
  workers: 4,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  reporter: [['list'], ['./faults/table.ts']],
  outputDir: '../test-results/faults',
  use: {
    launchOptions: {
      executablePath: await chromiumPath(),
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update'],
      ignoreDefaultArgs: GENTLE_SWITCHES
    }
  }
})
