// Everything that `npm test` does, one step after another. The last line is the sum of all steps.

import { spawn } from 'node:child_process'
import { chromiumPath } from './kit/chromium.ts'

interface Step {
  readonly name: string
  readonly command: readonly string[]
}

interface Result {
  readonly passed: number
  readonly failed: number
}

const STEPS: readonly Step[] = [
  { name: 'types', command: ['tsc'] },
  { name: 'lint', command: ['biome', 'check', '.'] },
  { name: 'build', command: ['node', 'esbuild.config.mjs'] },
  {
    name: 'unit',
    // Node would take one core less than there are.
    command: ['node', '--test', '--test-concurrency=2', 'src/**/*.test.ts', 'demo/**/*.test.ts']
  },
  // One file after another: some make crowds, and some measure time.
  {
    name: 'built files',
    command: ['node', '--test', '--test-concurrency=1', 'e2e/*.test.ts', 'e2e/kit/*.test.ts']
  },
  {
    name: 'browser',
    command: ['playwright', 'test', '-c', 'e2e/playwright.config.ts', '--grep-invert', '@looks']
  },
  {
    name: 'faults',
    command: ['playwright', 'test', '-c', 'e2e/faults.config.ts', '--grep', '@quick']
  }
]

// Found or installed once, before anything else takes time.
process.env.CHROME_PATH = await chromiumPath()
console.log(`browser: ${process.env.CHROME_PATH}`)

let passed = 0
let failed = 0
for (const step of STEPS) {
  console.log(`\n── ${step.name} ──`)
  const result = await run(step)
  passed += result.passed
  failed += result.failed
}
console.log(`\n${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

/** Runs one step and counts its tests; a step that counts none is one test itself. */
async function run({ command }: Step): Promise<Result> {
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk
    process.stdout.write(chunk)
  })
  const code = await new Promise<number>((resolve) => {
    child.on('error', () => resolve(1))
    child.on('close', (code) => resolve(code ?? 1))
  })
  const passed = count(output, /^ℹ pass (\d+)$/m) + count(output, /^ {2}(\d+) passed/m)
  const failed =
    count(output, /^ℹ fail (\d+)$/m) +
    count(output, /^ℹ cancelled (\d+)$/m) +
    count(output, /^ {2}(\d+) (?:failed|did not run|interrupted|flaky)/m)
  if (passed + failed === 0) return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1 }
  return { passed, failed: failed === 0 && code !== 0 ? 1 : failed }
}

function count(output: string, pattern: RegExp): number {
  return Number(output.match(pattern)?.[1] ?? 0)
}
