// The recipes for operators against what is built: files, flags, variables and paths that they name
// must be there, and each checker that is installed must find nothing wrong.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { test } from 'node:test'

const ROOT = join(import.meta.dirname, '..')
const RECIPES = join(ROOT, 'src/aggregator/deploy')
const CLI = join(ROOT, 'dist/node/cli.js')
const COMMANDS = ['aggregator', 'relay'] as const

const read = (file: string): string => readFileSync(join(RECIPES, file), 'utf8')

/** Long flags that a built command knows. */
function flagsOf(command: string): Set<string> {
  const { status, stdout } = spawnSync(process.execPath, [CLI, command, '--help'])
  assert.equal(status, 0)
  const flags = [...String(stdout).matchAll(/^ +--([a-z-]+)/gm)].map(([, flag = '']) => flag)
  assert.ok(flags.length > 5)
  return new Set(flags)
}

test('the Dockerfile copies what there is', () => {
  const lines = [...read('Dockerfile').matchAll(/^COPY (--from=\w+ )?(.*) (\S+)$/gm)]
  assert.ok(lines.length > 5)
  for (const [, from, words = ''] of lines) {
    for (const source of words.split(' ')) {
      const path = source.replace(/^\/app\//, '')
      assert.ok(existsSync(join(ROOT, path)), `${from ?? ''}${source}`)
    }
  }
})

test('nothing that the Dockerfile copies is kept from it', () => {
  const kept = [...read('Dockerfile.dockerignore').matchAll(/^!(.*)$/gm)].map(([, each]) => each)
  const lines = [...read('Dockerfile').matchAll(/^COPY (?!--from)(.*) \S+$/gm)]
  const sources = lines.flatMap(([, words = '']) => words.split(' '))
  for (const source of sources) {
    const isKept = kept.some((each) => globSync(each ?? '', { cwd: ROOT }).includes(source))
    assert.ok(isKept, source)
  }
})

test('what the Dockerfile copies is all that the build needs', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-image-'))
  t.after(() => rm(folder, { recursive: true }))
  const [stage = ''] = read('Dockerfile').split(/^RUN npm run build/m)
  const lines = [...stage.matchAll(/^COPY (?!--from)(.*) (\S+)$/gm)]
  assert.ok(lines.length > 2)
  for (const [, words = '', target = ''] of lines) {
    for (const source of words.split(' ')) {
      const place = join(folder, target, target.endsWith('/') ? basename(source) : '')
      await cp(join(ROOT, source), place, { recursive: true, filter: isCopied })
    }
  }
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'))
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const [program, ...args] = String(scripts.build).split(' ')
  assert.equal(program, 'node', 'the build is one file, run by Node')
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env: {} })
  assert.equal(status, 0, String(stderr))
  assert.ok(existsSync(join(folder, 'dist/node/cli.js')))
})

const isCopied = (path: string): boolean => !path.endsWith('.test.ts')

test('the image starts the program that is built, and its health is a path that is open', () => {
  const text = read('Dockerfile')
  const entry = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(text)?.[1] ?? '[]')
  assert.deepEqual(entry, ['node', '/app/dist/node/cli.js'])
  assert.ok(existsSync(CLI))
  const probe: string[] = JSON.parse(/^HEALTHCHECK .*\n +CMD (.*)$/m.exec(text)?.[1] ?? '[]')
  assert.match(probe.join(' '), /127\.0\.0\.1:4003\/readyz/)
  const syntax = spawnSync(process.execPath, ['--check', '-'], { input: probe.at(-1) })
  assert.equal(syntax.status, 0, String(syntax.stderr))
})

for (const command of COMMANDS) {
  test(`flags and variables of the ${command} in recipes are known`, () => {
    const flags = flagsOf(command)
    const texts = ['compose.yaml', `systemd/fil-heartbeat-${command}.service`, 'README.md'].map(
      read
    )
    const prefix = `FIL_HEARTBEAT_${command.toUpperCase()}_`
    const variables = new RegExp(`\\b${prefix}([A-Z_]+)`, 'g')
    const named = texts.flatMap((text) => [
      ...[...text.matchAll(variables)].map(([, name = '']) =>
        name.toLowerCase().replaceAll('_', '-')
      ),
      ...[...text.matchAll(new RegExp(`\\[?\\b${command}\\b,? (--[^\\n\\]]*)`, 'g'))].flatMap(
        ([, words = '']) => [...words.matchAll(/--([a-z-]+)/g)].map(([, flag = '']) => flag)
      )
    ])
    assert.ok(named.length > 2)
    for (const name of named) assert.ok(flags.has(name), `--${name}`)
  })
}

test('every file that compose.yaml mounts is there, but the secrets', () => {
  const text = read('compose.yaml')
  const mounts = [...text.matchAll(/- (\.\/[^:]+):/g)].map(([, path = '']) => path)
  assert.ok(mounts.length > 4)
  for (const path of mounts) assert.ok(existsSync(join(RECIPES, path)), path)
  const secrets = [...text.matchAll(/^ {4}file: (.*)$/gm)].map(([, path = '']) => path)
  assert.equal(secrets.length, 2)
  for (const path of secrets) assert.match(path, /^\.\/secrets\//)
  assert.match(read('.gitignore'), /^secrets\/$/m)
})

const noDocker = spawnSync('docker', ['compose', 'version']).status !== 0
test('Docker reads compose.yaml', { skip: noDocker && 'docker compose is not installed' }, () => {
  const env = { ...process.env, RELAY_NAME: 'relay.example', AGGREGATOR_NAME: 'heartbeat.example' }
  const words = ['compose', '-f', join(RECIPES, 'compose.yaml'), '--profile', 'metrics', 'config']
  const { status, stderr } = spawnSync('docker', [...words, '--quiet'], { env })
  assert.equal(status, 0, String(stderr))
})

const noSystemd = spawnSync('systemd-analyze', ['--version']).error !== undefined
const skipUnits = noSystemd && 'systemd-analyze is not installed'
test('systemd finds nothing wrong with the units', { skip: skipUnits }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'fil-heartbeat-units-'))
  try {
    const units = COMMANDS.map((command) => `fil-heartbeat-${command}.service`)
    for (const unit of units) {
      const text = read(`systemd/${unit}`)
      assert.match(text, /^ExecStart=\/usr\/local\/bin\/fil-heartbeat /m)
      const own = text.replace('/usr/local/bin/fil-heartbeat', process.execPath)
      await writeFile(join(folder, unit), own)
    }
    const paths = units.map((unit) => join(folder, unit))
    const { status, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...paths])
    const about = String(stderr)
      .split('\n')
      .filter((line) => line.includes('fil-heartbeat-'))
    assert.deepEqual(about, [])
    assert.equal(status, 0, String(stderr))
  } finally {
    await rm(folder, { recursive: true })
  }
})
