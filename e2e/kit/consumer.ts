// An empty project of somebody else's, with the packed package installed in it.

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

const ROOT = join(import.meta.dirname, '../..')
const PACKAGES = join(ROOT, 'node_modules')

const run = promisify(execFile)

/** A project that has the package, and nothing else that it did not bring. */
export class Consumer {
  readonly folder: string
  readonly tarball: string

  constructor(folder: string, tarball: string) {
    this.folder = folder
    this.tarball = tarball
  }

  /** Packs the built files, and installs them into a new folder. */
  static async install(): Promise<Consumer> {
    const folder = await mkdtemp(join(tmpdir(), 'consumer-'))
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
      cwd: ROOT
    })
    const [packed] = JSON.parse(stdout) as [{ filename: string }]
    const tarball = join(folder, packed.filename)
    await cp(join(ROOT, 'e2e/consumer'), folder, { recursive: true })
    await writeFile(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    const quiet = ['--no-audit', '--no-fund', '--prefer-offline']
    await run('npm', ['install', ...quiet, tarball], { cwd: folder })
    return new Consumer(folder, tarball)
  }

  /** Where an installed file of the package lies. */
  path(file: string): string {
    return join(this.folder, 'node_modules/fil-heartbeat', file)
  }

  /** Puts packages of this checkout into the project, if they are not there yet. */
  async link(...names: readonly string[]): Promise<void> {
    for (const name of names) {
      const path = join(this.folder, 'node_modules', name)
      if (existsSync(path)) continue
      await mkdir(dirname(path), { recursive: true })
      await symlink(join(PACKAGES, name), path, 'dir')
    }
  }

  /** Compiles files of the project; the answer is what the compiler complains about. */
  async compile(files: readonly string[], options: Record<string, unknown>): Promise<string> {
    const compilerOptions = {
      noEmit: true,
      strict: true,
      exactOptionalPropertyTypes: true,
      target: 'es2024',
      lib: ['es2024', 'dom'],
      types: [],
      ...options
    }
    const config = join(this.folder, 'tsconfig.json')
    await writeFile(config, JSON.stringify({ compilerOptions, files }))
    return await this.run(join(PACKAGES, 'typescript/bin/tsc'), '-p', config)
  }

  /** Runs Node in the project; the answer is all that it prints. */
  async run(...args: readonly string[]): Promise<string> {
    const ended = run(process.execPath, args, { cwd: this.folder })
    const { stdout, stderr } = await ended.catch((error) => error)
    return `${stdout}${stderr}`
  }
}
