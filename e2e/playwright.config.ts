import { defineConfig } from 'playwright/test'
import { chromiumPath } from './kit/chromium.ts'

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  testIgnore: 'faults/**',
  timeout: 60_000,
  expect: { timeout: 20_000 },
  workers: 2,
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  reporter: [['list']],
  outputDir: '../test-results',
  use: {
    launchOptions: {
      executablePath: await chromiumPath(),
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update']
    }
  }
})
